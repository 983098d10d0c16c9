"""A model folder to a model and back: the model, ``manifest.json`` and the card ``README.md``.

The model is a joblib file, as training writes it, or one of arrays, as `export` does. A joblib file is a pickle:
loading one runs whatever its maker put in. The hash in the manifest guards against accidents, not against malice; so
only the model that comes with the package is loaded without being told to trust it. Arrays run nothing.

To change a format: give it a new number, keep reading the old one, put a folder of it under ``tests/``.
"""

import hashlib
import io
import json
import platform
import warnings
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import joblib

from classifier import arrays
from classifier.errors import Error, UsageError
from classifier.files import beside, check_folder
from classifier.tagger import Tagger

FORMAT = 2  # a joblib file
ARRAYS = 3  # a file of arrays
_FILES = {FORMAT: "model.joblib", ARRAYS: "model.npz"}
_PACKAGES = ["news-topics", "scikit-learn", "numpy", "scipy", "joblib", "pymorphy3", "pymorphy3-dicts-ru"]
_EFFECTS = {  # of another version than the one a model was trained with
    "pymorphy3-dicts-ru": "a few words may get other lemmas than those it knows",
    "scikit-learn": "its answers stay the same, but one trained anew may differ",
}


def shipped() -> Path:
    """Folder of the model that comes with the package: inside an installed one, ``models/`` in a checkout."""
    package = Path(__file__).parent
    inside = package / "models" / "news-topics"
    return inside if inside.is_dir() else package.parent / "models" / "news-topics"


def load_tagger(path: str | Path | None = None, *, refit: bool = False, trust: bool = False) -> Tagger:
    """Load what a model folder needs for predicting; None: the shipped model.

    Parameters
    ----------
    path
        Model folder.
    refit
        The model may be trained anew: compare the versions that matter for that, too.
    trust
        Whoever made the model may run any program here, which a joblib file can do. The shipped model, and one of
        arrays, need no trust.

    Raises
    ------
    UsageError
        `path` is no model folder, or trust is needed.
    Error
        The model is damaged, or made by a newer version of this package.
    """
    folder = Path(path) if path is not None else shipped()
    facts, content = _read(folder, trust or folder.resolve() == shipped().resolve())
    _compare(folder, facts, *(_EFFECTS if refit else ["pymorphy3-dicts-ru"]))
    if facts["format"] == ARRAYS:
        return arrays.from_bytes(content)
    tagger = joblib.load(io.BytesIO(content))
    assert isinstance(tagger, Tagger)
    return tagger


def _read(folder: Path, trusted: bool) -> tuple[dict[str, Any], bytes]:
    """The manifest and the file that it describes; of a model that is being replaced, the old ones or the new."""
    facts: dict[str, Any] = {}
    problem = ""
    while facts != (facts := manifest(folder)):
        if facts["format"] == FORMAT and not trusted:
            raise UsageError(
                f"{folder} holds a pickle, which can run any program when it is loaded: if you trust whoever made it, "
                "say --trust (in Python trust=True); if not, ask for what `news-topics export` makes of it"
            )
        file = folder / Path(str(facts.get("file", _FILES[facts["format"]]))).name
        try:
            content = file.read_bytes()
        except OSError as error:
            problem = f"cannot read {file}: {error.strerror}"
            continue
        if hashlib.sha256(content).hexdigest() == facts["sha256"]:
            return facts, content
        problem = f"{file} is damaged or not the one that manifest.json describes"
    raise Error(f"{problem}: fetch the folder again or train it anew")


def manifest(path: str | Path | None = None) -> dict[str, Any]:
    """What ``manifest.json`` says of a model, its format checked; errors as of `load_tagger`."""
    folder = Path(path) if path is not None else shipped()
    file = folder / "manifest.json"
    try:
        facts = json.loads(file.read_text(encoding="utf-8"))
        found = facts["format"]
    except OSError as error:
        raise UsageError(f"{folder} is no model folder: cannot read manifest.json ({error.strerror})") from error
    except (ValueError, KeyError, TypeError) as error:
        raise Error(f"{file} is damaged: fetch the folder again or train it anew") from error
    if found not in _FILES:
        advice = "train the model anew" if found < FORMAT else "pip install --upgrade news-topics"
        raise Error(
            f"{folder} has model format {found}, written by news-topics {facts.get('versions', {}).get('news-topics')};"
            f" this version reads formats {FORMAT} and {ARRAYS}: {advice}"
        )
    return facts  # type: ignore[no-any-return]


def save(tagger: Tagger, path: str | Path, facts: dict[str, Any], card: str) -> None:
    """Write a model folder.

    Parameters
    ----------
    tagger
        What a classifier has learned. The same gives the same bytes.
    path
        Folder; made where missing, and only a model folder is written over.
    facts
        What else the manifest should tell: ``parameters`` of the classifier, without which only `load_tagger` loads it,
        ``data`` and ``report``.
    card
        The model card, Markdown.

    Raises
    ------
    UsageError
        `path` cannot be written, or is a folder of something else.
    """
    buffer = io.BytesIO()
    joblib.dump(tagger, buffer, compress=3)
    created = {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {"python": platform.python_version(), **{name: _version(name) for name in _PACKAGES}},
    }
    _write(Path(path), FORMAT, buffer.getvalue(), tagger, {**created, **facts}, card)


def export(source: str | Path | None, path: str | Path, *, trust: bool = False) -> None:
    """Write a model folder whose model is a file of arrays, which needs no trust: the same model to the last bit.

    Parameters
    ----------
    source
        Model folder; None: the shipped model. Arguments and errors else as of `load_tagger` and `save`.
    path
        Folder to write.
    """
    check_target(Path(path))
    folder = Path(source) if source is not None else shipped()
    tagger = load_tagger(folder, trust=trust)
    try:
        card = (folder / "README.md").read_text(encoding="utf-8")
    except OSError:
        card = ""
    _write(Path(path), ARRAYS, arrays.to_bytes(tagger), tagger, manifest(folder), card)


def _write(folder: Path, format: int, content: bytes, tagger: Tagger, facts: dict[str, Any], card: str) -> None:
    """Write a model folder; a reader finds the old model or the new one, whenever this ends."""
    check_target(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make folder {folder}: {error.strerror}") from error
    file = _free_name(folder, format)
    full = {
        **facts,
        "format": format,
        "file": file,
        "sha256": hashlib.sha256(content).hexdigest(),
        "topics": tagger.classes,
        "thresholds": [round(float(threshold), 4) for threshold in tagger.thresholds],
    }
    with beside(folder / file, binary=True) as target:
        target.write(content)
    with beside(folder / "README.md") as target:
        target.write(card)
    with beside(folder / "manifest.json") as target:  # from here on the new model counts
        target.write(json.dumps(full, ensure_ascii=False, indent=1) + "\n")
    for old in folder.glob("model*.*"):
        if old.name != file:
            old.unlink(missing_ok=True)


def _free_name(folder: Path, format: int) -> str:
    """A name for the model's file that the present manifest, if there is one, does not mean."""
    name = _FILES[format]
    try:
        present = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        taken = present.get("file", _FILES[FORMAT])
    except (OSError, ValueError, AttributeError):
        return name
    return name.replace("model", "model-2") if name == taken else name


def check_target(folder: Path) -> None:
    """Refuse, before a long training, a folder for the model that holds something else or cannot be made."""
    check_folder(folder)
    if folder.is_dir() and any(folder.iterdir()) and not (folder / "manifest.json").exists():
        raise UsageError(f"{folder} holds other files: name a new folder for the model")


def _compare(folder: Path, facts: dict[str, Any], *packages: str) -> None:
    """Warn where a model was made with another version (but for the last number) of a package than is installed."""
    for package in packages:
        made, here = facts["versions"][package], _version(package)
        if made.split(".")[:2] != here.split(".")[:2]:
            effect = _EFFECTS[package]
            warnings.warn(f"{folder} was trained with {package} {made}, this is {here}: {effect}", stacklevel=3)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # run from a source tree that is not installed
        return "unknown"
