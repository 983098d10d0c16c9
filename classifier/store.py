"""A model folder to a model and back: ``model.joblib``, ``manifest.json`` and the card ``README.md``.

A joblib file is a pickle: loading one runs whatever its maker put in. The hash in the manifest guards against
accidents, not against malice; load models only from people you trust.

To change the format: raise `FORMAT`, keep reading the old one in `load_tagger`, put a folder of it under ``tests/``.
"""

import hashlib
import io
import json
import os
import platform
import warnings
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import joblib

from classifier.errors import Error, UsageError
from classifier.files import beside
from classifier.tagger import Tagger

FORMAT = 2
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


def load_tagger(path: str | Path | None = None, *, refit: bool = False) -> Tagger:
    """Load what a model folder needs for predicting; None: the shipped model.

    Parameters
    ----------
    path
        Model folder.
    refit
        The model may be trained anew: compare the versions that matter for that, too.

    Raises
    ------
    UsageError
        `path` is no model folder.
    Error
        The model is damaged, or made by a newer version of this package.
    """
    folder = Path(path) if path is not None else shipped()
    facts = manifest(folder)
    _compare(folder, facts, *(_EFFECTS if refit else ["pymorphy3-dicts-ru"]))
    return _unpickled(folder, facts)


def _unpickled(folder: Path, facts: dict[str, Any]) -> Tagger:
    """The model of a folder whose manifest says `facts`, once its hash is right."""
    try:
        content = (folder / "model.joblib").read_bytes()
    except OSError as error:
        raise Error(f"cannot read {folder / 'model.joblib'}: {error.strerror}") from error
    if hashlib.sha256(content).hexdigest() != facts["sha256"]:
        raise Error(
            f"{folder / 'model.joblib'} is damaged or not the one that manifest.json describes: "
            "fetch the folder again or train it anew"
        )
    tagger = joblib.load(io.BytesIO(content))
    assert isinstance(tagger, Tagger)
    return tagger


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
    if found != FORMAT:
        advice = "train the model anew" if found < FORMAT else "pip install --upgrade news-topics"
        raise Error(
            f"{folder} has model format {found}, written by news-topics {facts.get('versions', {}).get('news-topics')};"
            f" this version reads format {FORMAT}: {advice}"
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
    folder = Path(path)
    check_target(folder)
    buffer = io.BytesIO()
    joblib.dump(tagger, buffer, compress=3)
    content = buffer.getvalue()
    full = {
        "format": FORMAT,
        "sha256": hashlib.sha256(content).hexdigest(),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {"python": platform.python_version(), **{name: _version(name) for name in _PACKAGES}},
        "topics": tagger.classes,
        "thresholds": [round(float(threshold), 4) for threshold in tagger.thresholds],
        **facts,
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make folder {folder}: {error.strerror}") from error
    with beside(folder / "model.joblib", binary=True) as file:
        file.write(content)
    with beside(folder / "README.md") as file:
        file.write(card)
    with beside(folder / "manifest.json") as file:
        file.write(json.dumps(full, ensure_ascii=False, indent=1) + "\n")


def check_target(folder: Path) -> None:
    """Refuse, before a long training, a folder for the model that holds something else or cannot be made."""
    if folder.is_file():
        raise UsageError(f"{folder} is a file: name a folder for the model")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / "manifest.json").exists():
        raise UsageError(f"{folder} holds other files: name a new folder for the model")
    existing = next(parent for parent in [folder, *folder.absolute().parents] if parent.is_dir())
    if not os.access(existing, os.W_OK):
        raise UsageError(f"cannot write into {existing}: permission denied")


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
