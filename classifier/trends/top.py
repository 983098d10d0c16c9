"""The articles that the model is surest about, of one topic, and the words that earned it."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from classifier.data.articles import with_title
from classifier.data.frames import check_columns
from classifier.errors import Error
from classifier.model.predictor import TopicPredictor
from classifier.tagging.frames import as_predictor
from classifier.text.reprints import hash_texts
from classifier.topics import check_known, id_of_name, taxonomy
from classifier.trends.columns import is_first, probabilities_of, topics_of
from classifier.trends.examples import titles_of

if TYPE_CHECKING:
    from classifier.model.estimator import TopicClassifier

TOP = 20  # articles
WORDS = 5  # of an article
_COLUMNS = ["probability", "date", "id", "title", "words"]


def top(
    frame: pd.DataFrame,
    topic: str,
    n: int = TOP,
    *,
    model: "str | Path | TopicClassifier | TopicPredictor | None" = None,
) -> pd.DataFrame:
    """Return the articles with the highest probabilities of a topic, and the words that earned it.

    >>> import pandas as pd
    >>> from classifier import tag_frame
    >>> news = pd.DataFrame({"text": ["Сборная обыграла финнов в хоккей", "Суд вынес приговор"]}, index=["a", "b"])
    >>> found = top(tag_frame(news, keep=["text"]), "sport")
    >>> found.id.tolist(), found.words[0].split()[0] in {"хоккей", "Сборная", "обыграла", "финнов"}
    (['a'], True)

    Parameters
    ----------
    frame
        Tagged articles, as from `classifier.tag_frame` or `classifier.tagging.tagged.read_tagged`: ``topics`` and
        ``probabilities``, as lists or separated by ``;``. Where it has them, ``id`` (else the index), ``title``,
        ``text`` and ``date`` tell what an article is; reprints that ``first`` knows are left out.
    topic
        Id of the topic, or its Russian or English name.
    n
        How many articles.
    model
        What tells the words; None: the shipped model. It is asked only about articles with a text.

    Returns
    -------
    DataFrame
        ``probability``, ``date``, ``id``, ``title`` (or the first words) and ``words``, the strongest first, with what
        each adds to the score; by probability, the highest first. Of articles with the same words, there is one. A
        topic that a rule or a person gave has no probability, and stands last. Where an article has no text, or the
        model does not have the topic, there are no words.

    Raises
    ------
    UsageError
        A column is missing, or the topic is not known.
    Error
        No article has the topic.
    """
    return top_of([frame], topic, n, model=model)


def top_of(
    frames: Iterable[pd.DataFrame],
    topic: str,
    n: int = TOP,
    *,
    model: "str | Path | TopicClassifier | TopicPredictor | None" = None,
    known: Iterable[str] = (),
) -> pd.DataFrame:
    """Return the same of frame after frame; memory does not grow with their number.

    `known` are topics that there are beside those of the taxonomy and of the frames.
    """
    seen = dict.fromkeys([*known, *taxonomy()])
    topic = id_of_name(topic, seen) or topic
    best = pd.DataFrame(columns=[*_COLUMNS, "text", "key"])
    for frame in frames:
        check_columns(frame, "topics", "probabilities")
        topics = topics_of(frame).tolist()
        seen |= dict.fromkeys(name for names in topics for name in names)
        best = _best(best, _given(frame, topics, topic), n)
    if best.empty:
        check_known(topic, seen)
        raise Error(f"no article has the topic {topic!r}: name other files or days, or another topic")
    words = _words(best, topic, model) if best["text"].any() else [""] * len(best)
    return best.assign(words=words)[_COLUMNS]


def _given(frame: pd.DataFrame, topics: list[list[str]], topic: str) -> pd.DataFrame:
    """Return the articles of a frame that have a topic."""
    is_given = pd.Series([topic in names for names in topics], frame.index, dtype=bool)
    is_given &= is_first(frame)
    rows = frame[is_given.to_numpy()]
    names = [names for names, given in zip(topics, is_given, strict=True) if given]
    values = probabilities_of(rows, pd.Series(names, rows.index, dtype=object))
    texts = _texts(rows)
    hashes = hash_texts(texts).tolist()
    return pd.DataFrame(
        {
            "probability": [
                dict(zip(given, cells, strict=False)).get(topic) for given, cells in zip(names, values, strict=True)
            ],
            "date": list(rows["date"]) if "date" in rows else None,
            "id": list((rows["id"] if "id" in rows else rows.index.to_series()).astype("str")),
            "title": list(titles_of(rows)),
            "text": texts,
            "key": [str(key) if text else None for key, text in zip(hashes, texts, strict=True)],
        }
    )


def _texts(rows: pd.DataFrame) -> list[str]:
    """Return the texts of articles, which begin with their headlines; empty where there is none."""
    if "text" not in rows:
        return [""] * len(rows)
    bodies = rows["text"].fillna("").astype("str")
    titles = rows["title"].fillna("").astype("str") if "title" in rows else [""] * len(rows)
    return [
        with_title(title, body) if body and not body.startswith(title) else body
        for title, body in zip(titles, bodies, strict=True)
    ]


def _best(best: pd.DataFrame, others: pd.DataFrame, n: int) -> pd.DataFrame:
    """Return the `n` best articles of both, no text twice."""
    both = others if best.empty else pd.concat([best, others], ignore_index=True) if len(others) else best
    both = both.assign(probability=both["probability"].astype("float64"))
    ordered = both.sort_values("probability", ascending=False, kind="stable", na_position="last")
    is_reprint = ordered["key"].notna() & ordered.duplicated("key")
    return ordered[~is_reprint].head(n).reset_index(drop=True)


def _words(best: pd.DataFrame, topic: str, model: Any) -> list[str]:
    """Return the words of each article that count most for a topic, with what they add to its score."""
    from classifier.model.attribution import explain

    predictor = as_predictor(model)
    if topic not in predictor.classes:
        return [""] * len(best)
    found = []
    for text in best["text"]:
        reasons = explain(predictor, text, [topic]).reasons if text else []
        lemmas = next((reason.sides(WORDS)["for"] for reason in reasons if reason.topic == topic), [])
        found.append(", ".join(map(str, lemmas)))
    return found
