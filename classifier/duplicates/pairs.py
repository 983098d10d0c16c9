"""Articles to clusters: candidates that share a band, each checked exactly."""

from array import array
from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from classifier.arrays import BoolArray, Float64Array, IndexArray
from classifier.data.dates import UNKNOWN
from classifier.duplicates.signatures import BANDS

_NEIGHBOURS = 50  # in time, of those that share a band: a template may have thousands
_AT_ONCE = 1 << 21  # shingles that are compared at once


class ShingleStore:
    """The shingles and the keys of all articles: about 4 bytes for a word and 128 for an article.

    They lie in arrays of the standard library, which grow without a copy.
    """

    def __init__(self) -> None:
        self._shingles, self._ends, self._keys = array("I"), array("q", [0]), array("I")

    def add(self, shingles: NDArray[np.uint32], ends: IndexArray, keys: NDArray[np.uint32]) -> None:
        """Keep what `shingle_sets` and `band_keys` say of some articles."""
        self._ends.frombytes((ends + len(self._shingles)).astype(np.int64).tobytes())
        self._shingles.frombytes(shingles.tobytes())
        self._keys.frombytes(keys.tobytes())

    def __len__(self) -> int:
        """Return how many articles there are."""
        return len(self._ends) - 1

    @property
    def sizes(self) -> IndexArray:
        """How many shingles each article has, (articles,)."""
        ends: IndexArray = np.frombuffer(self._ends, np.int64)
        return ends[1:] - ends[:-1]

    def keys(self, band: int) -> NDArray[np.uint32]:
        """Return the key of each article in a band, (articles,)."""
        return np.frombuffer(self._keys, np.uint32)[band::BANDS]

    def similarity(self, left: IndexArray, right: IndexArray) -> Float64Array:
        """Return the Jaccard similarity of pairs of articles: shingles in both by shingles in any, (pairs,)."""
        sizes = self.sizes
        total = sizes[left] + sizes[right]
        found = np.zeros(len(left))
        for pairs in _pieces(total):
            shared = self._shared(left[pairs], right[pairs])
            found[pairs] = shared / (total[pairs] - shared)
        return found

    def _shared(self, left: IndexArray, right: IndexArray) -> IndexArray:
        """Return how many shingles the articles of each pair share, (pairs,)."""
        keys = np.concatenate([self._keyed(left), self._keyed(right)])
        keys.sort()
        twice = keys[1:][keys[1:] == keys[:-1]] >> np.uint64(32)
        return np.bincount(twice.astype(np.int64), minlength=len(left))

    def _keyed(self, rows: IndexArray) -> NDArray[np.uint64]:
        """Return the shingles of some articles, with the place in `rows` in their upper half."""
        ends = np.frombuffer(self._ends, np.int64)
        sizes = ends[rows + 1] - ends[rows]
        place = np.repeat(np.arange(len(rows)), sizes)
        inside = np.arange(len(place)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        shingles = np.frombuffer(self._shingles, np.uint32)[ends[rows][place] + inside]
        keys: NDArray[np.uint64] = place.astype(np.uint64) << np.uint64(32) | shingles
        return keys


def _pieces(sizes: IndexArray) -> Iterator[slice]:
    """Yield slices whose sizes add up to about `_AT_ONCE`."""
    piece = np.cumsum(sizes) // _AT_ONCE
    cuts = [0, *(np.flatnonzero(np.diff(piece)) + 1).tolist(), len(sizes)]
    yield from (slice(start, stop) for start, stop in pairwise(cuts) if stop > start)


def label_clusters(
    store: ShingleStore, days: IndexArray, similarity: float, window: int | None, advance: Callable[[int], None]
) -> IndexArray:
    """Return a number for each article, the same for those that a chain of similar pairs joins, (articles,).

    Parameters
    ----------
    store
        What is compared. Articles without shingles repeat nothing.
    days
        Number of the day of each article, or `UNKNOWN`, (articles,).
    similarity
        Least Jaccard similarity of a pair.
    window
        Most days between the articles of a pair, if their days are known; None: any.
    advance
        Called with 1 after each of the `BANDS` bands.
    """
    sizes = store.sizes
    in_time = np.argsort(days, kind="stable")
    in_time = in_time[sizes[in_time] > 0]
    labels = np.arange(len(store))
    for band in range(BANDS):
        keys = store.keys(band)[in_time]
        order = np.argsort(keys, kind="stable")
        for left, right in _neighbours(in_time[order], keys[order]):
            wanted = (labels[left] != labels[right]) & _are_near(days[left], days[right], window)
            wanted &= np.minimum(sizes[left], sizes[right]) >= similarity * np.maximum(sizes[left], sizes[right])
            left, right = left[wanted], right[wanted]
            is_pair = store.similarity(left, right) >= similarity
            if is_pair.any():
                labels = _joined(labels, left[is_pair], right[is_pair])
        advance(1)
    return labels


def _neighbours(articles: IndexArray, keys: NDArray[np.uint32]) -> Iterator[tuple[IndexArray, IndexArray]]:
    """Yield pairs of articles with the same key: the next ones first, at most `_NEIGHBOURS` places apart.

    The articles of a key stand together, in order of time.
    """
    places = np.arange(len(keys))
    for step in range(1, _NEIGHBOURS + 1):
        places = places[places + step < len(keys)]
        places = places[keys[places] == keys[places + step]]
        if not len(places):
            return
        yield articles[places], articles[places + step]


def _are_near(left: IndexArray, right: IndexArray, window: int | None) -> BoolArray:
    if window is None:
        return np.ones(len(left), bool)
    is_unknown = (left == UNKNOWN) | (right == UNKNOWN)
    is_near: BoolArray = is_unknown | (np.abs(np.where(is_unknown, 0, left - right)) <= window)
    return is_near


def _joined(labels: IndexArray, left: IndexArray, right: IndexArray) -> IndexArray:
    """Return the labels after the clusters of each pair of articles have become one."""
    old, graph = np.unique(np.stack([labels[left], labels[right]]), return_inverse=True)
    graph = graph.reshape(2, -1)
    links = coo_array((np.ones(graph.shape[1]), (graph[0], graph[1])), shape=(len(old), len(old)))
    parts = connected_components(links, directed=False)[1]
    new = np.arange(len(labels))
    new[old] = old[np.unique(parts, return_index=True)[1]][parts]
    return new[labels]
