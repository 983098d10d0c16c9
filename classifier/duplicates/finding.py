"""Which articles repeat others: clusters of near-duplicates."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, repeat
from typing import Any, NamedTuple

import numpy as np

from classifier.arrays import BoolArray, IndexArray
from classifier.data.articles import BATCH
from classifier.data.dates import days_of, moments
from classifier.duplicates.pairs import ShingleStore, label_clusters
from classifier.duplicates.shingles import shingle_sets
from classifier.duplicates.signatures import band_keys, require_rensa
from classifier.errors import UsageError

# Read by us, of pairs of our news with at most three days between: all of 22 with a similarity of 0.6 to 0.7 were
# reprints or updates; of 22 with 0.5 to 0.6, three were quotations of the market on another day.
SIMILARITY = 0.6
DAYS = 3  # of 267 word-for-word reprints in our news, 215 came within a day, 222 within three days
_LEAST = 0.5  # below, bands miss more than one pair in eight


class Clusters(NamedTuple):
    """Articles that repeat each other.

    Attributes
    ----------
    cluster
        Index of the first article of each article's cluster: the earliest, and of equally early ones the one that comes
        first; without a date it is later than all with one. An article that is alone has its own index, (articles,).
    moments
        Seconds since 1970 of each article, or `UNKNOWN`, (articles,).
    """

    cluster: IndexArray
    moments: IndexArray

    @property
    def first(self) -> BoolArray:
        """Whether each article is the first of its cluster, (articles,)."""
        is_first: BoolArray = self.cluster == np.arange(len(self.cluster))
        return is_first

    @property
    def size(self) -> IndexArray:
        """How many articles each article's cluster has, (articles,)."""
        return np.bincount(self.cluster, minlength=len(self.cluster))[self.cluster]

    @property
    def reprints(self) -> int:
        """How many articles are not the first of their cluster."""
        return int((~self.first).sum())

    @property
    def reprinted(self) -> int:
        """How many articles have reprints."""
        return int((self.first & (self.size > 1)).sum())


class ClusterFinder:
    """Takes articles batch by batch and does not keep their texts; parameters and errors as in `find_clusters`."""

    def __init__(self, similarity: float = SIMILARITY, days: int | None = DAYS) -> None:
        if not _LEAST <= similarity <= 1:
            raise UsageError(f"a similarity of {similarity} cannot be looked for: choose one from {_LEAST} to 1")
        if days is not None and days < 0:
            raise UsageError(f"reprints cannot be {days} days apart: choose 0 or more")
        require_rensa()
        self._similarity, self._days = similarity, days
        self._store = ShingleStore()
        self._moments: list[IndexArray] = []

    def add(self, texts: Sequence[str], dates: Iterable[Any] | None = None) -> None:
        """Take some articles, and their dates if they have any."""
        seconds = moments(repeat(None, len(texts)) if dates is None else dates)
        if len(seconds) != len(texts):
            raise UsageError(f"{len(texts):,} texts cannot have {len(seconds):,} dates: give one for each")
        if texts:
            shingles, ends = shingle_sets(texts)
            self._store.add(shingles, ends, band_keys(shingles, ends))
            self._moments.append(seconds)

    def find(self, advance: Callable[[int], None] = lambda _: None) -> Clusters:
        """Compare all articles; `advance` is called with 1 after each of the `signatures.BANDS` steps."""
        seconds = np.concatenate([np.empty(0, np.int64), *self._moments])
        labels = label_clusters(self._store, days_of(seconds), self._similarity, self._days, advance)
        in_time = np.argsort(seconds, kind="stable")
        _, place, inverse = np.unique(labels[in_time], return_index=True, return_inverse=True)
        cluster = np.empty(len(labels), np.int64)
        cluster[in_time] = in_time[place][inverse]
        return Clusters(cluster, seconds)


def find_clusters(
    texts: Iterable[str],
    dates: Iterable[Any] | None = None,
    *,
    similarity: float = SIMILARITY,
    days: int | None = DAYS,
) -> Clusters:
    """Find the articles that repeat others.

    Two texts are a pair if they share enough runs of three words, whatever their case and punctuation; a text of fewer
    than ten words must have the same words. A cluster is what pairs join, so that the first and the last article of one
    may be less alike, and further apart in time. Texts without words repeat nothing. Candidates are found by MinHash,
    which misses few pairs, and are compared exactly: tests/benchmarks/duplicates.md.

    >>> news = ["Снег в городе", "СНЕГ — в городе!", "Дождь в городе"]
    >>> find_clusters(news).cluster.tolist()
    [0, 0, 2]

    Parameters
    ----------
    texts
        The texts, headlines first; they are not kept.
    dates
        When each was published, as `moments` reads it; None: not known.
    similarity
        Least Jaccard similarity of the sets of runs of two texts, 0.5 to 1.
    days
        Most days between the articles of a pair, if both dates are known; None: any.

    Raises
    ------
    UsageError
        rensa is not installed, a number is out of range, or there are more or fewer dates than texts.
    """
    finder = ClusterFinder(similarity, days)
    remaining, remaining_dates = iter(texts), None if dates is None else iter(dates)
    for batch in _batches(remaining):
        finder.add(batch, None if remaining_dates is None else list(islice(remaining_dates, len(batch))))
    if remaining_dates is not None and next(remaining_dates, remaining_dates) is not remaining_dates:
        raise UsageError("there are more dates than texts: give one for each")
    return finder.find()


def _batches(texts: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(texts, BATCH)):
        yield batch
