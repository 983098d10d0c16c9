"""DataFrames of articles to DataFrames of topics: for pandas, and for systems that cut large tables into frames."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from classifier.data.answers import check_kept, check_topic_columns
from classifier.data.frames import check_columns, texts_of
from classifier.errors import UsageError
from classifier.model.predictions import RESERVED, Mode
from classifier.model.predictor import BATCH, TopicPredictor, cached_predictor

if TYPE_CHECKING:
    from classifier.model.estimator import TopicClassifier

# Lists stay Python's: pandas cannot read back those of Arrow once they are in Parquet.
_TYPES = {"topics": "object", "probabilities": "object", "note": "string"}


def tag_frame(
    frame: pd.DataFrame,
    model: "str | Path | TopicClassifier | TopicPredictor | bytes | None" = None,
    text: str = "text",
    title: str = "title",
    *,
    keep: Sequence[str] = (),
    all_topics: bool = False,
    mode: Mode | float = "balanced",
) -> pd.DataFrame:
    """Tag the articles of a DataFrame.

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
        Names of the columns; that of the headlines may be missing.
    keep
        Columns to copy.
    all_topics
        Add a column for each topic, named by its id, with its probability.
    mode
        ``balanced``: each topic by its own threshold; ``sure``: fewer topics, more of them right; ``complete``: more
        topics, fewer of them missed. A number: topics of at least this probability.

    Returns
    -------
    DataFrame
        With the index of `frame`: the kept columns, then those of `Predictions.columns`.

    Raises
    ------
    UsageError
        A column is missing, or a kept one has the name of a new one.
    Error
        A text is neither string nor gap; the message names its row. Others are those of `load_predictor`.
    """
    predictor = as_predictor(model)
    types = {**_TYPES, **(dict.fromkeys(predictor.classes, "float64") if all_topics else {})}
    check_columns(frame, text, *keep)
    check_kept(list(keep), RESERVED)
    if all_topics:
        check_topic_columns(predictor.classes, list(keep))
    texts = list(texts_of(frame, text, title))
    answers: dict[str, list[object]] = {name: [] for name in types}
    for start in range(0, len(texts), BATCH):
        predictions = predictor.tag(texts[start : start + BATCH], mode)
        for name, values in predictions.columns(all_topics=all_topics).items():
            answers[name] += values
    return frame[list(keep)].assign(
        **{name: pd.Series(values, frame.index, types[name]) for name, values in answers.items()}
    )


def as_predictor(model: "str | Path | TopicClassifier | TopicPredictor | bytes | None") -> TopicPredictor:
    """Return what predicts, for whatever `tag_frame` takes as a model; errors are those of `load_predictor`."""
    if model is None or isinstance(model, str | Path | bytes):
        return cached_predictor(model)
    predictor = getattr(model, "predictor_", model)
    if not isinstance(predictor, TopicPredictor):
        raise UsageError(
            f"{model!r} is not a model: give a fitted TopicClassifier, a model folder, or None for the shipped model"
        )
    return predictor
