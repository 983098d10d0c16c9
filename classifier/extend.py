"""A trained model and a newsroom's labels to a model with their topics, and what it will do in their archive."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from itertools import compress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from classifier.arrays import BoolArray, IndicatorArray
from classifier.data.articles import Article
from classifier.data.corpus import indicator
from classifier.errors import UsageError
from classifier.evaluation.expectations import Evidence, Expectations, expect
from classifier.evaluation.model_card import render_card, render_extension
from classifier.model.estimator import SHARD, load
from classifier.model.extension import Extension, Settings, add_topics, correct_topics
from classifier.model.features import Features
from classifier.model.labels import check_examples
from classifier.model.predictor import TopicPredictor
from classifier.storage.model_folder import check_target, read_manifest, write_model
from classifier.text.reprints import hash_texts
from classifier.topics import taxonomy_order

UNREAD = 5000  # articles that nobody has read, from which a new topic is told apart: a fit takes half a minute


@dataclass(frozen=True)
class ExtendOptions:
    """What a user may say about an extension.

    Attributes
    ----------
    topics
        Those to add or correct. Empty: all that occur in the labels, and if one of the model's is among them, all of
        the model, for a label tells all topics of an article.
    min_examples
        Least number of articles of a new topic.
    """

    topics: Sequence[str] = ()
    min_examples: int = 10


@dataclass
class _Archive:
    """What an extension learns from: articles that were read, and a sample of the others."""

    labels: Mapping[str, Sequence[str]]
    texts: dict[str, str] = field(default_factory=dict)  # of those that were read, by id
    unread: list[str] = field(default_factory=list)
    articles: int = 0

    def collect(self, articles: Iterable[Article]) -> None:
        """Go through an archive; the sample is drawn in one pass (Vitter, 1985, algorithm R)."""
        random = np.random.default_rng(0)
        seen = 0
        for article in articles:
            self.articles += 1
            if article.id in self.labels:
                self.texts.setdefault(article.id, article.text)
                continue
            place = seen if seen < UNREAD else int(random.integers(seen + 1))
            if place < UNREAD:
                self.unread[place : place + 1] = [article.text]
            seen += 1
        is_reprint = np.isin(hash_texts(self.unread), hash_texts(self.texts.values()))
        self.unread = [text for text, known in zip(self.unread, is_reprint, strict=True) if not known]


def extend(
    model: Path | None,
    labels: Mapping[str, Sequence[str]],
    archive: Callable[[], Iterable[Article]],
    target: Path,
    *,
    at_random: Iterable[str] = (),
    options: ExtendOptions = ExtendOptions(),
    progress: Callable[[str], None] = lambda _: None,
) -> Expectations:
    """Add topics to a trained model, or correct those it has, and store the new model.

    Parameters
    ----------
    model
        Model folder; None: the shipped model.
    labels
        All topics of each article that somebody has read, by its id.
    archive
        Reads the articles of the archive, read by somebody or not; it is called twice.
    target
        Model folder to write.
    at_random
        Ids of articles that were chosen at random: what to expect is measured on them.
    options
        Which topics are learned.
    progress
        Called with a sentence at each stage.

    Raises
    ------
    UsageError
        No label belongs to an article of the archive, a topic has too few examples, or `target` is a folder of
        something else.
    """
    check_target(target)
    classifier = load(model)
    classifier.check_settings()
    predictor, manifest = classifier.predictor_, read_manifest(model)
    progress("Reading the archive")
    found = _Archive(labels)
    found.collect(archive())
    lessons = _Lessons.of(predictor, found, set(at_random))
    progress(_about(lessons, found, int(predictor.has_seen(found.texts.values()).sum())))
    added, corrected = _choose_topics(lessons, predictor.classes, options)
    settings = Settings(classifier.alpha, classifier.semantic_smoothing)
    parts = []
    if corrected:
        progress(f"Topics to correct: {len(corrected)}")
        y_true, others = lessons.indicator(corrected), lessons.unread.vectors
        parts.append(correct_topics(predictor, corrected, lessons.read, y_true, settings, others))
    if added:
        progress(f"Learning {', '.join(added)} beside {len(lessons.unread.words):,} articles that nobody has read")
        y_true, unread = lessons.indicator(added), found.articles - len(found.texts)
        parts.append(add_topics(predictor, added, lessons.read, y_true, lessons.unread, unread, settings))
    extended = predictor
    for part in parts:
        extended = extended.join(part.predictor)
    if len(predictor.trained_on):
        extended = replace(extended, trained_on=np.union1d(predictor.trained_on, hash_texts(found.texts.values())))
    progress(f"Tagging {found.articles:,} articles, to tell what to expect")
    changed = extended.select([topic for part in parts for topic in part.predictor.classes])
    expected = expect(changed, _evidence(predictor, parts, lessons), archive(), found.texts)
    metadata = _metadata(manifest, extended, expected)
    progress(f"Writing {target}")
    write_model(target, extended.to_content(), metadata, render_card(metadata, render_extension(metadata)))
    return expected


class _Lessons(NamedTuple):
    """Features of the articles that can be judged, and what people said about them."""

    read: Features
    topics: list[Sequence[str]]
    is_random: BoolArray
    unread: Features

    @classmethod
    def of(cls, predictor: TopicPredictor, found: _Archive, at_random: set[str]) -> "_Lessons":
        if not found.texts:
            raise UsageError("no article of the archive has a label: do their ids agree?")
        if len(found.texts) + UNREAD > SHARD:
            raise UsageError(
                f"{len(found.texts):,} labels are more than extend takes: train a model of your own with `train`"
            )
        read, unread = (predictor.extractor.transform(texts) for texts in (found.texts.values(), found.unread))
        judged = np.flatnonzero(read.is_russian)
        ids = [list(found.texts)[row] for row in judged]
        is_random = np.array([id in at_random for id in ids], bool)
        return cls(read.rows(judged), [found.labels[id] for id in ids], is_random, unread.rows(unread.is_russian))

    def indicator(self, topics: Sequence[str]) -> IndicatorArray:
        """Return which of the articles read have which topics, (texts, topics)."""
        return indicator(self.topics, topics)


def _about(lessons: _Lessons, found: _Archive, seen: int) -> str:
    missing = len(found.labels) - len(found.texts)
    unjudged = len(found.texts) - len(lessons.topics)
    return (
        f"{len(lessons.topics):,} of {found.articles:,} articles were read"
        + (f"; {missing:,} labels belong to none of them" if missing else "")
        + (f"; {unjudged:,} are not Russian and left out" if unjudged else "")
        + (f"; the model was trained on {seen:,} of them, so it knows more of them than of others" if seen else "")
    )


def _choose_topics(lessons: _Lessons, classes: Sequence[str], options: ExtendOptions) -> tuple[list[str], list[str]]:
    """Return the topics to add and those to correct."""
    named = {topic for labels in lessons.topics for topic in labels}
    if unknown := sorted(set(options.topics) - named):
        near = get_close_matches(unknown[0].casefold(), {topic.casefold() for topic in named}, n=1)
        advice = f"; did you mean {near[0]!r}?" if near else ""
        raise UsageError(f"no article of the archive is labelled {unknown[0]!r}{advice}")
    chosen = taxonomy_order(options.topics or named)
    if not chosen:
        raise UsageError("the labels name no topic: there is nothing to learn")
    added = [topic for topic in chosen if topic not in classes]
    counts = dict(zip(added, lessons.indicator(added).sum(axis=0).tolist(), strict=True))
    rare = {topic: count for topic, count in counts.items() if count < options.min_examples}
    if rare:
        listed = ", ".join(f"{topic} {count}" for topic, count in rare.items())
        raise UsageError(
            f"too few examples (under {options.min_examples}) of: {listed}; label more articles, "
            "name the topics to learn with --topic, or lower --min-examples"
        )
    check_examples(added, counts.values(), len(lessons.topics) + len(lessons.unread.words))
    corrected = [topic for topic in chosen if topic in classes]
    return added, corrected if options.topics or not corrected else list(classes)


def _evidence(predictor: TopicPredictor, parts: Sequence[Extension], lessons: _Lessons) -> Evidence:
    """Return what people and models say about the articles that were read."""
    topics = [topic for part in parts for topic in part.predictor.classes]
    before = np.zeros((len(lessons.topics), len(topics)), np.int8)
    is_old = np.isin(topics, predictor.classes)
    before[:, is_old] = predictor.predict_features(lessons.read)[
        :, [predictor.classes.index(topic) for topic in compress(topics, is_old)]
    ]
    after = np.hstack([part.loo_pred for part in parts])
    return Evidence(lessons.indicator(topics), before, after, is_old, lessons.is_random)


def _metadata(manifest: dict[str, Any], extended: TopicPredictor, expected: Expectations) -> dict[str, Any]:
    """Return what the manifest says about an extended model: all that it said, and what was done to it."""
    kept = ("parameters", "data", "lexicon", "report", "reference", "extensions")
    step = {
        "of": manifest["sha256"],
        "articles": expected.articles,
        "read": expected.read,
        "random": expected.random,
        "f1": expected.f1,
        "topics": expected.topics.round(4)
        .reset_index()
        .astype(object)
        .where(lambda t: t.notna(), None)
        .to_dict("records"),
    }
    return {
        **{name: manifest[name] for name in kept if name in manifest},
        "topics": extended.classes,
        "thresholds": [round(float(threshold), 4) for threshold in extended.thresholds],
        "extensions": [*manifest.get("extensions", []), step],
    }
