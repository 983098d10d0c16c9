"""Dask DataFrames of articles to their topics, on one machine or many."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache, partial, reduce
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from classifier import arrays
from classifier.corpus import parted
from classifier.errors import UsageError
from classifier.features import ArticleFeatures, Features
from classifier.frames import check_columns, tag_frame, tagger_of, texts_of
from classifier.lexicon import Lexicon, frequencies
from classifier.tagger import Floats, Indicator, Tagger

try:
    import dask
    import dask.dataframe as dd
    import distributed  # noqa: F401
except ImportError as error:
    raise UsageError("a cluster needs Dask: pip install 'dask[dataframe]' distributed") from error

if TYPE_CHECKING:
    from dask.delayed import Delayed

    from classifier.model import TopicClassifier, Weights


def tag(
    ddf: dd.DataFrame,
    model: "str | Path | TopicClassifier | Tagger | None" = None,
    text: str = "text",
    title: str = "title",
    *,
    keep: Sequence[str] = (),
    scores: bool = False,
    min_probability: float | None = None,
    trust: bool = False,
) -> dd.DataFrame:
    """Topics of the articles in a Dask DataFrame, found when they are asked for.

    The model is read here and sent to the cluster once; in each computation every other worker is given it once.
    Workers need this package, and do best with one thread each.

    Parameters
    ----------
    ddf
        An article a row.
    model, text, title, keep, scores, min_probability, trust
        As of `classifier.frames.tag_frame`, and errors too.

    Returns
    -------
    dask.dataframe.DataFrame
        As of `classifier.frames.tag_frame`, with the partitions and the index of `ddf`.
    """
    tagger = tagger_of(model, trust)
    options: dict[str, Any] = {
        "text": text,
        "title": title,
        "keep": list(keep),
        "scores": scores,
        "min_probability": min_probability,
    }
    meta = tag_frame(ddf._meta, tagger, **options)
    return ddf.map_partitions(_tag_partition, shipped(tagger), meta=meta, **options)


def schema(tagged: dd.DataFrame) -> pa.Schema:
    """Columns for ``tagged.to_parquet(folder, schema=schema(tagged))``, for Dask cannot tell what is in lists."""
    some = tagged._meta_nonempty
    filled = some.assign(topics=[["topic"]] * len(some), probabilities=[[0.5]] * len(some))
    index = filled.index.name or "__null_dask_index__"  # as `to_parquet` calls one without a name
    return pa.Schema.from_pandas(filled.rename_axis(index=index), preserve_index=True)


def shipped(tagger: Tagger) -> "Delayed":
    """The model for tasks that run elsewhere, which get it by `unpacked`.

    As a file of arrays it is a sixth smaller than a pickle.
    """
    return _sent(arrays.to_bytes(tagger))


def _sent(value: Any) -> "Delayed":
    """A value for many tasks.

    As a task of its own it goes to each worker that needs it once, and can be had again when a worker is lost, unlike
    scattered data. The cluster, if there is one, keeps it, so that a second computation does not send it again.
    """
    # Dask warns of more than 10 MB in a graph, which would hurt if it were in every task.
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"}):
        return dask.delayed(value).persist()


@lru_cache(maxsize=2)
def unpacked(content: bytes) -> Tagger:
    """The model of a worker process, whose table of word forms stays filled from task to task."""
    return arrays.from_bytes(content)


def _tag_partition(frame: pd.DataFrame, content: bytes, **options: Any) -> pd.DataFrame:
    return tag_frame(frame, unpacked(content), **options)


class _Counts(NamedTuple):
    """How many texts there are, and how many have each topic, and each lemma that the lexicon lacks."""

    texts: int
    topics: Counter[str]
    lemmas: Counter[str]


class _Part(NamedTuple):
    """Texts that are fitted together: their features, means of word vectors and topics."""

    found: Features
    means: NDArray[np.float32]
    wanted: Indicator


def fit(
    ddf: dd.DataFrame,
    model: "TopicClassifier | None" = None,
    text: str = "text",
    title: str = "title",
    topics: str = "topics",
    *,
    part: int = 10_000,
) -> "TopicClassifier":
    """Fit a classifier to more labelled articles than memory holds.

    The recipe is that of `TopicClassifier.fit`, which parts a large table too: one pass counts lemmas and topics, a
    second deals the articles out at random into parts, each of which a worker fits, and the weights of the parts are
    averaged. Only the counts, the weights and 9 bytes for each topic of each article come here. A worker needs 2 GB
    for a part of 10,000 articles; smaller parts need less and learn less.

    Parameters
    ----------
    ddf
        An article a row, such as ``dd.from_map(read, files)`` makes of any files. It is read twice.
    model
        The settings; None: those of the shipped model. It stays as it is.
    text, title, topics
        Names of the columns; that of the headlines need not be there. Topics are a list, or parted by ``;``.
    part
        Articles that are fitted together.

    Returns
    -------
    TopicClassifier
        A fitted one, without `left_out_proba_`.

    Raises
    ------
    UsageError
        A column is missing, or its lists have become strings.
    Error
        A text is neither string nor gap.
    ValueError
        A topic has (or lacks) fewer than 3 articles.
    """
    from sklearn.base import clone

    from classifier.model import TopicClassifier, check_examples

    check_columns(ddf._meta, text, topics)
    fitted: TopicClassifier = TopicClassifier() if model is None else clone(model)
    options = text, title, topics
    labelled = ddf.map_partitions(_labelled, *options, meta=_labelled(ddf._meta, *options))
    known = fitted.known_words()
    lexicon = _sent(known)
    counts: _Counts = _tree(_added, [dask.delayed(_count)(each, lexicon) for each in labelled.to_delayed()]).compute()
    classes = np.array(sorted(counts.topics), dtype=object)
    if any(name.startswith("['") for name in classes):
        raise UsageError(f"lists in {topics!r} have become strings, as dd.from_pandas makes them: join topics by ';'")
    check_examples(classes, map(counts.topics.__getitem__, classes), counts.texts)
    lexicon = _sent(known.grown_by(counts.lemmas, counts.texts, fitted.min_df))
    features = dask.delayed(fitted.article_features)(lexicon)
    dealt = labelled.shuffle("key", npartitions=-(-counts.texts // part))
    parts = [dask.delayed(_find)(each, features, classes) for each in dealt.to_delayed()]
    total = _tree(sum, [dask.delayed(_total)(each) for each in parts])
    centred = dask.delayed(_around)(features, total, counts.texts)
    solve = dask.delayed(partial(_solve, alpha=fitted.alpha, kinship=fitted.kinship, of=counts.texts), nout=3)
    solved = [solve(each, centred, lexicon) for each in parts]
    weights, unseen, wanted = zip(*solved, strict=True)
    sums, found, unseens, wanteds = dask.compute(_tree(_added, weights), centred, unseen, wanted)
    fitted.finish(classes, found, sums, np.concatenate(unseens), np.concatenate(wanteds))
    return fitted


def _tree(add: Callable[[list[Any]], Any], each: Sequence["Delayed"]) -> "Delayed":
    """The sum of many things, by eights, so that no worker holds them all."""
    while len(each) > 1:
        each = [dask.delayed(add)(list(each[start : start + 8])) for start in range(0, len(each), 8)]
    return each[0]


def _added(rows: list[Any]) -> Any:
    """The sum of named tuples, member by member; gaps count nothing."""
    rows = [row for row in rows if row is not None]
    return type(rows[0])(*(reduce(add, column) for column in zip(*rows, strict=True)))


def _labelled(frame: pd.DataFrame, text: str, title: str, topics: str) -> pd.DataFrame:
    """Texts and topics as strings, which any shuffle can move, and a key that deals them out at random."""
    texts = pd.Series(list(texts_of(frame, text, title)), dtype="string")
    rows = map(json.dumps, parted(frame[topics].to_list()))
    key = pd.util.hash_pandas_object(texts.astype(object), index=False).astype("int64")
    return pd.DataFrame({"text": texts, "topics": pd.Series(list(rows), dtype="string"), "key": key})


def _count(frame: pd.DataFrame, lexicon: Lexicon) -> _Counts:
    topics = Counter(topic for row in frame.topics for topic in json.loads(row))
    return _Counts(len(frame), topics, frequencies(frame.text, without=set(lexicon.lemmas)))


def _find(frame: pd.DataFrame, features: ArticleFeatures, classes: NDArray[Any]) -> _Part:
    frame = frame.sort_values(["key", "topics"])  # they come in any order, on which no weight should depend
    rows = [set(json.loads(row)) for row in frame.topics]
    wanted = np.array([[name in row for name in classes] for row in rows], np.int8).reshape(len(rows), len(classes))
    found = features.transform(frame.text)
    return _Part(found, found.opening @ features.directions, wanted)


def _total(part: _Part) -> NDArray[np.float64]:
    return np.asarray(part.means.sum(axis=0, dtype=np.float64))


def _around(features: ArticleFeatures, total: NDArray[np.float64], texts: int) -> ArticleFeatures:
    return features.around((total / texts).astype(np.float32))


def _solve(
    part: _Part, features: ArticleFeatures, lexicon: Lexicon, *, alpha: float, kinship: float, of: int
) -> "tuple[Weights | None, Floats, Indicator]":
    """A part's share in the weights of all texts, and of its own texts the scores when left out and the topics."""
    from classifier.model import Weights, ridge

    found, means, wanted = part
    if not len(wanted):
        return None, np.zeros(wanted.shape), wanted
    found = found._replace(vectors=features.centred(means))
    weights, unseen = ridge(found, lexicon.directions(), wanted, alpha, kinship)
    return Weights(*(each * (len(wanted) / of) for each in weights)), unseen, wanted
