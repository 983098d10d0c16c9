"""Texts to features: TF-IDF of the text and of its lead, and a mean word vector. Needs no scikit-learn."""

from collections.abc import Iterable
from copy import copy
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from classifier.arrays import BoolArray, Float32Array, Float64Array, IndexArray
from classifier.text.lexicon import Lexicon
from classifier.text.tfidf import tfidf
from classifier.text.vocabulary import Vocabulary, filter_indptr

STEP = 2.0**-12  # see `quantize`
# A text is Russian enough to judge if the model knows enough of its words that have a lemma, and enough of those are
# Cyrillic. Of 95,200 articles of our news, 14 fail the test, most of them lists of English titles, and of 73,480
# headlines none does. Of the samples in tests/cases/foreign.txt, those in Cyrillic have at most 29 % known words.
_MIN_KNOWN, _MIN_CYRILLIC = 0.35, 0.1
_SHORT = 5  # words; in a shorter text, one known word is enough


class Features(NamedTuple):
    """Features of some texts.

    Attributes
    ----------
    text, lead
        TF-IDF of the lemmas of the text and of its lead, (texts, lemmas); rows have length 1 or are empty.
    vectors
        Article vectors, (texts, dimensions): TF-IDF means of the word vectors of the lead, centred, of length 1.
    is_russian
        Whether a text is Russian enough to judge, (texts,); see `_MIN_KNOWN`.
    """

    text: csr_matrix
    lead: csr_matrix
    vectors: Float64Array
    is_russian: BoolArray

    def rows(self, rows: Any) -> "Features":
        """Return the features of some of the texts, chosen by a slice or by indices."""
        return Features(self.text[rows], self.lead[rows], self.vectors[rows], self.is_russian[rows])


class FeatureExtractor:
    """Turns texts into `Features`. The lead counts as a block of its own: news says first what it is about.

    Parameters
    ----------
    lexicon
        Lemmas, their rarity and vectors.
    lead_words, headline_words
        The lead is the first `lead_words` words, of which the first `headline_words` count twice.
    center
        Mean of the article vectors before they are centred, (dimensions,). None: zeros.

    Attributes
    ----------
    vocabulary, unit_vectors
        The lexicon's lemmas as columns, and their vectors of length 1, (lemmas, dimensions).
    """

    def __init__(
        self, lexicon: Lexicon, lead_words: int, headline_words: int, center: Float32Array | None = None
    ) -> None:
        self.lexicon = lexicon
        self.lead_words = int(lead_words)  # grids hold NumPy numbers, and a model file does not
        self.headline_words = int(headline_words)
        self.center = np.zeros(lexicon.vectors.shape[1], np.float32) if center is None else center
        self.vocabulary = Vocabulary(lexicon.lemmas)
        self.unit_vectors = lexicon.unit_vectors()
        self._is_cyrillic = np.array([not lemma.isascii() for lemma in lexicon.lemmas], bool)

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return FeatureExtractor, (self.lexicon, self.lead_words, self.headline_words, self.center)

    def counts(self, texts: Iterable[str]) -> tuple[csr_matrix, csr_matrix, BoolArray]:
        """Count lemmas, (texts, lemmas), in the texts and in their leads, and tell which texts are Russian enough.

        The counts are bit for bit those of scikit-learn's `CountVectorizer`; a test compares them.
        """
        columns, indptr = self.vocabulary.columns_of(texts)
        words = np.diff(filter_indptr(columns != Vocabulary.NO_LEMMA, indptr))
        position = np.arange(indptr[-1]) - np.repeat(indptr[:-1], np.diff(indptr))  # of a word in its text
        known = columns >= 0
        columns, position, indptr = columns[known], position[known], filter_indptr(known, indptr)
        in_lead = position < self.lead_words
        cyrillic = np.diff(filter_indptr(self._is_cyrillic[columns], indptr))
        enough_known = (np.diff(indptr) >= _MIN_KNOWN * words) | (words < _SHORT)
        return (
            self.vocabulary.matrix(columns, np.ones(len(columns), np.float32), indptr),
            self.vocabulary.matrix(
                columns[in_lead], self.lead_weights(position[in_lead]), filter_indptr(in_lead, indptr)
            ),
            enough_known & (cyrillic > 0) & (cyrillic >= _MIN_CYRILLIC * words),
        )

    def lead_weights(self, position: IndexArray) -> IndexArray:
        """Return how often the lead counts a word at each position of its text: 2, 1 or 0 times."""
        return (position < self.lead_words) * (1 + (position < self.headline_words))

    def transform(self, texts: Iterable[str]) -> Features:
        """Return the features of some texts; the article vectors are rounded by `quantize`."""
        features, means = self.uncentred(texts)
        return features._replace(vectors=self.centred(means))

    def uncentred(self, texts: Iterable[str]) -> tuple[Features, Float32Array]:
        """Return features with article vectors still to be made, and what `centred` makes them of."""
        *counts, is_russian = self.counts(texts)
        text, lead = (tfidf(block, self.lexicon.idf) for block in counts)
        return Features(text, lead, np.empty((len(is_russian), 0)), is_russian), lead @ self.unit_vectors

    def with_center(self, center: Float32Array) -> Self:
        """Return a copy with another center."""
        other = copy(self)
        other.center = center
        return other

    def centred(self, means: Float32Array) -> Float64Array:
        """Return the article vectors of mean word vectors, (texts, dimensions): centred, of length 1."""
        vectors = means - self.center
        length = np.linalg.norm(vectors, axis=1, keepdims=True)
        return quantize(vectors / np.maximum(length, 1e-9))


def quantize(values: NDArray[Any]) -> Float64Array:
    """Round values of moderate size to multiples of `STEP`.

    Sums of products of such numbers are exact in the 53 bits of a float. So no answer depends on the order in which
    BLAS adds, which changes with the number of texts that are tagged together.
    """
    return np.rint(values / STEP) * STEP
