"""A classifier learned from more labelled articles than memory holds."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any, NamedTuple

import dask
import dask.dataframe as dd
import numpy as np
import pandas as pd

from classifier.dask.frames import broadcast
from classifier.data.frames import check_columns, texts_of
from classifier.errors import UsageError
from classifier.model.features import FeatureExtractor, Moments
from classifier.text.lexicon import Lexicon, distinct_tokens, document_frequencies
from classifier.topics import parse_topics

if TYPE_CHECKING:
    from dask.delayed import Delayed

    from classifier.model.estimator import TopicClassifier
    from classifier.model.ridge import Weights
    from classifier.model.shards import LeftOut, Shard

_FAN_IN = 8  # values added up by one task


class Counts(NamedTuple):
    """How many texts there are, how many have each topic and each lemma that the lexicon lacks, and forms it lacks."""

    texts: int
    topics: Counter[str]
    lemmas: Counter[str]
    forms: frozenset[bytes]

    def plus(self, other: "Counts") -> "Counts":
        """Return the sum of both."""
        lemmas, forms = self.lemmas + other.lemmas, self.forms | other.forms
        return Counts(self.texts + other.texts, self.topics + other.topics, lemmas, forms)


def fit(
    ddf: dd.DataFrame,
    model: "TopicClassifier | None" = None,
    text: str = "text",
    title: str = "title",
    topics: str = "topics",
    *,
    shard: int | None = None,
) -> "TopicClassifier":
    """Fit a classifier to the labelled articles of a Dask DataFrame.

    The steps are those of `TopicClassifier.fit`. A first pass counts lemmas and topics. A second one distributes the
    articles at random into shards, each of which a worker fits; the weights are then averaged. Only the counts, the
    weights and 9 bytes for each topic of each article come back here. A worker needs 6 GB for a shard of 22,000
    articles; smaller shards need less and learn less. Outlets are not told apart, so probabilities suit known ones.

    Parameters
    ----------
    ddf
        An article a row, such as ``dd.from_map(read, files)`` makes of any files. It is read twice.
    model
        The settings; None: those of the shipped model. It is not changed.
    text, title, topics
        Names of the columns; that of the headlines may be missing. Topics are a list, or separated by ``;``.
    shard
        Articles that are fitted together; None: 22,000, as in `TopicClassifier.fit`.

    Returns
    -------
    TopicClassifier
        A fitted one, without `loo_proba_` and `left_out_`.

    Raises
    ------
    UsageError
        A column is missing, its lists have become strings, or a topic has (or lacks) fewer than 3 articles.
    Error
        A text is neither string nor gap.
    """
    from sklearn.base import clone

    from classifier.model.estimator import SHARD, TopicClassifier
    from classifier.model.labels import check_examples
    from classifier.model.shards import LeftOut

    check_columns(ddf._meta, text, topics)
    fitted: TopicClassifier = TopicClassifier() if model is None else clone(model)
    names = text, title, topics
    labelled = ddf.map_partitions(_labelled, *names, meta=_labelled(ddf._meta, *names))
    known = fitted.base_lexicon()
    sent = broadcast(known)  # Dask forgets a value that no name refers to: 13 of 50 fits failed
    counts: Counts = _tree_sum(_each(_count, labelled, sent)).compute()
    classes = np.array(sorted(counts.topics), dtype=object)
    if any(name.startswith("['") for name in classes):
        raise UsageError(f"lists in {topics!r} have become strings, as dd.from_pandas makes them: join topics by ';'")
    check_examples(classes, map(counts.topics.__getitem__, classes), counts.texts)
    lexicon = broadcast(known.extend(counts.lemmas, counts.texts, fitted.min_df, counts.forms))
    extractor = dask.delayed(fitted.new_extractor)(lexicon)
    dealt = labelled.shuffle("key", npartitions=-(-counts.texts // (shard or SHARD)))
    shards = _each(_extract, dealt, extractor, classes)
    moments = _tree_sum([dask.delayed(_moments)(each) for each in shards])
    centred = dask.delayed(_learn_center)(extractor, moments)
    fit_one = dask.delayed(_fit_shard, nout=2)
    parts = [fit_one(fitted, each, centred, lexicon, counts.texts) for each in shards]
    weights, left_out = zip(*parts, strict=True)
    total, extractor, left_out = dask.compute(_tree_sum(weights), centred, left_out)
    whole = LeftOut(*map(np.concatenate, zip(*left_out, strict=True)))
    fitted.finish_fit(classes, extractor, total, whole)
    return fitted


def _each(function: Callable[..., Any], ddf: dd.DataFrame, *arguments: Any) -> "list[Delayed]":
    """Return a task for each partition."""
    return [dask.delayed(function)(partition, *arguments) for partition in ddf.to_delayed()]


def _tree_sum(values: "Sequence[Delayed]") -> "Delayed":
    """Return the sum of many values, a few at a time, so that no worker holds them all."""
    while len(values) > 1:
        values = [dask.delayed(_sum)(list(values[start : start + _FAN_IN])) for start in range(0, len(values), _FAN_IN)]
    return values[0]


def _sum(values: list[Any]) -> Any:
    """Return the sum of counts, weights or arrays; None counts nothing."""
    values = [value for value in values if value is not None]
    return reduce(lambda one, other: one.plus(other) if hasattr(one, "plus") else one + other, values)


def _labelled(frame: pd.DataFrame, text: str, title: str, topics: str) -> pd.DataFrame:
    """Return texts and topics as strings, which any shuffle can move, and a key that distributes them at random."""
    texts = pd.Series(list(texts_of(frame, text, title)), dtype="string")
    rows = map(json.dumps, parse_topics(frame[topics].to_list()))
    key = pd.util.hash_pandas_object(texts.astype(object), index=False).astype("int64")
    return pd.DataFrame({"text": texts, "topics": pd.Series(list(rows), dtype="string"), "key": key})


def _count(frame: pd.DataFrame, lexicon: Lexicon) -> Counts:
    topics = Counter(topic for row in frame.topics for topic in json.loads(row))
    lemmas = document_frequencies(frame.text, without=set(lexicon.lemmas))
    return Counts(len(frame), topics, lemmas, frozenset(lexicon.forms.lacking(distinct_tokens(frame.text))))


def _extract(frame: pd.DataFrame, extractor: FeatureExtractor, classes: Sequence[str]) -> "Shard":
    from sklearn.preprocessing import MultiLabelBinarizer

    from classifier.model.shards import Shard, encode_groups

    frame = frame.sort_values(["key", "topics"])  # they come in any order, and no weight should depend on it
    y_true = MultiLabelBinarizer(classes=classes).fit_transform(map(json.loads, frame.topics)).astype(np.int8)
    return Shard(*extractor.uncentred(frame.text), y_true, encode_groups(None, len(frame)))


def _moments(shard: "Shard") -> Moments:
    return Moments.of(shard.sums)


def _learn_center(extractor: FeatureExtractor, moments: Moments) -> FeatureExtractor:
    return extractor.learn_center(moments)


def _fit_shard(
    model: "TopicClassifier", shard: "Shard", extractor: FeatureExtractor, lexicon: Lexicon, texts: int
) -> "tuple[Weights | None, LeftOut]":
    """Return a shard's share in the weights of all texts, and what its fit says of its own texts, left out."""
    from classifier.model.shards import LeftOut

    if not len(shard.y_true):
        nothing = np.zeros(shard.y_true.shape, np.float32)
        return None, LeftOut(nothing, nothing, shard.y_true, shard.features.words, shard.outlets)
    fitted = model.fit_shard(shard, extractor, lexicon)
    return fitted.weights.scaled(len(shard.y_true) / texts), LeftOut.of(shard, fitted)
