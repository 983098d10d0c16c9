"""Labels to read again: those that a model disagrees with which did not see them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import clone

from classifier.annotation.tasks import NO_TOPIC, Task, suggest
from classifier.arrays import BoolArray, Float64Array, IndexArray, IndicatorArray
from classifier.data.articles import Article
from classifier.data.corpus import indicator
from classifier.errors import UsageError
from classifier.model.estimator import SHARD, TopicClassifier, load
from classifier.model.extension import Settings, correct_topics
from classifier.model.labels import MIN_EXAMPLES
from classifier.model.thresholds import apply_thresholds
from classifier.topics import check_known, taxonomy_order, topic_name

DOUBT = "doubt"  # why an article is read again
_SEEN = 0.1  # share of the articles that a model may have been trained on, to judge the others
_HEADLINE = 80  # characters that a table shows

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Doubts:
    """Labels, and what is said about their articles by models that did not see the label.

    Attributes
    ----------
    articles
        The articles.
    labels
        All topics that each was given, also those that are not in `classes`.
    classes
        The topics that are compared.
    loo_proba, loo_pred
        Leave-one-out probabilities, and the topics that follow from them, (articles, topics).
    """

    articles: Sequence[Article]
    labels: Sequence[Sequence[str]]
    classes: Sequence[str]
    loo_proba: Float64Array
    loo_pred: IndicatorArray

    @property
    def confidence(self) -> Float64Array:
        """The probability that a topic is rightly given, or rightly not given, (articles, topics).

        The least of an article is cleanlab's label quality, by self-confidence; a test compares them.
        """
        is_given = indicator(self.labels, self.classes) == 1
        return np.where(is_given, self.loo_proba, 1 - self.loo_proba)

    def ranked(self) -> IndexArray:
        """Return the rows of articles with a label that is more likely wrong than right, the least likely first."""
        least = self.confidence.min(axis=1)
        order = np.argsort(least, kind="stable")
        ranked: IndexArray = order[least[order] < 0.5]
        return ranked

    def tasks(self, number: int) -> list[Task]:
        """Return the most doubtful articles; their note tells the label, their topic is the most doubtful one."""
        return [
            Task(
                self.articles[row],
                suggest(self.classes, self.loo_proba[row], self.loo_pred[row]),
                DOUBT,
                topic,
                note=_note(self.labels[row]),
            )
            for row, topic in self._most(number)
        ]

    def table(self, number: int) -> pd.DataFrame:
        """Return the most doubtful articles, indexed by id; columns topic, label, probability and headline."""
        rows = {
            self.articles[row].id: [
                topic,
                "given" if topic in self.labels[row] else "not given",
                float(self.loo_proba[row, self.classes.index(topic)]),
                self.articles[row].text.partition("\n")[0][:_HEADLINE],
            ]
            for row, topic in self._most(number)
        }
        columns = ["topic", "label", "probability", "headline"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("id")

    def _most(self, number: int) -> Iterator[tuple[int, str]]:
        """Yield the rows of the most doubtful articles, and of each the most doubtful topic."""
        worst = self.confidence.argmin(axis=1)
        yield from ((int(row), self.classes[worst[row]]) for row in self.ranked()[:number])


def _note(topics: Sequence[str]) -> str:
    return "Помечено: " + ("; ".join(topic_name(topic, "ru") for topic in topics) or NO_TOPIC)


def find_doubts(
    model: Path | None,
    labels: Mapping[str, Sequence[str]],
    archive: Iterable[Article],
    topics: Sequence[str] = (),
    *,
    progress: Progress = lambda _: None,
) -> Doubts:
    """Compare labels with what a model says that did not see them.

    If the labels are new to the model, it is corrected by all of them but the one that is judged. If it was trained on
    more than a tenth of them, its answers repeat them; then, and if they are more than 22,000, a model of the labels
    alone is fitted, which also knows topics that the model lacks.

    Parameters
    ----------
    model
        Model folder; None: the shipped model.
    labels
        All topics of each article that somebody has read, by its id.
    archive
        Articles, those of the labels among them; they are read once, and only those with a label are kept.
    topics
        Compare these alone; empty: all that are known.
    progress
        Called with a sentence about what is done, or left out.

    Raises
    ------
    UsageError
        No article has a label, or no topic can be compared.
    """
    classifier = load(model)
    classifier.check_settings()
    named = {topic for given in labels.values() for topic in given}
    for topic in topics:
        check_known(topic, [*classifier.predictor_.classes, *named])
    articles = _collect(archive, labels, progress)
    seen = classifier.predictor_.has_seen(article.text for article in articles)
    if seen.mean() > _SEEN:
        progress(
            f"the model was trained on {seen.sum():,} of these {len(articles):,} articles, so it repeats their labels: "
            "a model of the labels alone judges them"
        )
    elif len(articles) <= SHARD:
        return _by_correction(classifier, articles, labels, topics, seen, progress)
    return _by_fit(classifier, articles, labels, topics, progress)


def _collect(archive: Iterable[Article], labels: Mapping[str, Sequence[str]], progress: Progress) -> list[Article]:
    """Return the articles with a label."""
    found: dict[str, Article] = {}
    repeated = 0
    for article in archive:
        if article.id in labels:
            repeated += article.id in found
            found.setdefault(article.id, article)
    if not found:
        raise UsageError("no article of the archive has a label: do their ids agree?")
    if missing := len(labels) - len(found):
        progress(f"labels left out because no article of the archive has their id: {missing:,} of {len(labels):,}")
    if repeated:
        progress(f"articles left out because an earlier one has the same id, and gets the label: {repeated:,}")
    return list(found.values())


def _by_correction(
    classifier: TopicClassifier,
    articles: Sequence[Article],
    labels: Mapping[str, Sequence[str]],
    topics: Sequence[str],
    seen: BoolArray,
    progress: Progress,
) -> Doubts:
    """Judge labels by the model, corrected by all others; those that it was trained on are left out."""
    model = classifier.predictor_
    if seen.any():
        progress(
            f"articles left out because the model was trained on them, so that it repeats their labels: {seen.sum():,}"
        )
    if not len(model.trained_on):
        progress("the model does not tell what it was trained on; if these labels were among it, it repeats them")
    fresh = list(compress(articles, ~seen))
    features = model.extractor.transform(article.text for article in fresh)
    judged = _judged(fresh, features.is_russian, progress)
    given = [labels[article.id] for article in judged]
    named = {topic for row in given for topic in row}
    if lacking := taxonomy_order((set(topics) or named) - set(model.classes)):
        progress(f"the model lacks {', '.join(lacking)}, which are left out; `news-topics extend` adds topics")
    classes = [topic for topic in dict.fromkeys(topics or model.classes) if topic in model.classes]
    if not classes:
        raise UsageError("the model has none of these topics: add them with `news-topics extend`")
    if unnamed := len(set(classes) - named):
        progress(f"no label has {unnamed:,} of the topics; if readers did not look for them, name theirs with --topic")
    settings = Settings(classifier.alpha, classifier.semantic_smoothing)
    features = features.rows(np.flatnonzero(features.is_russian))
    corrected = correct_topics(model, classes, features, indicator(given, classes), settings)
    return Doubts(judged, given, classes, corrected.loo_proba, corrected.loo_pred)


def _by_fit(
    classifier: TopicClassifier,
    articles: Sequence[Article],
    labels: Mapping[str, Sequence[str]],
    topics: Sequence[str],
    progress: Progress,
) -> Doubts:
    """Judge labels by a model that is fitted to all others."""
    texts = [article.text for article in articles]
    judged = _judged(articles, classifier.predictor_.extractor.count(texts).is_russian, progress)
    given = [labels[article.id] for article in judged]
    named = taxonomy_order(topics or {topic for row in given for topic in row})
    counts = dict(zip(named, indicator(given, named).sum(axis=0).tolist(), strict=True))
    rare = {topic: count for topic, count in counts.items() if min(count, len(given) - count) < MIN_EXAMPLES}
    if rare:
        listed = ", ".join(f"{topic} {count}" for topic, count in rare.items())
        progress(f"left out, as fewer than {MIN_EXAMPLES} articles have the topic or lack it: {listed}")
    classes = [topic for topic in named if topic not in rare]
    if not classes:
        raise UsageError("no topic of the labels is on enough articles to learn it: label more")
    progress(f"Fitting {len(classes):,} topics on {len(judged):,} articles")
    y_true = pd.DataFrame(indicator(given, classes), columns=classes)
    fitted = clone(classifier).fit([article.text for article in judged], y_true)
    return Doubts(
        judged, given, classes, fitted.loo_proba_, apply_thresholds(fitted.loo_proba_, fitted.predictor_.thresholds)
    )


def _judged(articles: Sequence[Article], is_russian: BoolArray, progress: Progress) -> list[Article]:
    """Return the articles that can be judged."""
    if unjudged := int((~is_russian).sum()):
        progress(f"articles left out because they are not Russian: {unjudged:,}")
    if unjudged == len(articles):
        raise UsageError("no article with a label can be judged: none is Russian")
    return list(compress(articles, is_russian))
