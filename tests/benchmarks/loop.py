"""What a newsroom's labels are worth: corrections of an outlet of which no label is known, and topics that are new.

``make loop`` writes loop.md. It needs the shared corpus and takes half an hour on two cores. For corrections, one fit of
all articles tells in closed form what a model without an outlet's labels says of its articles, as in the ablation; the
word vectors have seen the texts. Half of the outlet is the archive that labels are chosen from, and the other half
measures, whatever was chosen.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import numpy as np
import pandas as pd
from sklearn.metrics import f1_score

from classifier import TopicClassifier
from classifier.annotation.queue import RANDOM_SHARE, QueueOptions, choose_tasks
from classifier.data.answers import TaggedBatch
from classifier.data.articles import Article, batched
from classifier.evaluation.expectations import limits_of
from classifier.model import extension
from classifier.model.calibration import Calibration, calibrate
from classifier.model.curves import log_odds, sigmoid
from classifier.model.extension import Extension, Settings, add_topics
from classifier.model.features import Features, Moments
from classifier.model.predictions import Predictions
from classifier.model.predictor import TopicPredictor, load_predictor
from classifier.model.ridge import RidgeFit, fit_ridge
from classifier.model.shards import encode_groups, group_rows
from classifier.model.thresholds import apply_thresholds
from classifier.tagging.batches import tag_batch
from tests.benchmarks.quality.materials import TOPICS, Materials, read_materials
from tests.benchmarks.quality.tables import markdown
from tests.conftest import SHARED

PAGE = Path(__file__).with_suffix(".md")
LABELS, REFITTED = (50, 100, 200, 400), 200
OUTLETS = ("fontanka", "lenta", "rbc", "ria", "rt", "telegram")  # N+1 has too few articles for 400 labels and a test
SEEDS, HALF = 4, 2000
SETTINGS = Settings(TopicClassifier().alpha, TopicClassifier().semantic_smoothing)
EXAMPLES = (30, 60, 120)
LABELLED, UNREAD, ARCHIVE = 1500, 2000, 20_000  # articles of the archive of a new topic: see the page
REFIT = "all old labels too"
OURS = "partly with it (Elkan and Noto)"
WITHOUT, LEFT_OUT = "without the topic", "left out"
READ_AT_RANDOM = 60
READ_WHOLE = ["lenta", "ria"]  # outlets of which every article is labelled: there is none that nobody has read


_PAGE = """\
# What a newsroom's labels are worth

`make loop` writes this page. How it measures: `tests/benchmarks/loop.py`.

## Corrections

A model that knows no label of an outlet ({outlets}; its word vectors have seen the texts) is corrected with labels from one
half of the outlet, up to 2,000 articles, and measured on the other half. Macro-F1 before:
{before:.3f}. Points of F1 gained, mean of {seeds} drawings for each outlet; *queue* is what `queue` chooses, a quarter of it
at random, and *random* the same number at random:

{total}

What more would the old labels give? Points of macro-F1 gained by the first 200 labels of the queue, by outlet: with the
correction, which needs none of the old data, and in a fit of all old labels and the new ones, which is the most that any
summary of the old data shipped with the model could give:

{refit}

## New topics

A topic of ours is taken as new ({topics}). It is learned from 30, 60 or 120 examples, {at_random} articles at random, and as
many as there are examples from a queue near its threshold, beside {unread:,} articles that nobody has read, which stand for
an archive of {archive:,}; it is measured on other articles, which were labelled at random, of the same mix of outlets. How
unread articles count while it is learned:

{added}

*expected_precision* is what `extend` says, the mean probability of the tags given; *error* is how far it is from the true
precision, in the mean; *covered*: how often the limits that {at_random} random articles give contain the true precision;
*width*: how far these are apart.
"""


class Measured(NamedTuple):
    """Macro-F1 of one run."""

    outlet: str
    way: str
    labels: int
    seed: int
    macro: float
    micro: float


def corrections(news: Materials) -> Iterator[Measured]:
    """Measure what labels of an outlet are worth to a model that has none of it, for all outlets from two fits."""
    classifier = TopicClassifier()
    features = _features(news, classifier)
    unit_vectors = classifier.base_lexicon().unit_vectors()
    outlets = {name: np.flatnonzero(news.news.outlet == name) for name in OUTLETS}
    targets = 2 * news.y_true.astype(np.float32) - 1
    print("fitting", flush=True)
    fitted = fit_ridge(features, unit_vectors, targets, *SETTINGS, list(outlets.values()))
    read_first: dict[str, np.ndarray] = {}
    splits: dict[str, tuple[np.ndarray, LeftOut]] = {}
    for name, rows in outlets.items():
        left_out = _left_out(fitted, features, news, rows)
        for seed in range(SEEDS):
            drawn = np.random.RandomState(seed).permutation(rows)[: 2 * HALF]
            run = _Run(news, name, seed, *np.array_split(drawn, 2), features, unit_vectors, left_out)
            yield from run.measure()
            if seed == 0:
                read_first[name], splits[name] = run.choose(REFITTED, RANDOM_SHARE), (run.test, left_out)
    print("fitting once more, with the labels of the queue", flush=True)
    groups = [np.setdiff1d(rows, read_first[name]) for name, rows in outlets.items()]
    refitted = fit_ridge(features, unit_vectors, targets, *SETTINGS, groups)
    for name, (test, left_out) in splits.items():
        scores = left_out.log_odds(refitted.group_scores[test], features.words[test])
        yield Measured(name, REFIT, REFITTED, 0, *_f1(news.y_true[test], sigmoid(scores) >= left_out.found.thresholds))


def _features(news: Materials, classifier: TopicClassifier) -> Features:
    """Return the features of all labelled articles."""
    extractor = classifier.new_extractor(classifier.base_lexicon())
    features, sums = extractor.uncentred(news.texts)
    return features._replace(vectors=extractor.learn_center(Moments.of(sums)).centred(sums))


class LeftOut(NamedTuple):
    """What a model without an outlet's labels says of its articles: its calibration, and log-odds of all articles."""

    found: Calibration
    odds: np.ndarray

    def log_odds(self, scores: np.ndarray, words: np.ndarray) -> np.ndarray:
        """Return what raw scores of that model mean, (texts, topics)."""
        return log_odds(scores * self.found.slopes + self.found.shifts, self.found.curves, words)


def _left_out(fitted: RidgeFit, features: Features, news: Materials, rows: np.ndarray) -> LeftOut:
    """Return what a fit tells of an outlet's articles without its labels; the others set curves and thresholds."""
    others = np.setdiff1d(np.arange(len(news.texts)), rows)
    groups = group_rows(encode_groups(news.news.outlet.to_numpy()[others], len(others)))
    found = calibrate(fitted.loo_scores[others], fitted.group_scores[others], news.y_true[others], groups)
    return LeftOut(found, LeftOut(found, np.empty(0)).log_odds(fitted.group_scores, features.words))


class _Run(NamedTuple):
    """One drawing: an archive to choose labels from, and a test."""

    news: Materials
    outlet: str
    seed: int
    pool: np.ndarray
    test: np.ndarray
    features: Features
    unit_vectors: np.ndarray
    left_out: LeftOut

    def measure(self) -> Iterator[Measured]:
        """Correct the model with more and more labels, and measure it."""
        yield self._measured("before", 0, 0.0)
        for number in LABELS:
            for way, share in (("queue", RANDOM_SHARE), ("random", 1.0)):
                yield self._measured(way, number, self._correction(self.choose(number, share)))

    def choose(self, number: int, share: float) -> np.ndarray:
        """Return the rows that a queue chooses."""
        probabilities, thresholds = sigmoid(self.left_out.odds[self.pool]), self.left_out.found.thresholds
        predictions = Predictions(
            TOPICS, probabilities, apply_thresholds(probabilities, thresholds), [""] * len(self.pool)
        )
        tagged = TaggedBatch(_articles(self.news, self.pool), predictions)
        predictor = replace(load_predictor(), thresholds=thresholds, trained_on=np.empty(0, np.int64))
        tasks = choose_tasks(predictor, [tagged], QueueOptions(number, share, TOPICS, seed=self.seed))
        return np.array([int(task.article.id) for task in tasks])

    def _correction(self, read: np.ndarray) -> np.ndarray:
        """Return what `correct_topics` adds to the log-odds of the test, before its forms are reduced to axes."""
        residuals = (self.news.y_true[read] - sigmoid(self.left_out.odds[read])) / extension._CURVATURE
        features, test = self.features.rows(read), self.features.rows(self.test)
        weights = fit_ridge(features, self.unit_vectors, residuals.astype(np.float32), *SETTINGS).weights
        squares = np.stack([((test.vectors @ form) * test.vectors).sum(axis=1) for form in weights.quadratic], axis=1)
        words = test.text @ weights.coef[0] + test.lead @ weights.coef[1]
        return words + test.vectors @ weights.linear + squares + weights.intercept

    def _measured(self, way: str, labels: int, correction: np.ndarray | float) -> Measured:
        y_pred = sigmoid(self.left_out.odds[self.test] + correction) >= self.left_out.found.thresholds
        return Measured(self.outlet, way, labels, self.seed, *_f1(self.news.y_true[self.test], y_pred))


def _articles(news: Materials, rows: np.ndarray) -> list[Article]:
    return [Article(str(row), news.texts[row], {}, "") for row in rows]


def _f1(y_true: np.ndarray, y_pred: np.ndarray) -> tuple[float, float]:
    """Return macro-F1, of topics that three articles have, and micro-F1."""
    often = y_true.sum(axis=0) >= 3
    macro = f1_score(y_true[:, often], y_pred[:, often], average="macro", zero_division=0)
    return macro, f1_score(y_true, y_pred, average="micro")


def _judged(news: Materials, predictor: TopicPredictor, rows: Sequence[int]) -> tuple[np.ndarray, Features]:
    """Return those of some rows that can be judged, and their features."""
    features = predictor.extractor.transform(news.texts_of(np.asarray(rows)))
    return np.asarray(rows)[features.is_russian], features.rows(features.is_russian)


class Added(NamedTuple):
    """How a new topic fares in the stream."""

    topic: str
    unread: str
    examples: int
    f1: float
    precision: float
    recall: float
    expected_precision: float
    error: float
    covered: float
    width: float


def additions(news: Materials) -> Iterator[Added]:
    """Measure topics that the model has not, from a few examples, in a stream with the natural mix of topics."""
    predictor = replace(load_predictor(), trained_on=np.empty(0, np.int64))  # the queue would leave these out
    pick = pd.read_csv(SHARED / "labels.csv").set_index("id").pick.loc[news.news.index].to_numpy()
    random = np.random.RandomState(0)
    is_mixed = (pick == "random") & ~news.news.outlet.isin(READ_WHOLE).to_numpy()
    mixed, others = random.permutation(np.flatnonzero(is_mixed)), np.flatnonzero(~is_mixed)
    archive, stream = mixed[:LABELLED], mixed[LABELLED:]
    unread = _unread(news, predictor, news.news.outlet.iloc[stream])
    counts = news.y_true[stream].sum(axis=0)
    for column in [column for column in np.argsort(counts) if counts[column] >= 15][::3]:
        examples = random.permutation(others[news.y_true[others, column] == 1])
        for number in (number for number in EXAMPLES if number <= len(examples)):
            read = _read(news, predictor, archive, examples[:number], unread, int(column))
            for way in (OURS, WITHOUT, LEFT_OUT):
                yield _add(news, predictor, read, stream, unread, way, number, int(column))
        print(TOPICS[column], flush=True)


def _unread(news: Materials, predictor: TopicPredictor, outlets: pd.Series) -> Features:
    """Return features of unlabelled articles, as many of each outlet in proportion as in the stream."""
    free = news.unlabelled[~news.unlabelled.index.isin(news.news.index)]
    shares = outlets.value_counts(normalize=True)
    parts = [
        free[free.outlet == outlet].sample(round(UNREAD * share), random_state=0) for outlet, share in shares.items()
    ]
    features = predictor.extractor.transform(pd.concat(parts).text.tolist())
    return features.rows(features.is_russian)


def _choose(news: Materials, predictor: TopicPredictor, pool: np.ndarray, options: QueueOptions) -> list[int]:
    """Return the rows that a queue chooses."""
    batches = (tag_batch(predictor, batch) for batch in batched(_articles(news, pool)))
    return [int(task.article.id) for task in choose_tasks(predictor, batches, options)]


def _read(
    news: Materials,
    predictor: TopicPredictor,
    archive: np.ndarray,
    examples: np.ndarray,
    unread: Features,
    column: int,
) -> np.ndarray:
    """Return rows as a newsroom comes by them: examples, some articles at random, and as many more from a queue."""
    read = np.concatenate([examples, archive[:READ_AT_RANDOM]])
    first = _fit(news, predictor, read, unread, OURS, column).predictor
    options = QueueOptions(len(examples), 0.0, [TOPICS[column]])
    return np.concatenate([read, _choose(news, first, np.setdiff1d(archive, read), options)]).astype(int)


def _fit(
    news: Materials, predictor: TopicPredictor, read: np.ndarray, unread: Features, way: str, column: int
) -> Extension:
    rows, features = _judged(news, predictor, read)
    rest, texts = (unread.rows(slice(0)), 0) if way == LEFT_OUT else (unread, ARCHIVE)
    y_true = news.y_true[rows][:, [column]]
    with ExitStack() as stack:
        if way == WITHOUT:
            stack.enter_context(patch.object(extension, "_positive_shares", _known_shares))
        return add_topics(predictor, [TOPICS[column]], features, y_true, rest, texts, SETTINGS)


def _known_shares(scores: np.ndarray, y_true: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return that no unread text has the topic."""
    return np.pad(y_true.astype(float), (0, len(scores) - len(y_true)))


def _add(
    news: Materials,
    predictor: TopicPredictor,
    read: np.ndarray,
    stream: np.ndarray,
    unread: Features,
    way: str,
    number: int,
    column: int,
) -> Added:
    """Learn a topic, and compare what is expected of it with what it does in the stream."""
    added = _fit(news, predictor, read, unread, way, column)
    tagged = added.predictor.tag(news.texts_of(stream))
    y_true, y_pred = news.y_true[stream, column], tagged.y_pred[:, 0]
    given = max(y_pred.sum(), 1)
    precision = (y_true & y_pred).sum() / given
    expected = (tagged.probabilities[:, 0] * y_pred).sum() / given
    random = np.arange(number, number + READ_AT_RANDOM)[: len(added.loo_pred)]
    right, positives = news.y_true[read[random], column] & added.loo_pred[random, 0], added.loo_pred[random, 0]
    low, high = limits_of(int(right.sum()), int(positives.sum()))
    return Added(
        topic=TOPICS[column],
        unread=way,
        examples=number,
        f1=f1_score(y_true, y_pred, zero_division=0),
        precision=precision,
        recall=(y_true & y_pred).sum() / y_true.sum(),
        expected_precision=expected,
        error=abs(expected - precision),
        covered=float(low <= precision <= high),
        width=high - low,
    )


def main() -> None:
    """Measure and write the page."""
    if not (SHARED / "news.parquet").exists():
        sys.exit(f"No corpus in {SHARED}: nothing can be measured without it; set NEWS_CORPUS to its folder.")
    news = read_materials()
    added = pd.DataFrame(additions(news))
    corrected = pd.DataFrame(corrections(news))
    PAGE.write_text(page(corrected, added), encoding="utf-8")


def page(corrected: pd.DataFrame, added: pd.DataFrame) -> str:
    """Return the page."""
    before = corrected[corrected.way == "before"]
    gains = corrected[corrected.way != "before"].merge(before, on=["outlet", "seed"], suffixes=("", "_before"))
    for score in ("macro", "micro"):
        gains[score] = 100 * (gains[score] - gains[f"{score}_before"])
    by_outlet = gains[(gains.labels == REFITTED) & (gains.seed == 0)].pivot_table("macro", "outlet", "way")
    chosen = gains[gains.way != REFIT]
    total = chosen.pivot_table(["macro", "micro"], "labels", "way")
    total.columns = [f"{way}, {score}" for score, way in total.columns]
    both = chosen.pivot_table("macro", ["labels", "outlet", "seed"], "way")
    ahead = (both["queue"] - both["random"]).groupby("labels").agg(["mean", "sem"])
    ahead.columns = ["queue minus random, macro", "standard error"]
    of_new = added.drop(columns="topic").groupby(["unread", "examples"], sort=False).mean()
    return _PAGE.format(
        outlets=", ".join(sorted(set(corrected.outlet))),
        seeds=SEEDS,
        before=before.macro.mean(),
        total=markdown(total.join(ahead).round(2).reset_index()),
        refit=markdown(by_outlet.round(2).reset_index()),
        topics=", ".join(dict.fromkeys(added.topic)),
        unread=UNREAD,
        archive=ARCHIVE,
        at_random=READ_AT_RANDOM,
        added=markdown(of_new.round(3).reset_index()),
    )


if __name__ == "__main__":
    main()
