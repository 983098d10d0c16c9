"""Texts to sets of shingles: hashed runs of three words, for a whole batch at once.

Case, punctuation, spaces and links do not count, as everywhere in this package. In our news, texts that share 0.6 of
their runs of three words are reprints with small edits; among those that share 0.4 are templates with other numbers.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.arrays import IndexArray
from classifier.text.hashes import hash_words, word_bounds
from classifier.text.tokens import encode_all

RUN = 3  # words of a shingle
WHOLE = 10  # a text of fewer words is one shingle: «завтра 5 градусов» is no reprint of «завтра 7 градусов»
_BASE = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio; odd
_BITS = np.uint64(32)


def shingle_sets(texts: Sequence[str]) -> tuple[NDArray[np.uint32], IndexArray]:
    """Return the shingles of some texts.

    Returns
    -------
    shingles
        Hashes of 32 bits; those of a text stand together, sorted, none twice. A text without words has none.
    ends
        Where the shingles of each text end, (texts,).
    """
    octets, bounds = encode_all(texts)
    starts, stops = word_bounds(octets)
    words = hash_words(octets, starts, stops)
    first = np.searchsorted(starts, bounds)  # word of each text, (texts + 1,)
    counts = np.diff(first)
    text = np.repeat(np.arange(len(counts)), counts)
    is_whole = counts[text] < WHOLE
    has_run = ~is_whole & (np.arange(len(words)) + RUN <= first[1:][text])
    keys = np.concatenate(
        [
            _keys(text[has_run], _runs(words)[has_run]),
            _keys(np.flatnonzero((counts > 0) & (counts < WHOLE)), _wholes(words[is_whole], text[is_whole])),
        ]
    )
    keys.sort()
    keys = keys[np.diff(keys, prepend=~keys[:1]) != 0]  # np.unique hashes, which takes 40 times as long
    ends = np.searchsorted(keys, np.arange(1, len(counts) + 1).astype(np.uint64) << _BITS)
    return keys.astype(np.uint32), ends  # the lower half


def _runs(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return a hash of each word and those behind it, (words,); at the end they are too few."""
    hashes = words.copy()
    for place in range(1, RUN):
        hashes *= _BASE
        hashes[:-place] += words[place:]
    return hashes * _BASE


def _wholes(words: NDArray[np.uint64], text: IndexArray) -> NDArray[np.uint64]:
    """Return a hash of all words of each text, in order, (texts with words,)."""
    if not len(words):
        return words
    first = np.flatnonzero(np.diff(text, prepend=-1))
    place = np.arange(len(text)) - np.repeat(first, np.diff(first, append=len(text)))
    return np.add.reduceat(words * _BASE ** (place + 1).astype(np.uint64), first)


def _keys(text: IndexArray, hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return numbers that sort by text, then by the upper half of the hash."""
    return text.astype(np.uint64) << _BITS | hashes >> _BITS
