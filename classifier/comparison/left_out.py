"""What a model does on each outlet of its training news, when it has not seen that outlet: a reference for archives."""

from collections.abc import Collection, Sequence
from math import isfinite, nan
from typing import NamedTuple

import numpy as np

from classifier.arrays import BoolArray, Float64Array, IndexArray, IndicatorArray
from classifier.comparison.measures import Totals
from classifier.data.articles import BATCH
from classifier.model.calibration import MIN_GROUPS, calibrate
from classifier.model.curves import log_odds, sigmoid
from classifier.model.estimator import TopicClassifier
from classifier.model.features import FeatureExtractor
from classifier.model.shards import LeftOut, encode_groups, group_rows
from classifier.model.thresholds import apply_thresholds
from classifier.text.columns import NO_LEMMA, filter_indptr
from classifier.text.lexicon import MIN_DF

MIN_TEXTS = 100  # of an outlet: a share of 5 % is then known to about 2 %
_DIGITS = 4


class News(NamedTuple):
    """Texts and the outlet of each, empty where it is not known."""

    texts: Sequence[str]
    sources: Sequence[str]


def reference(
    fitted: TopicClassifier,
    labelled: News,
    *,
    lexicon_from: News | None = None,
    at_random: Collection[int] = (),
) -> dict[str, dict[str, float]]:
    """Return the measures of each outlet as a model would find them that has not seen it.

    The scores are those of the fit without the outlet, in closed form; curves and thresholds are set on the others. A
    word is unknown if a lexicon learned without the outlet lacks it, because too few texts of other outlets have it.
    Words of a lexicon that was learned from other news (`lexicon_from` is None) stay known.

    Parameters
    ----------
    fitted
        A classifier on which `fit` was just called.
    labelled
        What it was fitted on, in the same order.
    lexicon_from
        The news that its lexicon was learned from, if the outlets are among them.
    at_random
        Rows that were labelled because chance chose them: only these are measured. Articles that were
        chosen for their topics differ from what an outlet publishes: fewer of them get no topic. Empty, or too few of
        three outlets: all rows are measured.

    Returns
    -------
    dict
        By outlet, the value of each of `classifier.comparison.measures.MEASURES`; ``precision``, the share of the
        topics given that people gave too; and ``articles``, how many were measured. Outlets with fewer than `MIN_TEXTS`
        are left out; with fewer than three outlets, it is empty.
    """
    numbers = encode_groups(labelled.sources, len(labelled.texts))
    names = sorted({source.strip() for source in labelled.sources} - {""})  # in the order of their numbers
    measured = np.isin(np.arange(len(numbers)), list(at_random))
    if len(_large(numbers[measured])) < MIN_GROUPS:
        measured[:] = True
    chosen = _large(numbers[measured])
    if len(chosen) < MIN_GROUPS:
        return {}
    vocabulary = _Vocabulary.of(fitted, labelled, lexicon_from, names)
    found = {}
    for number in chosen:
        rows = np.flatnonzero(measured & (numbers == number))
        judged = _judge(fitted.left_out_, numbers == number, rows)
        texts = [labelled.texts[row] for row in rows.tolist()]
        totals, right = _measure(fitted, texts, judged, vocabulary.without(number))
        values = {**totals.measures(), "precision": right / totals.tags if totals.tags else nan}
        known = {name: round(value, _DIGITS) for name, value in values.items() if isfinite(value)}
        found[names[number]] = {"articles": totals.articles, **known}
    return found


class _Judged(NamedTuple):
    """Log-odds of some articles and what people say, (texts, topics), and thresholds, (topics,)."""

    odds: Float64Array
    y_true: IndicatorArray
    thresholds: Float64Array


def _large(outlets: IndexArray) -> list[int]:
    """Return the outlets that have enough texts, by their numbers, from the outlet of each text."""
    found, counts = np.unique(outlets[outlets >= 0], return_counts=True)
    return [int(number) for number in found[counts >= MIN_TEXTS]]


def _judge(left_out: LeftOut, is_outlet: BoolArray, rows: IndexArray) -> _Judged:
    """Return what a model without an outlet says of some of its articles.

    Topics that no other outlet has are left out: a model without the outlet would not have them.
    """
    others = np.flatnonzero(~is_outlet)
    y_true = left_out.y_true[others]
    topics = np.flatnonzero(y_true.any(axis=0) & ~y_true.all(axis=0))
    groups = group_rows(left_out.outlets[others])
    group_scores = left_out.group_scores[:, topics]
    found = calibrate(left_out.loo_scores[np.ix_(others, topics)], group_scores[others], y_true[:, topics], groups)
    scores = group_scores[rows].astype(np.float64) * found.slopes + found.shifts
    odds = log_odds(scores, found.curves, left_out.words[rows])
    return _Judged(odds, left_out.y_true[np.ix_(rows, topics)], found.thresholds)


def _measure(fitted: TopicClassifier, texts: Sequence[str], judged: _Judged, is_known: BoolArray) -> tuple[Totals, int]:
    """Return the totals of some articles, and how many of their topics are right; `is_known` is about lemmas."""
    extractor = fitted.predictor_.extractor
    totals, right = Totals(), 0
    for start in range(0, len(texts), BATCH):
        rows = slice(start, start + BATCH)
        columns, indptr = extractor.lexicon.forms.columns_of(texts[rows])
        known = (columns >= 0) & is_known[columns]
        words, of_them = (np.diff(filter_indptr(chosen, indptr)) for chosen in (columns != NO_LEMMA, known))
        is_russian = extractor.count(texts[rows]).is_russian
        totals = totals.plus(Totals.of(judged.odds[rows], judged.thresholds, is_russian, words, of_them))
        given = apply_thresholds(sigmoid(judged.odds[rows]), judged.thresholds)
        right += int((given & judged.y_true[rows])[is_russian].sum())
    return totals, right


class _Vocabulary(NamedTuple):
    """Which lemmas a lexicon has that was learned without an outlet.

    Attributes
    ----------
    is_given
        Lemmas that a lexicon has anyway, (lemmas,).
    unlabelled, labelled
        How many texts of each outlet have each lemma, and in the last row of any, (outlets + 1, lemmas).
    min_df
        How many labelled texts must have a lemma.
    """

    is_given: BoolArray
    unlabelled: IndexArray
    labelled: IndexArray
    min_df: int

    @classmethod
    def of(
        cls, fitted: TopicClassifier, labelled: News, lexicon_from: News | None, names: Sequence[str]
    ) -> "_Vocabulary":
        extractor = fitted.predictor_.extractor
        is_given = np.zeros(len(extractor.lexicon.lemmas), bool)
        if lexicon_from is None:
            is_given[: len(fitted.base_lexicon().lemmas)] = True
        counts = [_frequencies(extractor, news, names) for news in (lexicon_from or News([], []), labelled)]
        return cls(is_given, counts[0], counts[1], fitted.min_df)

    def without(self, outlet: int) -> BoolArray:
        """Return which lemmas are known without an outlet, (lemmas,)."""
        unlabelled, labelled = (counts[-1] - counts[outlet] for counts in (self.unlabelled, self.labelled))
        return np.asarray(self.is_given | (unlabelled >= MIN_DF) | (labelled >= self.min_df))


def _frequencies(extractor: FeatureExtractor, news: News, names: Sequence[str]) -> IndexArray:
    """Return how many texts of each outlet have each lemma, and in the last row of any, (outlets + 1, lemmas)."""
    number = {name: row for row, name in enumerate(names)}
    outlets = np.array([number.get(source.strip(), len(names)) for source in news.sources], np.int64)
    lemmas = len(extractor.lexicon.lemmas)
    found = np.zeros((len(names) + 1, lemmas), np.int64)
    for start in range(0, len(news.texts), BATCH):
        counts = extractor.count(news.texts[start : start + BATCH])
        row = np.repeat(outlets[start : start + BATCH], np.diff(counts.indptr))
        np.add.at(found, (row, counts.columns), 1)
    found[-1] = found.sum(axis=0)
    return found
