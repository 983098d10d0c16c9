"""The model folder: ``model.joblib``, ``manifest.json`` and the model card ``README.md``.

To change the format of the model: raise `FORMAT`, and put a folder of the new format under ``tests/``.
"""

import hashlib
import json
import platform
import re
import stat
import warnings
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from classifier.errors import Error, UsageError, one_line
from classifier.storage import model_file
from classifier.storage.atomic import atomic_write
from classifier.storage.paths import check_folder, make_folder

FORMAT = 6
_MANIFEST, _CARD = "manifest.json", "README.md"
_MAX_MANIFEST = 10_000_000  # bytes; the shipped one has 10,000
_MODEL_NAME = re.compile(r"model(-2)?\.(joblib|npz)")  # .npz: of format 3
_SHA256 = re.compile(r"[0-9a-f]{64}")
_REQUIRED = {  # fields of the manifest without which no model is loaded
    "file": str,
    "sha256": str,
    "topics": list,
    "versions": dict,
    "parameters": dict,
}
_PACKAGES = ["news-topics", "scikit-learn", "numpy", "scipy", "joblib", "pymorphy3", "pymorphy3-dicts-ru"]
_EFFECTS = {  # of a version that differs from the one the model was trained with
    "pymorphy3-dicts-ru": "its answers stay the same, but new words may get other lemmas in training",
    "scikit-learn": "its answers stay the same, but a model trained anew may differ",
}


def shipped_folder() -> Path:
    """Return the folder of the model that comes with the package: inside it, or ``models/`` in a checkout."""
    package = Path(__file__).parents[1]
    inside = package / "models" / "news-topics"
    return inside if inside.is_dir() else package.parent / "models" / "news-topics"


def read_model(path: str | Path | None = None, *, refit: bool = False) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read a model folder, from anyone: nothing in it is run.

    Parameters
    ----------
    path
        Model folder; None: the shipped model.
    refit
        The caller may train the model anew, so compare the versions that matter for training.

    Returns
    -------
    manifest, content
        What ``manifest.json`` says, and what `model_file.pack` was given.

    Raises
    ------
    UsageError
        `path` is not a model folder.
    Error
        The model is damaged, or has a format that this version does not read.
    """
    folder = _folder(path)
    manifest, file = _read_consistently(folder)
    if refit:
        _compare_versions(folder, manifest)
    try:
        return manifest, model_file.unpack(file)
    except Error as error:
        raise Error(f"{folder / manifest['file']}: {error}: fetch the folder again or train the model anew") from error


def _read_consistently(folder: Path) -> tuple[dict[str, Any], bytes]:
    """Read the manifest and the file it describes; while another process replaces a model, the old or the new pair."""
    manifest: dict[str, Any] = {}
    problem = ""
    while manifest != (manifest := read_manifest(folder)):
        file = folder / manifest["file"]
        try:
            content = _read_bounded(file, model_file.MAX_SIZE)
        except OSError as error:
            problem = f"cannot read {file}: {error.strerror}"
            continue
        if hashlib.sha256(content).hexdigest() == manifest["sha256"]:
            return manifest, content
        problem = f"{file} is damaged or not the one that {_MANIFEST} describes"
    raise Error(f"{problem}: fetch the folder again or train the model anew")


def read_manifest(path: str | Path | None = None) -> dict[str, Any]:
    """Read and check ``manifest.json``; parameters and errors are those of `read_model`."""
    folder = _folder(path)
    file = folder / _MANIFEST
    try:
        manifest = json.loads(_read_bounded(file, _MAX_MANIFEST))
    except OSError as error:
        raise UsageError(f"{folder} is not a model folder: cannot read {_MANIFEST} ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise _damaged(file, "it is not JSON") from error
    _check_format(file, manifest)
    _check_fields(file, manifest)
    return manifest  # type: ignore[no-any-return]


def _read_bounded(file: Path, limit: int) -> bytes:
    """Return the bytes of a regular file; an `Error` for a device or pipe, which may never end, and over the limit."""
    if not stat.S_ISREG(file.stat().st_mode):  # one call, because another process may remove the file
        raise Error(f"{file} is not a regular file")
    with file.open("rb") as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise Error(f"{file} has more than {limit:,} bytes, the limit for it")
    return content


def _check_format(file: Path, manifest: Any) -> None:
    if not isinstance(manifest, dict) or type(manifest.get("format")) is not int:
        raise _damaged(file, "it names no format")
    if manifest["format"] != FORMAT:
        old = manifest["format"] < FORMAT
        advice = "train the model anew with `news-topics train`" if old else "pip install --upgrade news-topics"
        message = f"{file.parent} has model format {manifest['format']}, this version reads format {FORMAT}: {advice}"
        raise Error(message)


def _check_fields(file: Path, manifest: dict[str, Any]) -> None:
    for field, kind in _REQUIRED.items():
        if type(manifest.get(field)) is not kind:
            raise _damaged(file, f"its field {field!r} is missing or not of type {kind.__name__}")
    if not _MODEL_NAME.fullmatch(manifest["file"]):
        raise _damaged(file, f"{manifest['file']!r} is not a file of the folder")
    if not all(isinstance(topic, str) for topic in manifest["topics"]):
        raise _damaged(file, "a topic is not a string")


def write_model(path: str | Path, content: dict[str, Any], metadata: dict[str, Any], card: str) -> None:
    """Write a model folder. Whenever this is interrupted, a reader finds the old model or the new one.

    Parameters
    ----------
    path
        Folder, created if missing. Of what it holds, only a model and its card are replaced.
    content
        The model, as `model_file.pack` takes it. Equal content gives equal bytes.
    metadata
        What else the manifest is to say: ``topics`` and ``parameters``, which loading needs, and what people ask for:
        ``thresholds``, ``data``, ``lexicon``, ``report``.
    card
        The model card, in Markdown.

    Raises
    ------
    UsageError
        `path` cannot be written, or holds something else than a model.
    """
    folder = Path(path)
    check_target(folder)
    if folder.exists():
        _write_into(folder, content, metadata, card)
        return
    make_folder(folder.parent)
    # A new folder gets its name when it is complete: an interrupted one would be taken for something else.
    with TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.", ignore_cleanup_errors=True) as temporary:
        complete = Path(temporary) / folder.name
        complete.mkdir()
        _write_into(complete, content, metadata, card)
        complete.rename(folder)


def _write_into(folder: Path, content: dict[str, Any], metadata: dict[str, Any], card: str) -> None:
    old = _present_file(folder)
    name = "model-2.joblib" if old == "model.joblib" else "model.joblib"
    file = model_file.pack(content)
    manifest = {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {"python": platform.python_version(), **{name: _version(name) for name in _PACKAGES}},
        **metadata,
        "format": FORMAT,
        "file": name,
        "sha256": hashlib.sha256(file).hexdigest(),
    }
    with atomic_write(folder / name, binary=True) as target:
        target.write(file)
    with atomic_write(folder / _CARD) as target:
        target.write(card)
    with atomic_write(folder / _MANIFEST) as target:  # from here on, readers find the new model
        target.write(_to_json(manifest))
    if old not in (None, name):
        (folder / str(old)).unlink(missing_ok=True)


def _to_json(manifest: dict[str, Any]) -> str:
    return json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"


def amend_manifest(path: str | Path, fields: dict[str, Any]) -> None:
    """Replace fields of a manifest that say something about the model, and leave the model as it is.

    Errors are those of `read_manifest`; a `UsageError` if loading needs one of the fields.
    """
    manifest = read_manifest(path)
    if needed := sorted(fields.keys() & {"format", *_REQUIRED}):
        raise UsageError(f"loading a model needs {', '.join(needed)} of its manifest: these come from training alone")
    with atomic_write(Path(path) / _MANIFEST) as target:
        target.write(_to_json({**manifest, **fields}))


def check_target(folder: Path) -> None:
    """Refuse a folder that cannot take a model, before a long training: a `UsageError`."""
    if folder.is_symlink() and not folder.exists():
        raise UsageError(f"{folder} is a link to a folder that does not exist: name a new folder for the model")
    check_folder(folder)
    if folder.is_dir() and any(folder.iterdir()) and _present_file(folder) is None:
        raise UsageError(f"{folder} holds other files: name a new folder for the model")


def _present_file(folder: Path) -> str | None:
    """Return the name of the model file of any format that the folder holds; None if it is not a model folder."""
    try:
        manifest = json.loads(_read_bounded(folder / _MANIFEST, _MAX_MANIFEST))
        if type(manifest["format"]) is not int or not _SHA256.fullmatch(manifest["sha256"]):
            return None
        name = str(manifest.get("file", "model.joblib"))
        return name if _MODEL_NAME.fullmatch(name) else None
    except (Error, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _folder(path: str | Path | None) -> Path:
    return Path(path) if path is not None else shipped_folder()


def _damaged(file: Path, problem: str) -> Error:
    return Error(f"{file} is damaged, {problem}: fetch the folder again or train the model anew")


def _compare_versions(folder: Path, manifest: dict[str, Any]) -> None:
    """Warn if a package has another version than the model was trained with; the last number does not count."""
    for package in _EFFECTS:
        trained, installed = str(manifest["versions"].get(package)), _version(package)
        if trained.split(".")[:2] != installed.split(".")[:2]:
            effect = _EFFECTS[package]
            message = f"{folder} was trained with {package} {trained}, this is {installed}: {effect}"
            warnings.warn(one_line(message), stacklevel=3)


def _version(package: str) -> str:
    from importlib.metadata import PackageNotFoundError, version  # 0.01 s

    try:
        return version(package)
    except PackageNotFoundError:  # the package runs from a source tree that is not installed
        return "unknown"
