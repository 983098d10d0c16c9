"""An archive beside what a model knows."""

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from classifier.comparison.measures import Totals, beside, check_reference
from classifier.comparison.words import WordCounts, contrast, group_words, training_shares, unknown_lemmas
from classifier.data.articles import Article, batched
from classifier.data.dates import written_day
from classifier.data.frames import check_columns, texts_of
from classifier.model.curves import sigmoid
from classifier.model.predictor import TopicPredictor
from classifier.model.thresholds import apply_thresholds
from classifier.storage.model_folder import read_manifest
from classifier.tagging.frames import as_predictor
from classifier.text.columns import NO_LEMMA, filter_indptr
from classifier.text.display import visible

if TYPE_CHECKING:
    from classifier.model.estimator import TopicClassifier

WORDS = 15  # shown of each kind
_SPARE = 3  # candidates for each place in the table: some occur together, and share one
_SAMPLE = 20_000  # articles without a topic that are kept, to tell words that grow: 20 MB
_HEADLINE = 100  # characters


class Comparison(NamedTuple):
    """How an archive compares with what a model knows.

    Attributes
    ----------
    articles, judged, untagged, seen
        How many articles there are; can be judged; of these, get no topic; and were among those that the model was
        trained on, about which it knows more than about others.
    measures
        As from `classifier.comparison.measures.beside`: ``not_judged``, the share of articles that cannot be judged,
        which do not count in the others; ``unknown_words``, the share of words that the model does not know, of those
        that are neither numbers nor function words; ``no_topic``, the share of articles without a topic; ``margin``,
        how far the log-odds of an article's surest topic lie above the threshold, in the mean; ``expected_precision``,
        the mean probability of the topics given, which is their precision if the calibration holds; ``words``, how many
        an article has, in the mean.
    typical
        Words that occur more often here than in the news that the model's lexicon was learned from, as from
        `classifier.comparison.words.contrast`.
    candidates
        Words of articles without a topic, which may be candidates for a topic of its own: those of `contrast`, with
        ``together``, other candidates that mostly occur in the same articles, and ``example``, the headline of one.
        They are compared with earlier articles without a topic, or, without dates, with articles that have a topic.
    since
        The day from which articles without a topic are compared with the earlier ones; empty: there are no dates.
    """

    articles: int
    judged: int
    untagged: int
    seen: int
    measures: pd.DataFrame
    typical: pd.DataFrame
    candidates: pd.DataFrame
    since: str


def compare(
    frame: pd.DataFrame,
    model: "str | Path | TopicClassifier | TopicPredictor | None" = None,
    text: str = "text",
    title: str = "title",
    date: str = "date",
    *,
    reference: Mapping[str, Mapping[str, float]] | None = None,
    words: int = WORDS,
) -> Comparison:
    """Compare the articles of a DataFrame with what a model knows.

    Parameters
    ----------
    frame
        An article a row. A gap is an empty text.
    model
        A fitted classifier, or a model folder; None: the shipped model.
    text, title, date
        Names of the columns; those of headlines and dates may be missing.
    reference
        The measures of outlets that the model has not seen, as from `classifier.comparison.left_out.reference`; None:
        those that are stored with the model.
    words
        How many words to show of each kind.

    Raises
    ------
    UsageError
        A column is missing.
    Error
        A text is neither string nor gap. Others are those of `load_predictor`.
    """
    check_columns(frame, text)
    headlines = frame[title].fillna("").astype(str) if title in frame else [""] * len(frame)
    dates = frame[date] if date in frame else [None] * len(frame)
    rows = zip(frame.index, texts_of(frame, text, title), headlines, dates, strict=True)
    articles = (Article(str(label), text, {date: when}, "", headline) for label, text, headline, when in rows)
    if reference is None and (model is None or isinstance(model, str | Path)):
        reference = check_reference(read_manifest(model))
    return compare_articles(batched(articles), as_predictor(model), reference or {}, date=date, words=words)


def compare_articles(
    batches: Iterable[list[Article]],
    predictor: TopicPredictor,
    reference: Mapping[str, Mapping[str, float]],
    *,
    date: str = "date",
    words: int = WORDS,
) -> Comparison:
    """Compare articles with what a model knows, batch by batch; memory does not grow with their number.

    Parameters are those of `compare`; the date of an article is in its `row`.
    """
    seen = _Archive(predictor, date)
    for batch in batches:
        seen.add(batch)
    everywhere, untagged = seen.everywhere.counts(), seen.untagged.counts()
    typical = contrast(everywhere, seen.totals.judged, training_shares(predictor.lexicon), words)
    candidates, since = seen.growing(_SPARE * words)
    if not since:
        tagged = seen.totals.judged - seen.totals.untagged
        rest = everywhere.sub(untagged, fill_value=0).clip(lower=0) / max(tagged, 1)
        candidates = contrast(untagged, seen.totals.untagged, rest, _SPARE * words)
    return Comparison(
        seen.totals.articles,
        seen.totals.judged,
        seen.totals.untagged,
        seen.from_training,
        beside(seen.totals.measures(), reference),
        typical,
        seen.grouped(candidates, words),
        since,
    )


class _Untagged(NamedTuple):
    """An article without a topic: its date, its headline or first words, and its words."""

    date: Any
    headline: str
    words: frozenset[str]


class _Archive:
    """What is counted in the articles of an archive."""

    def __init__(self, predictor: TopicPredictor, date: str) -> None:
        self.totals = Totals()
        self.from_training = 0
        self.everywhere, self.untagged = WordCounts(predictor.lexicon), WordCounts(predictor.lexicon)
        self.sample: list[_Untagged] = []
        self._predictor, self._date = predictor, date
        self._known = frozenset(predictor.lexicon.lemmas)
        self._random = np.random.default_rng(0)

    def add(self, articles: list[Article]) -> None:
        """Count a batch."""
        predictor, texts = self._predictor, [article.text for article in articles]
        features = predictor.extractor.extract(texts)
        odds = predictor.log_odds(features)
        columns, indptr = predictor.lexicon.forms.columns_of(texts)
        words = np.diff(filter_indptr(columns != NO_LEMMA, indptr))
        self.totals = self.totals.plus(
            Totals.of(odds, predictor.thresholds, features.is_russian, words, features.words.astype(np.int64))
        )
        judged = np.flatnonzero(features.is_russian)
        self.from_training += int(predictor.has_seen(texts[row] for row in judged).sum())
        lemmas = np.split(features.text.indices, features.text.indptr[1:-1])
        bounds = indptr.tolist()
        others = {
            row: unknown_lemmas(texts[row], columns[bounds[row] : bounds[row + 1]], self._known)
            for row in judged.tolist()
        }
        self.everywhere.add((lemmas[row] for row in judged), others.values())
        given = apply_thresholds(sigmoid(odds), predictor.thresholds)
        untagged = [row for row in judged.tolist() if not given[row].any()]
        self.untagged.add((lemmas[row] for row in untagged), (others[row] for row in untagged))
        for number, row in enumerate(untagged, self.untagged.articles - len(untagged)):
            self._keep(number, articles[row], lemmas[row].tolist(), others[row])

    def _keep(self, number: int, article: Article, lemmas: list[int], others: set[str]) -> None:
        """Keep the `number`-th article without a topic, or leave it out (Vitter, 1985, algorithm R)."""
        place = number if number < _SAMPLE else int(self._random.integers(number + 1))
        if place < _SAMPLE:
            names = self._predictor.lexicon.lemmas
            words = frozenset(names[column] for column in lemmas) | others
            found = _Untagged(article.row.get(self._date), _headline(article), words)
            self.sample[place : place + 1] = [found]

    def growing(self, number: int) -> tuple[pd.DataFrame, str]:
        """Return the words that have become more frequent in articles without a topic, and since when.

        The first day of the later half of the articles divides them. If fewer than half of them have a date, or all
        have the same, there is nothing to tell: the day is an empty string.
        """
        days = [written_day(found.date) for found in self.sample]
        known = sorted(day for day in days if day is not None)
        middle = known[len(known) // 2] if known else datetime.date.max
        is_late = [day >= middle for day in days if day is not None]
        if 2 * len(known) < len(days) or all(is_late):
            return contrast(pd.Series(dtype="int64"), 0, pd.Series(dtype="float64"), number), ""
        dated = [found for found, day in zip(self.sample, days, strict=True) if day is not None]
        early, late = (
            [found for found, last in zip(dated, is_late, strict=True) if last == half] for half in (False, True)
        )
        self.sample = late
        before = _words_of(early) / len(early)
        return contrast(_words_of(late), len(late), before, number), middle.isoformat()

    def grouped(self, candidates: pd.DataFrame, number: int) -> pd.DataFrame:
        """Return the first word of each group of candidates, with the others, and a headline for each group."""
        groups = group_words(list(candidates.index), [found.words for found in self.sample], number)
        examples: list[str] = []
        for group in ({word, *others} for word, others in groups.items()):
            ranked = sorted(self.sample, key=lambda found: -len(found.words & group))
            fitting = [found.headline for found in ranked if found.words & group]
            new = (headline for headline in fitting if headline not in examples)
            examples.append(next(new, fitting[0] if fitting else ""))
        together = pd.Series([", ".join(others) for others in groups.values()], list(groups), dtype="object")
        return candidates.loc[list(groups)].assign(together=together, example=examples)


def _words_of(articles: list[_Untagged]) -> pd.Series:
    """Return how many articles have each word, by word."""
    return pd.Series(Counter(word for found in articles for word in found.words), dtype="int64")


def _headline(article: Article) -> str:
    """Return the headline of an article, or its first words."""
    line = article.headline or article.text[: 4 * _HEADLINE].strip().partition("\n")[0]
    words = " ".join(visible(line).split())
    return words if len(words) <= _HEADLINE else words[: _HEADLINE - 1] + "…"
