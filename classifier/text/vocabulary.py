"""Words of texts to columns of a matrix, a whole batch at a time."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from classifier.arrays import ColumnArray, IndexArray
from classifier.text.columns import NO_LEMMA, UNKNOWN, filter_indptr
from classifier.text.lemmas import MAX_WORD, MEMO, MEMO_SIZE
from classifier.text.tokens import encode

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix  # 0.15 s


class Vocabulary:
    """Lemmas in the order of the columns of a matrix. Each word form is analysed once, then maps to its column."""

    def __init__(self, lemmas: Sequence[str]) -> None:
        self.lemmas = list(lemmas)
        self._columns = _ColumnTable(self.lemmas)

    def __reduce__(self) -> tuple[type, tuple[list[str]]]:
        return Vocabulary, (self.lemmas,)  # the table fills again

    def columns_of(self, texts: Iterable[str]) -> tuple[ColumnArray, IndexArray]:
        """Look up every word of some texts.

        Returns
        -------
        columns
            Column of each word, in order, (words,); `UNKNOWN` or `NO_LEMMA` where it has none.
        indptr
            The words of text ``i`` are ``columns[indptr[i]:indptr[i + 1]]``, (texts + 1,).
        """
        words, places, indptr = distinct_words([encode(text) for text in texts])
        columns = np.fromiter(map(self._columns.__getitem__, words), np.int32)[places]
        is_word = columns != _ColumnTable.NO_WORD
        return columns[is_word], filter_indptr(is_word, indptr)

    def matrix(self, columns: ColumnArray, weights: NDArray[np.generic], indptr: IndexArray) -> "csr_matrix":
        """Add up the weights of known words by text and column: float32, (texts, lemmas)."""
        from scipy.sparse import csr_matrix

        shape = (len(indptr) - 1, len(self.lemmas))
        matrix = csr_matrix((weights.astype(np.float32), columns.copy(), indptr.astype(np.int32)), shape)  # sorts them
        matrix.sum_duplicates()
        return matrix

    def counts(self, texts: Iterable[str]) -> "csr_matrix":
        """Count the lemmas of each text, (texts, lemmas), as `CountVectorizer` does with `lemmatize` for analyzer."""
        columns, indptr = self.columns_of(texts)
        known = columns >= 0
        return self.matrix(columns[known], np.ones(known.sum()), filter_indptr(known, indptr))


def distinct_words(encoded: Sequence[bytes]) -> tuple[list[bytes], ColumnArray, IndexArray]:
    """Find the distinct words of some texts that `encode` has made of words and spaces.

    Arrow finds them in C, and only these become Python objects: 1.5 times as fast as a look-up for each word, in
    batches of 2,000 articles.

    Returns
    -------
    words
        Each with the space that ends it; a space alone where several follow each other.
    places
        Which of them stands at each place of the texts, (places,).
    indptr
        The places of text ``i`` are ``places[indptr[i]:indptr[i + 1]]``, (texts + 1,).
    """
    import pyarrow as pa  # 0.03 s

    joined = b" ".join([*encoded, b""])
    stops = np.flatnonzero(np.frombuffer(joined, np.uint8) == ord(" ")) + 1
    bounds = pa.py_buffer(np.concatenate([[0], stops]))
    spaced = pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(stops), [None, bounds, pa.py_buffer(joined)])
    words = spaced.dictionary_encode()
    places = np.frombuffer(words.indices.buffers()[1], np.int32, len(stops))  # to_numpy imports pandas
    indptr = np.searchsorted(stops, np.cumsum([0, *(len(text) + 1 for text in encoded)]), side="right")
    return words.dictionary.to_pylist(), places, indptr


class _ColumnTable(dict[bytes, int]):
    """A token and the space behind it to its column; filled on first look-up, and emptied when full.

    Like `MEMO`, it does not keep tokens that are longer than words.
    """

    NO_WORD = -2  # a space without a word before it

    def __init__(self, lemmas: Sequence[str]) -> None:
        self._lemmas = {lemma: column for column, lemma in enumerate(lemmas)}

    def __missing__(self, token: bytes) -> int:
        if len(self) >= MEMO_SIZE:
            self.clear()
        column = self._column(token[:-1])
        if len(token) <= MAX_WORD + 1:
            self[token] = column
        return column

    def _column(self, word: bytes) -> int:
        if not word:
            return self.NO_WORD
        lemma = MEMO[word]
        return self._lemmas.get(lemma, UNKNOWN) if lemma else NO_LEMMA
