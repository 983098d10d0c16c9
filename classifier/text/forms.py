"""Word forms to columns without an analysis: the forms of a lexicon's lemmas, compiled into a hash table.

A form that the table lacks is an unknown word. So a model needs no pymorphy3, its first articles are tagged as fast as
the ten thousandth, and its memory does not grow with the words it meets.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import count
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from classifier.arrays import BoolArray, ColumnArray, IndexArray
from classifier.errors import Error
from classifier.text.columns import NO_LEMMA, UNKNOWN
from classifier.text.hashes import BITS, hash_words, word_bounds
from classifier.text.lemmas import MAX_WORD
from classifier.text.tokens import ENCODING, encode_all

BUCKETS = 1 << 16  # a hash is stored as its bucket, the highest 16 bits, and the rest
MAX_SALT = 1 << 32
_REST = BITS - 16
_MIN_SLOTS = 8  # bits of the smallest table's size: slot and fingerprint then hold all of a hash
_SPARE = 1024  # slots behind the last one, for forms that find theirs taken; the shipped model needs 8
_HYPHEN = ord("-")
_NOTHING = np.uint64(np.uint32(np.int32(UNKNOWN)))  # an empty slot


@dataclass(frozen=True, eq=False, repr=False)
class Forms:
    """Forms of lemmas as hashes, in as few bytes as they take.

    Attributes
    ----------
    buckets
        How many forms have a hash with these highest 16 bits, (65,536,).
    rests
        The other 24 bits of each hash, (forms, 3); bytes of all numbers here are little-endian.
    columns
        The column of each form plus one, (forms, bytes); 0 for a function word.
    salt
        Of the hashes: one with which no two forms have the same.
    """

    buckets: NDArray[np.uint16]
    rests: NDArray[np.uint8]
    columns: NDArray[np.uint8]
    salt: int = 0

    @classmethod
    def compile(cls, columns: Mapping[bytes, int]) -> Self:
        """Compile forms, as `encode` gives them and without hyphens at their ends.

        `columns` tells the column of each, `NO_LEMMA` for a function word; a word that is known to be `UNKNOWN` will
        not be taken for any of the others.
        """
        numbers = np.array(list(columns.values()), np.int32)
        for salt in count():
            hashes = _hash_forms(list(columns), salt)
            if len(np.unique(hashes)) == len(hashes):
                is_form = numbers != UNKNOWN
                return cls._of_hashes(hashes[is_form], numbers[is_form], salt)
        raise AssertionError  # count() has no end

    @classmethod
    def _of_hashes(cls, hashes: NDArray[np.uint64], columns: ColumnArray, salt: int) -> Self:
        order = np.argsort(hashes)
        buckets = np.bincount((hashes >> np.uint64(_REST)).astype(np.int64), minlength=BUCKETS)
        numbers = np.maximum(columns[order] + 1, 0)
        width = max(int(numbers.max(initial=0)).bit_length() + 7, 8) // 8
        return cls(buckets.astype(np.uint16), _to_bytes(hashes[order], _REST // 8), _to_bytes(numbers, width), salt)

    def lacking(self, words: Iterable[bytes]) -> list[bytes]:
        """Return the words that are none of the forms, each once and sorted, without hyphens at their ends."""
        looked_up = sorted({word.strip(b"-") for word in words})
        looked_up = [word for word in looked_up if is_looked_up(word)]
        columns = self._look_up(_hash_forms(looked_up, self.salt))
        return [word for word, column in zip(looked_up, columns.tolist(), strict=True) if column == UNKNOWN]

    def extend(self, columns: Mapping[bytes, int]) -> Self:
        """Return a copy with more forms, which replace those of the same hash: one in 2 million, if they are new."""
        added = _hash_forms(list(columns), self.salt)
        hashes, first = np.unique(np.concatenate([added, self.hashes()]), return_index=True)
        numbers = np.concatenate([np.array(list(columns.values()), np.int32), self.numbers()])
        return self._of_hashes(hashes, numbers[first], self.salt)

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return Forms, (self.buckets, self.rests, self.columns, self.salt)  # without the table

    def __len__(self) -> int:
        return len(self.rests)

    def hashes(self) -> NDArray[np.uint64]:
        """Return the hash of each form, in order, (forms,)."""
        hashes = np.repeat(np.arange(BUCKETS, dtype=np.uint64) << np.uint64(_REST), self.buckets)
        hashes |= _from_bytes(self.rests, np.dtype("<u4"))
        return hashes

    def numbers(self) -> ColumnArray:
        """Return the column of each form, `NO_LEMMA` for a function word, (forms,)."""
        columns = _from_bytes(self.columns, np.dtype("<i4")) - 1
        columns[columns < 0] = NO_LEMMA
        return columns

    def prepare(self) -> Self:
        """Build the table now, in 0.02 s, instead of with the first text."""
        _ = self._table
        return self

    def columns_of(self, texts: Iterable[str]) -> tuple[ColumnArray, IndexArray]:
        """Look up every word of some texts.

        Returns
        -------
        columns
            Column of each word, in order, (words,); `UNKNOWN` or `NO_LEMMA` where it has none.
        indptr
            The words of text ``i`` are ``columns[indptr[i]:indptr[i + 1]]``, (texts + 1,).
        """
        octets, ends = encode_all(texts)
        starts, stops = word_bounds(octets)
        indptr = np.searchsorted(starts, ends)
        _strip_hyphens(octets, starts, stops)
        columns = self._look_up(hash_words(octets, starts, stops, self.salt))
        missed = np.flatnonzero(columns == UNKNOWN)
        columns[missed[_have_no_lemma(octets, starts[missed], stops[missed])]] = NO_LEMMA
        return columns, indptr

    @cached_property
    def _table(self) -> tuple[NDArray[np.uint64], np.uint64, int]:
        """Slots with open addressing, by how many bits to shift a hash to its slot, and how far from it a form may be.

        A slot holds the lower 32 bits of a hash, then the column. There are two to four times as many slots as forms. A
        form whose slot is taken goes to the next one: as the hashes are in order, a running maximum tells where.
        """
        bits = max(_MIN_SLOTS, len(self).bit_length() + 1)
        shift = np.uint64(BITS - bits)
        entries = self.hashes()
        slots = (entries >> shift).astype(np.int32)
        place = np.arange(len(slots), dtype=np.int32)
        home = slots - place
        slots = np.maximum.accumulate(home)
        farthest = int((slots - home).max(initial=0))
        if farthest >= _SPARE:
            raise Error("the model is damaged: too many word forms have hashes that are alike")
        slots += place
        entries <<= np.uint64(32)
        entries |= self.numbers().view(np.uint32)
        table = np.full((1 << bits) + _SPARE + 1, _NOTHING)
        table[slots] = entries
        return table, shift, farthest

    def _look_up(self, hashes: NDArray[np.uint64]) -> ColumnArray:
        """Return the column of each word, (words,); `UNKNOWN` if it is none of the forms."""
        table, shift, farthest = self._table
        slots = (hashes >> shift).astype(np.int64)
        wanted = hashes.astype(np.uint32)
        entries = table[slots]
        found = (entries >> np.uint64(32)).astype(np.uint32)
        left = np.flatnonzero((found != wanted) & (entries != _NOTHING))
        for _ in range(farthest):
            if not len(left):
                break
            slots[left] += 1
            others = table[slots[left]]
            entries[left] = others
            left = left[((others >> np.uint64(32)).astype(np.uint32) != wanted[left]) & (others != _NOTHING)]
        entries[left] = _NOTHING
        return entries.astype(np.uint32).view(np.int32)


def is_looked_up(word: bytes) -> bool:
    """Whether a table tells the column of a word; numbers and words that are too long have none."""
    return len(word) <= MAX_WORD and bool(_letters()[list(word)].any())


def _hash_forms(forms: Sequence[bytes], salt: int) -> NDArray[np.uint64]:
    octets = np.frombuffer(b" ".join([b"", *forms, b""]), np.uint8)
    return hash_words(octets, *word_bounds(octets), salt)


def _to_bytes(numbers: NDArray[Any], width: int) -> NDArray[np.uint8]:
    """Return the lowest bytes of numbers, (numbers, width)."""
    return np.ascontiguousarray(numbers.astype("<u8").view(np.uint8).reshape(-1, 8)[:, :width])


def _from_bytes(octets: NDArray[np.uint8], kind: np.dtype[Any]) -> NDArray[Any]:
    """Return the numbers of such bytes, as a kind of four bytes, (numbers,)."""
    padded = np.zeros((len(octets), 4), np.uint8)
    padded[:, : octets.shape[1]] = octets
    return padded.view(kind)[:, 0]


def _strip_hyphens(octets: NDArray[np.uint8], starts: IndexArray, stops: IndexArray) -> None:
    """Move the bounds of words past hyphens at their ends; of a longer row of hyphens, `MAX_WORD` are left out."""
    for bounds, step in ((starts, 0), (stops, -1)):
        left = np.flatnonzero(octets[bounds + step] == _HYPHEN)
        for _ in range(MAX_WORD):
            left = left[starts[left] < stops[left]]
            left = left[octets[bounds[left] + step] == _HYPHEN]
            if not len(left):
                break
            bounds[left] += 1 + 2 * step


def _have_no_lemma(octets: NDArray[np.uint8], starts: IndexArray, stops: IndexArray) -> BoolArray:
    """Return which words are too long or have no letter, (words,)."""
    is_letter = _letters()
    no_lemma = stops - starts > MAX_WORD
    left = np.flatnonzero(~no_lemma)
    for place in range(MAX_WORD + 1):
        is_over = starts[left] + place >= stops[left]
        no_lemma[left[is_over]] = True
        left = left[~is_over]
        left = left[~is_letter[octets[starts[left] + place]]]
        if not len(left):
            break
    return no_lemma


@cache
def _letters() -> BoolArray:
    """Return whether each byte is a letter, (256,)."""
    return np.array([bytes([code]).decode(ENCODING, "replace").isalpha() for code in range(256)], bool)
