"""Words that stand out: how much more often they occur in some articles than in others."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

import numpy as np
import pandas as pd

from classifier.arrays import ColumnArray
from classifier.text.columns import UNKNOWN
from classifier.text.lemmas import MEMO
from classifier.text.lexicon import Lexicon
from classifier.text.tokens import decode, tokenize

MIN_ARTICLES = 5  # that have a word, for it to be shown
# Added to both shares before one is divided by the other, but at least the share of one article. Shrinkage of
# observed-to-expected ratios (Norén, Hopstadius and Bate, 2013, doi:10.1177/0962280211403604), with a constant in
# proportion to the number of articles: a word that few articles have cannot stand out as much as one that many have.
SHRINKAGE = 0.005
MIN_TIMES = 1.5  # below, words are those of any news: который, заявить
_MAX_WORDS = 200_000  # words that the lexicon lacks, of which we count the articles: 20 MB


class WordCounts:
    """In how many of some articles each word occurs. Memory does not grow with their number.

    Parameters
    ----------
    lexicon
        Its lemmas are counted exactly. Of the other words, the rarest are forgotten when there are too many.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self.articles = 0
        self._lemmas = lexicon.lemmas
        self._known = np.zeros(len(lexicon.lemmas), np.int64)
        self._others: Counter[str] = Counter()

    def add(self, known: Iterable[ColumnArray], others: Iterable[Collection[str]]) -> None:
        """Count some articles, from the columns of the lemmas of each, and from its other words, each once."""
        rows = list(known)
        self.articles += len(rows)
        self._known += np.bincount(np.concatenate([np.empty(0, np.int32), *rows]), minlength=len(self._known))
        for words in others:
            self._others.update(words)
        if len(self._others) > _MAX_WORDS:
            self._others = Counter(dict(self._others.most_common(_MAX_WORDS // 2)))

    def counts(self) -> pd.Series:
        """Return the number of articles that have each word, by word."""
        present = np.flatnonzero(self._known)
        known = pd.Series(self._known[present], [self._lemmas[column] for column in present], dtype="int64")
        others = pd.Series(list(self._others.values()), list(self._others), dtype="int64")
        counts: pd.Series = pd.concat([known, others])
        return counts


def training_shares(lexicon: Lexicon) -> pd.Series:
    """Return the share of articles with each lemma in the news that a lexicon was learned from, by lemma.

    It follows from the inverse document frequency, which is ``ln((1 + n) / (1 + df)) + 1`` (`idf_weights`).
    """
    return pd.Series(np.exp(1 - lexicon.idf.astype(np.float64)), lexicon.lemmas)


def unknown_lemmas(text: str, columns: ColumnArray, known: Collection[str]) -> set[str]:
    """Return the lemmas of a text that a lexicon lacks, from the columns of its words; `known` are those it has."""
    places = np.flatnonzero(columns == UNKNOWN)
    if not len(places):
        return set()
    tokens = tokenize(text)
    found = {MEMO[tokens[place].strip(b"-")] for place in places.tolist()}
    return {lemma for lemma in found if lemma and lemma not in known and not _is_foreign(lemma)}


def group_words(ranked: Sequence[str], texts: Sequence[Collection[str]], number: int) -> dict[str, list[str]]:
    """Join words that occur in the same texts, such as those of one story.

    >>> group_words(["порт", "мост", "ледокол"], [{"порт", "ледокол"}, {"порт", "ледокол", "мост"}], 2)
    {'порт': ['ледокол'], 'мост': []}

    Parameters
    ----------
    ranked
        Words, best first.
    texts
        The words of each text.
    number
        How many groups to return, at most.

    Returns
    -------
    dict
        The first word of each group, with the others: more than half of the texts that have the one or the other have
        both.
    """
    rows = {word: {row for row, words in enumerate(texts) if word in words} for word in ranked}
    groups: dict[str, list[str]] = {}
    for word in ranked:
        near = (first for first in groups if 2 * len(rows[word] & rows[first]) > len(rows[word] | rows[first]))
        first = next(near, None)
        if first is not None:
            groups[first].append(word)
        elif len(groups) < number:
            groups[word] = []
    return groups


def _is_foreign(lemma: str) -> bool:
    """Whether a lemma has letters that cp1251 lacks, and so cannot be shown."""
    return decode(b"\x98") in lemma


def contrast(counts: pd.Series, articles: int, beside: pd.Series, number: int) -> pd.DataFrame:
    """Return the words that occur most often in some articles, compared with others.

    >>> words = contrast(pd.Series({"метро": 50, "город": 80}), 100, pd.Series({"город": 0.53}), 5)
    >>> words.times.round(1).to_dict()
    {'метро': 51.0, 'город': 1.5}

    Parameters
    ----------
    counts
        How many of the articles have each word, by word.
    articles
        How many articles there are.
    beside
        The share of the other articles that have it, by word; a word that is missing has none.
    number
        How many words to return, at most.

    Returns
    -------
    DataFrame
        By word, the one that stands out most first: ``articles``, how many have it; ``share`` of them; ``beside``, the
        share of the others; ``times``, how many times as often it occurs, with `SHRINKAGE`.
        Words of fewer than `MIN_ARTICLES` articles, or that occur less than `MIN_TIMES` as often, are left out.
    """
    frequent = counts[counts >= MIN_ARTICLES]
    table = pd.DataFrame({"articles": frequent, "share": frequent / max(articles, 1)})
    table["beside"] = beside.reindex(frequent.index).fillna(0.0).to_numpy()
    shrinkage = max(SHRINKAGE, 1 / max(articles, 1))
    table["times"] = (table["share"] + shrinkage) / (table["beside"] + shrinkage)
    table = table[table["times"] >= MIN_TIMES].sort_index()  # where words tie, the alphabet decides, not their hash
    table = table.sort_values("times", ascending=False, kind="stable").head(number)
    return table.rename_axis("word")
