"""Words to numbers of 40 bits, for all words of a batch at once: no word becomes a Python object.

The hash of a word is a polynomial of its bytes, modulo 2**64: the difference of two sums that run over the whole text,
at the word's end and at its start, divided by the power at its start. That is two passes of NumPy over the bytes (Karp
and Rabin, 1987, Efficient randomized pattern-matching algorithms).
"""

from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from classifier.arrays import IndexArray

BITS = 40
_PIECE = 1 << 18  # bytes hashed at once: the sums stay in the cache
_BASE = 0x9E3779B97F4A7C15  # 2**64 / golden ratio; any odd number can be divided by
_MIXER = 0xD6E8FEB86659FD93  # odd, with irregular bits: a test tells how evenly the hashes are spread
_HALF = np.uint64(32)


def hash_words(octets: NDArray[np.uint8], starts: IndexArray, stops: IndexArray, salt: int = 0) -> NDArray[np.uint64]:
    """Return the hashes of words, each below ``2**BITS``, (words,).

    Parameters
    ----------
    octets
        Texts as `classifier.text.tokens.encode_all` gives them.
    starts, stops
        Where each word starts and ends, in order, (words,). The hash of a word of more than 200,000 bytes is zero.
    salt
        Other salts give other hashes.
    """
    hashes = np.zeros(len(starts), np.uint64)
    powers, inverse = _powers()
    sums = np.zeros(min(_PIECE, len(octets)) + 1, np.uint64)
    for words, first, last in _pieces(starts, stops):
        size = last - first
        np.multiply(octets[first:last], powers[:size], out=sums[1 : size + 1])
        np.cumsum(sums[1 : size + 1], out=sums[1 : size + 1])
        begin, end = starts[words] - first, stops[words] - first
        hashes[words] = (sums[end] - sums[begin]) * inverse[begin]
    return _mix(hashes + np.uint64(salt))


def _pieces(starts: IndexArray, stops: IndexArray) -> Iterator[tuple[slice, int, int]]:
    """Yield slices of the words that lie in pieces of at most `_PIECE` bytes, and where the pieces start and end."""
    word = 0
    while word < len(starts):
        first = int(starts[word])
        after = int(np.searchsorted(stops, first + _PIECE, side="right"))
        if after > word:
            yield slice(word, after), first, int(stops[after - 1])
        word = max(after, word + 1)


def _mix(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread what tells words apart over all bits, and keep the highest."""
    hashes ^= hashes >> _HALF
    hashes *= np.uint64(_MIXER)
    hashes ^= hashes >> _HALF
    hashes *= np.uint64(_MIXER)
    return hashes >> np.uint64(64 - BITS)


@cache
def _powers() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return the powers of the base, and what to multiply by in order to divide by them, (`_PIECE` + 1,).

    The last is for a word without bytes, as a lone hyphen is, that starts where a piece ends.
    """
    powers = []
    for base in (_BASE, pow(_BASE, -1, 1 << 64)):
        factors = np.full(_PIECE + 1, base, np.uint64)
        factors[0] = 1
        powers.append(np.multiply.accumulate(factors))
    return powers[0], powers[1]


def word_bounds(octets: NDArray[np.uint8]) -> tuple[IndexArray, IndexArray]:
    """Return where each word starts and ends, (words,), in what `classifier.text.tokens.encode_all` gives."""
    is_space = octets == ord(" ")
    return np.flatnonzero(is_space[:-1] > is_space[1:]) + 1, np.flatnonzero(is_space[:-1] < is_space[1:]) + 1
