"""What a stored model consists of, and whether some content is that: it may come from anyone."""

from typing import Any

import numpy as np

from classifier.errors import Error
from classifier.text.forms import BUCKETS, MAX_SALT, Forms
from classifier.text.lexicon import Lexicon

MAX_LEMMAS = 1_000_000  # the shipped model has 44,000
MAX_TOPICS = 10_000
_MAX_FORMS = 20_000_000  # which take 32 bytes each when loaded; the shipped model has 723,000
_MAX_AXES = 20_000  # of all topics; the shipped model has 1,125. A batch of 1,000 texts takes 4 KB for each
_MAX_DIMENSIONS = 10_000  # of word vectors; the shipped model has 192. A batch of 1,000 texts takes 4 KB for each
_MAX_COORDINATES = 100_000_000  # of word vectors, which take 4 bytes each when loaded; the shipped model has 9 million
_MAX_WEIGHT, _MIN_IDF = 1e6, 1e-3  # no score overflows; learned weights stay below 1,000, and idf is 1 or more
_OF_LEXICON = ("idf", "vectors", "distilled", "distilled_scale")
_OF_FORMS = ("buckets", "rests", "columns", "salt")
VALUES = {
    "classes": list,
    "lemmas": str,
    "texts": int,
    "lead_words": int,
    "headline_words": int,
    "form_salt": int,
}
ARRAYS = {  # type and axes of each array; axes of one name have one length
    "idf": ("f4", "lemmas"),
    "vectors": ("i1", "lemmas coordinates"),
    "distilled": ("i1", "lemmas distilled"),
    "distilled_scale": ("f2", "lemmas"),
    "center": ("f4", "dimensions"),
    "scale": ("f4", "dimensions"),
    "form_buckets": ("u2", "buckets"),
    "form_rests": ("u1", "forms three"),
    "form_columns": ("u1", "forms bytes"),
    "values": ("i1", "two lemmas topics"),
    "value_scale": ("f4", "two lemmas parts"),
    "part": ("i4", "topics"),
    "axes": ("i2", "dimensions axes topics"),
    "axis_weights": ("f4", "axes topics"),
    "intercept": ("f8", "topics"),
    "curves": ("f8", "topics three"),
    "thresholds": ("f8", "topics"),
}


def check_content(content: dict[str, Any]) -> None:
    """Refuse what is not a model.

    Raises
    ------
    Error
        A value or array is missing, or has another type, shape or range than a model has.
    """
    for name, kind in VALUES.items():
        _require(type(content.get(name)) is kind, f"{name} is missing or not of type {kind.__name__}")
    _require(content["lemmas"].count("\n") < MAX_LEMMAS, f"it has more than {MAX_LEMMAS:,} lemmas")
    classes, lemmas = content["classes"], _split_lemmas(content)
    _require(bool(classes) and all(isinstance(topic, str) for topic in classes), "its topics are not strings")
    _require(len(set(classes)) == len(classes), "it has a topic twice")  # before names are joined: one may stand often
    _require(len(classes) <= MAX_TOPICS, f"it has more than {MAX_TOPICS:,} topics")
    _require(all(map(str.strip, classes)), "a topic has no name")
    _require(_is_unicode(content["lemmas"] + "".join(classes)), "a name is not valid Unicode")
    _require(len(set(lemmas)) == len(lemmas), "it has a lemma twice")
    numbers = [content[name] for name, kind in VALUES.items() if kind is int]
    _require(min(numbers) >= 0, "a number of words or texts is negative")
    _require(content["form_salt"] < MAX_SALT, "the salt of its word forms is too large")
    lengths = {"two": 2, "three": 3, "buckets": BUCKETS, "lemmas": len(lemmas), "topics": len(classes)}
    for name in ARRAYS:
        _check_array(name, content.get(name), lengths)
    dimensions = lengths["coordinates"] + lengths["distilled"]
    _require(lengths["dimensions"] == dimensions, f"center has {lengths['dimensions']} dimensions, not {dimensions}")
    _require(dimensions <= _MAX_DIMENSIONS, f"it has more than {_MAX_DIMENSIONS:,} dimensions")
    _require(content["axis_weights"].size <= _MAX_AXES, f"it has more than {_MAX_AXES:,} axes")
    _require(lengths["axes"] > 0, "it has no axes")
    _require(len(lemmas) * dimensions <= _MAX_COORDINATES, f"its vectors have more than {_MAX_COORDINATES:,} numbers")
    thresholds = content["thresholds"]
    _require(((thresholds >= 0) & (thresholds <= 1)).all(), "a threshold is not between 0 and 1")
    _require((content["idf"] > _MIN_IDF).all(), "an inverse document frequency is not positive")
    _require(lengths["forms"] <= _MAX_FORMS, f"it has more than {_MAX_FORMS:,} word forms")
    _require(content["form_buckets"].sum(dtype=np.int64) == lengths["forms"], "its word forms are not as many as said")
    _require(1 <= lengths["bytes"] <= 4, "columns of word forms are not numbers of one to four bytes")
    _require(_read_forms(content).numbers().max(initial=-1) < len(lemmas), "a word form belongs to no lemma")
    part = content["part"]
    _require(lengths["parts"] <= len(classes), "its weights have more parts than topics")
    _require(((part >= 0) & (part < lengths["parts"])).all(), "a topic belongs to no part of the weights")
    trained_on = content.get("trained_on", np.empty(0, np.int64))
    is_list = isinstance(trained_on, np.ndarray) and trained_on.dtype == np.int64 and trained_on.ndim == 1
    _require(is_list, "trained_on is not an array i8 (texts)")
    curves = content["curves"]
    _require((curves[:, 1:].cumsum(axis=1) > 0).all(), "a calibration curve does not rise")


def lexicon_content(lexicon: Lexicon) -> dict[str, Any]:
    """Return a lexicon as the part of a model's content that it is.

    The lemmas are lines of one string: a list of 43,000 takes ten times as long to check.
    """
    forms = lexicon.forms
    return {
        "lemmas": "\n".join(lexicon.lemmas),
        "texts": lexicon.texts,
        **{name: getattr(lexicon, name) for name in _OF_LEXICON},
        **{f"form_{name}": getattr(forms, name) for name in _OF_FORMS},
    }


def read_lexicon(content: dict[str, Any]) -> Lexicon:
    """Return the lexicon of a model's content, which `check_content` has accepted."""
    arrays = {name: content[name] for name in _OF_LEXICON}
    return Lexicon(_split_lemmas(content), texts=content["texts"], forms=_read_forms(content), **arrays)


def _read_forms(content: dict[str, Any]) -> Forms:
    return Forms(*(content[f"form_{name}"] for name in _OF_FORMS))


def _split_lemmas(content: dict[str, Any]) -> list[str]:
    return content["lemmas"].split("\n") if content["lemmas"] else []


def _check_array(name: str, array: Any, lengths: dict[str, int]) -> None:
    """Refuse an array of another type or shape; `lengths` of axes are noted when they are first seen."""
    kind, axes = ARRAYS[name]
    names = axes.split()
    fits = isinstance(array, np.ndarray) and array.dtype == np.dtype(kind) and array.ndim == len(names)
    _require(fits, f"{name} is not an array {kind} ({axes})")
    for axis, length in zip(names, array.shape, strict=True):
        _require(lengths.setdefault(axis, length) == length, f"{name} has {length} {axis}, not {lengths[axis]}")
    _require(array.dtype.kind != "f" or np.isfinite(array).all(), f"{name} holds infinity or NaN")
    largest = max(float(array.max(initial=0)), -float(array.min(initial=0)))  # without copies of the array
    _require(largest <= _MAX_WEIGHT, f"{name} holds a number over {_MAX_WEIGHT:,.0f}")


def _is_unicode(text: str) -> bool:
    """Whether a text has no lone surrogates, which no file and no terminal takes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _require(condition: Any, problem: str) -> None:
    if not condition:
        raise Error(f"the model is damaged: {problem}")
