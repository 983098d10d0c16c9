"""DataFrames of articles to DataFrames of topics: one function for pandas, and for what cuts big tables into frames."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from classifier import store
from classifier.articles import Article, as_string, batches
from classifier.errors import UsageError
from classifier.tagger import Tagger
from classifier.tagging import tag_batch

if TYPE_CHECKING:
    from classifier.model import TopicClassifier

# Lists are Python's: those of Arrow cannot be read back by pandas once they are in Parquet.
_TYPES = {"topics": "object", "probabilities": "object", "note": "string"}


def tag_frame(
    frame: pd.DataFrame,
    model: "str | Path | TopicClassifier | Tagger | None" = None,
    text: str = "text",
    title: str = "title",
    *,
    keep: Sequence[str] = (),
    scores: bool = False,
    min_probability: float | None = None,
    trust: bool = False,
) -> pd.DataFrame:
    """Topics of the articles in a DataFrame.

    >>> import pandas as pd
    >>> news = pd.DataFrame({"text": ["Сборная обыграла финнов в хоккей", "Hello"]}, index=["a", "b"])
    >>> tagged = tag_frame(news)
    >>> tagged.topics["a"], tagged.note["b"]
    (['sport'], 'not Russian')

    Parameters
    ----------
    frame
        An article a row. A gap is an empty text.
    model
        A fitted classifier, or a model folder, which each process loads once; None: the shipped model.
    text, title
        Names of the columns; that of the headlines need not be there.
    keep
        Columns to copy.
    scores
        Add a column for each topic, named by its id, with its probability.
    min_probability
        Give topics of at least this probability; None: each topic's own threshold.
    trust
        As of `classifier.store.load_tagger`.

    Returns
    -------
    DataFrame
        With the index of `frame`; the columns kept, ``topics`` (ids, most probable first), ``probabilities`` (theirs)
        and ``note`` (why a text could not be judged, or empty).

    Raises
    ------
    UsageError
        A column is missing, or one to keep has the name of a new one.
    Error
        A text is neither string nor gap; the message names its row. Others as of `classifier.store.load_tagger`.
    """
    tagger = tagger_of(model, trust)
    types = {**_TYPES, **(dict.fromkeys(tagger.classes, "float64") if scores else {})}
    check_columns(frame, text, *keep)
    if taken := types.keys() & keep:
        raise UsageError(f"cannot keep column {min(taken)!r}: the answer has one of that name already")
    tagged = [
        (list(one.topics), list(one.topics.values()), one.note, *(one.probabilities.values() if scores else ()))
        for batch in batches(Article("", each, {}, "") for each in texts_of(frame, text, title))
        for one in tag_batch(tagger, batch, min_probability)
    ]
    columns = zip(*tagged, strict=True) if tagged else [()] * len(types)
    answers = {
        name: pd.Series(list(values), frame.index, dtype)
        for (name, dtype), values in zip(types.items(), columns, strict=True)
    }
    return frame[list(keep)].assign(**answers)


def tagger_of(model: "str | Path | TopicClassifier | Tagger | None", trust: bool) -> Tagger:
    """What predicts, of whatever `tag_frame` takes for a model; errors as of `classifier.store.load_tagger`."""
    if model is None or isinstance(model, str | Path):
        return _loaded(model, store.manifest(model)["sha256"], trust)
    tagger = getattr(model, "tagger_", model)
    if not isinstance(tagger, Tagger):
        raise UsageError(
            f"{model!r} is no model: give a fitted TopicClassifier, a model folder, or None for the shipped"
        )
    return tagger


@lru_cache(maxsize=2)
def _loaded(model: str | Path | None, sha256: str, trust: bool) -> Tagger:
    """The model of a folder, anew when the folder holds another one."""
    return store.load_tagger(model, trust=trust)


def check_columns(frame: pd.DataFrame, *wanted: str) -> None:
    """Refuse a frame that lacks a column: a `UsageError`."""
    for column in wanted:
        if column not in frame:
            raise UsageError(f"no column {column!r} (there are: {', '.join(map(str, frame.columns)) or 'none'})")


def texts_of(frame: pd.DataFrame, text: str, title: str) -> Iterator[str]:
    """Texts of articles, headlines first; errors as of `tag_frame`."""
    names = [name for name in (title, text) if name in frame]
    columns = [frame[name].astype(object).where(frame[name].notna(), None) for name in names]
    for label, *cells in zip(frame.index, *columns, strict=True):
        parts = [as_string(cell, name, f"row {label!r}") for cell, name in zip(cells, names, strict=True)]
        yield "\n".join(filter(None, parts))
