"""Texts to a sparse matrix of TF-IDF features. A saved model predicts without scikit-learn."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from classifier.lemmas import FORMS, MEMO
from classifier.text import encode

Floats = NDArray[np.float32]


class ArticleFeatures:
    """Lemmas of the whole text and, side by side, of its opening: what a story is about stands at its top.

    A word is looked up once, straight to its column; both blocks are then made of whole arrays.

    Parameters
    ----------
    vocabulary
        Lemmas in the order of the columns of each block.
    words, headline
        The opening is the first `words` words, and the first `headline` of these count twice.
    idf
        Inverse document frequencies, (2, lemmas): for the text and for the opening. None: not known yet.
    """

    def __init__(self, vocabulary: Sequence[str], words: int, headline: int, idf: Floats | None = None) -> None:
        self.vocabulary = list(vocabulary)
        self.words = words
        self.headline = headline
        self.idf = idf
        self._columns = _Columns(self.vocabulary)

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return ArticleFeatures, (self.vocabulary, self.words, self.headline, self.idf)  # the table fills again

    def counts(self, texts: Iterable[str]) -> tuple[csr_matrix, csr_matrix]:
        """Counts (texts, lemmas) in the texts and in their openings.

        They are those of `CountVectorizer` bit for bit, which a test demands.
        """
        columns, ends = self._look_up([encode(text) for text in texts])
        place = np.arange(ends[-1]) - np.repeat(ends[:-1], np.diff(ends))  # of a word in its text
        weight = np.where(place < self.words, 1 + (place < self.headline), 0)
        return self._matrix(columns, np.ones_like(weight), ends), self._matrix(columns, weight, ends)

    def transform(self, texts: Iterable[str]) -> csr_matrix:
        """TF-IDF (texts, lemmas of the text and then of the opening); each block has rows of length 1, or empty."""
        assert self.idf is not None
        blocks = [tfidf(counts, idf) for counts, idf in zip(self.counts(texts), self.idf, strict=True)]
        return hstack(blocks, format="csr")

    def _look_up(self, encoded: list[bytes]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Columns of all words in their order, and where each text begins and ends among them.

        Arrow finds the distinct words in C, so that only these become Python objects: 1.5 times as fast as a look-up
        for every word, in batches of 2,000 articles.
        """
        joined = b" ".join([*encoded, b""])
        stops = np.flatnonzero(np.frombuffer(joined, np.uint8) == ord(" ")) + 1
        bounds = pa.py_buffer(np.concatenate([[0], stops]))
        spaced = pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(stops), [None, bounds, pa.py_buffer(joined)])
        words = spaced.dictionary_encode()  # each with the space that ends it
        distinct = np.fromiter(map(self._columns.__getitem__, words.dictionary.to_pylist()), np.int32)
        columns = distinct[np.frombuffer(words.indices.buffers()[1], np.int32, len(stops))]  # to_numpy imports pandas
        lengths = [len(text) + 1 for text in encoded]
        real = columns != _Columns.NO_WORD
        ends = np.concatenate([[0], np.cumsum(real)])[np.searchsorted(stops, np.cumsum([0, *lengths]), side="right")]
        return columns[real], ends

    def _matrix(self, columns: NDArray[np.int32], weights: NDArray[np.int64], ends: NDArray[np.int64]) -> csr_matrix:
        """Sums of weights by text and column; words without a column or weight are left out."""
        kept = (columns >= 0) & (weights > 0)
        before = np.concatenate([[0], np.cumsum(kept)])[ends].astype(np.int32)
        data = weights[kept].astype(np.float32)
        matrix = csr_matrix((data, columns[kept], before), (len(ends) - 1, len(self.vocabulary)))
        matrix.sum_duplicates()
        return matrix


def tfidf(counts: csr_matrix, idf: Floats) -> csr_matrix:
    """What ``TfidfTransformer(sublinear_tf=True)`` makes of counts, which a test demands; its import takes a second."""
    data = (np.log(counts.data) + 1) * idf[counts.indices]
    row = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    length = np.sqrt(np.bincount(row, data**2, counts.shape[0])).astype(np.float32)
    return csr_matrix((data / length[row], counts.indices, counts.indptr), counts.shape)


class _Columns(dict[bytes, int]):
    """A token and the space behind it to its column; filled on first sight, emptied when full."""

    UNKNOWN = -1  # the vocabulary has no such lemma
    NO_WORD = -2  # a space without a word before it

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self._lemmas = {lemma: column for column, lemma in enumerate(vocabulary)}

    def __missing__(self, token: bytes) -> int:
        if len(self) >= FORMS:
            self.clear()
        word = token[:-1]
        column = self[token] = self._lemmas.get(MEMO[word], self.UNKNOWN) if word else self.NO_WORD
        return column


def as_texts(texts: Iterable[str]) -> list[str]:
    """A list of texts from a list, Series, array or generator of them.

    Raises
    ------
    ValueError
        One bare string is given, or something that is not a string (None and NaN among them) stands in the list.
    """
    if isinstance(texts, str):
        raise ValueError("give a list of texts, not one string: [text]")
    texts = list(texts)
    for place, text in enumerate(texts):
        if not isinstance(text, str):
            raise ValueError(f"text {place} is {text!r}, not a string; fill gaps first, for instance with ''")
    return texts
