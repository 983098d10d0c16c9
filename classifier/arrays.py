"""A model as plain arrays and JSON, and back: nothing that is read here is run.

NumPy's own format needs no further library, and is read without unpickling; that its arrays are of the kind and shape
that a `Tagger` has is checked here.
"""

import io
import json
import zipfile
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.errors import Error
from classifier.features import ArticleFeatures
from classifier.lexicon import Lexicon
from classifier.tagger import Tagger

_KINDS = {  # of each array: type and axes; axes of one name are of one length
    "idf": ("f4", "lemmas"),
    "vectors": ("i1", "lemmas dimensions"),
    "center": ("f4", "dimensions"),
    "coef": ("f2", "two lemmas topics"),
    "axes": ("f8", "dimensions axes topics"),
    "signs": ("f8", "axes topics"),
    "intercept": ("f8", "topics"),
    "thresholds": ("f8", "topics"),
}
_FACTS = {"classes": list, "lemmas": list, "texts": int, "words": int, "headline": int}


def to_bytes(tagger: Tagger) -> bytes:
    """The model as an ``.npz`` file; the same gives the same bytes."""
    features, lexicon = tagger.features, tagger.features.lexicon
    facts = {
        "classes": tagger.classes,
        "lemmas": lexicon.lemmas,
        "texts": lexicon.texts,
        "words": features.words,
        "headline": features.headline,
    }
    values = {
        "idf": lexicon.idf,
        "vectors": lexicon.vectors,
        "center": features.center,
        "coef": tagger.coef,
        "axes": tagger.axes,
        "signs": tagger.signs,
        "intercept": tagger.intercept,
        "thresholds": tagger.thresholds,
    }
    arrays: dict[str, Any] = {name: np.asarray(values[name], kind) for name, (kind, _) in _KINDS.items()}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, facts=np.frombuffer(json.dumps(facts).encode(), np.uint8), **arrays)
    return buffer.getvalue()


def from_bytes(content: bytes) -> Tagger:
    """The model of an ``.npz`` file.

    Raises
    ------
    Error
        The content is not what `to_bytes` writes.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            facts = json.loads(file["facts"].tobytes())
            arrays = {name: file[name] for name in _KINDS}
    except (OSError, EOFError, ValueError, KeyError, AttributeError, MemoryError, RecursionError) as error:
        raise Error(f"the model is no file of arrays, or a damaged one ({error})") from error
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, TypeError) as error:
        raise Error(f"the model is no file of arrays, or a damaged one ({error})") from error
    _check(facts, arrays)
    lexicon = Lexicon(facts["lemmas"], arrays["idf"], arrays["vectors"], facts["texts"])
    features = ArticleFeatures(lexicon, facts["words"], facts["headline"], arrays["center"])
    names = ("coef", "axes", "signs", "intercept", "thresholds")
    return Tagger.rounded(facts["classes"], features, *(arrays[name] for name in names))


def _check(facts: Any, arrays: dict[str, NDArray[Any]]) -> None:
    """Refuse facts and arrays of another kind or shape than a model has."""
    if not isinstance(facts, dict) or any(type(facts.get(name)) is not kind for name, kind in _FACTS.items()):
        raise Error("the model is damaged: its facts are not those of a model")
    if not all(isinstance(name, str) for name in facts["classes"] + facts["lemmas"]):
        raise Error("the model is damaged: a name in it is no string")
    lengths = {"two": 2, "lemmas": len(facts["lemmas"]), "topics": len(facts["classes"])}
    for name, (kind, axes) in _KINDS.items():
        array = arrays[name]
        named = axes.split()
        fits = array.dtype == np.dtype(kind) and array.ndim == len(named)
        if not fits or any(
            lengths.setdefault(axis, size) != size for axis, size in zip(named, array.shape, strict=True)
        ):
            raise Error(f"the model is damaged: {name} is {array.dtype} {array.shape}, not {kind} ({axes})")
