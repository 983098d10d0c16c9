"""Words of texts to columns of a matrix, whole arrays at a time."""

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from classifier.lemmas import FORMS, MEMO
from classifier.text import encode


class Vocabulary:
    """Lemmas in the order of the columns of a matrix. A word is looked up once, straight to its column."""

    UNKNOWN = -1  # the column of a word whose lemma is not in the vocabulary
    NO_LEMMA = -3  # the column of a function word or number

    def __init__(self, lemmas: Sequence[str]) -> None:
        self.lemmas = list(lemmas)
        self._columns = _Columns(self.lemmas)

    def __reduce__(self) -> tuple[type, tuple[list[str]]]:
        return Vocabulary, (self.lemmas,)  # the table fills again

    def look_up(self, texts: Iterable[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Columns of all words in their order, and where each text begins and ends among them.

        Arrow finds the distinct words in C, so that only these become Python objects: 1.5 times as fast as a look-up
        for every word, in batches of 2,000 articles.
        """
        encoded = [encode(text) for text in texts]
        joined = b" ".join([*encoded, b""])
        stops = np.flatnonzero(np.frombuffer(joined, np.uint8) == ord(" ")) + 1
        bounds = pa.py_buffer(np.concatenate([[0], stops]))
        spaced = pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(stops), [None, bounds, pa.py_buffer(joined)])
        words = spaced.dictionary_encode()  # each with the space that ends it
        distinct = np.fromiter(map(self._columns.__getitem__, words.dictionary.to_pylist()), np.int32)
        columns = distinct[np.frombuffer(words.indices.buffers()[1], np.int32, len(stops))]  # to_numpy imports pandas
        lengths = [len(text) + 1 for text in encoded]
        real = columns != _Columns.NO_WORD
        return columns[real], ends_among(real, np.searchsorted(stops, np.cumsum([0, *lengths]), side="right"))

    def matrix(self, columns: NDArray[np.int32], weights: NDArray[np.int64], ends: NDArray[np.int64]) -> csr_matrix:
        """Sums of weights by row and column of known words, the rows of which begin and end at `ends`."""
        shape = (len(ends) - 1, len(self.lemmas))
        matrix = csr_matrix((weights.astype(np.float32), columns.copy(), ends.astype(np.int32)), shape)  # sorts them
        matrix.sum_duplicates()
        return matrix


def ends_among(chosen: NDArray[np.bool_], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where rows begin and end among the words that are chosen."""
    return np.concatenate([[0], np.cumsum(chosen)])[ends]


class _Columns(dict[bytes, int]):
    """A token and the space behind it to its column; filled on first sight, emptied when full."""

    NO_WORD = -2  # a space without a word before it

    def __init__(self, lemmas: Sequence[str]) -> None:
        self._lemmas = {lemma: column for column, lemma in enumerate(lemmas)}

    def __missing__(self, token: bytes) -> int:
        if len(self) >= FORMS:
            self.clear()
        self[token] = column = self._column(token[:-1])
        return column

    def _column(self, word: bytes) -> int:
        if not word:
            return self.NO_WORD
        lemma = MEMO[word]
        return self._lemmas.get(lemma, Vocabulary.UNKNOWN) if lemma else Vocabulary.NO_LEMMA
