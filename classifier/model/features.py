"""Texts to features: TF-IDF of the text and of its lead, and an article vector. Needs no scikit-learn."""

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
TEXT_WEIGHT = 0.5  # of the text beside its lead in the article vector; as in the teaching of distilled vectors
# Weight of the part of the article vector that comes from co-occurrence beside the part that is distilled.
_COOCCURRENCE_WEIGHT = 0.7
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
        Article vectors, (texts, dimensions): sums of word vectors, centred, of length 1.
    words
        How many words of a text the model knows, (texts,).
    is_russian
        Whether a text is Russian enough to judge, (texts,); see `_MIN_KNOWN`.
    """

    text: csr_matrix
    lead: csr_matrix
    vectors: Float32Array
    words: Float32Array
    is_russian: BoolArray

    def rows(self, rows: Any) -> "Features":
        """Return the features of some of the texts, chosen by a slice or by indices."""
        return Features(*(each[rows] for each in self))


class FeatureExtractor:
    """Turns texts into `Features`. The lead counts as a block of its own: news says first what it is about.

    Parameters
    ----------
    lexicon
        Lemmas, their rarity and vectors.
    lead_words, headline_words
        The lead is the first `lead_words` words, of which the first `headline_words` count twice.
    center, scale
        Mean of the sums of word vectors, and what to multiply a centred sum by, (dimensions,). None: zeros and ones.

    Attributes
    ----------
    vocabulary
        The lexicon's lemmas as columns.
    word_vectors
        The distilled vectors of the lemmas and their unit vectors, side by side, (lemmas, dimensions).
    """

    def __init__(
        self,
        lexicon: Lexicon,
        lead_words: int,
        headline_words: int,
        center: Float32Array | None = None,
        scale: Float32Array | None = None,
    ) -> None:
        self.lexicon = lexicon
        self.lead_words = int(lead_words)  # grids hold NumPy numbers, and a model file does not
        self.headline_words = int(headline_words)
        self.word_vectors = np.hstack([lexicon.distilled_vectors(), lexicon.unit_vectors()])
        dimensions = self.word_vectors.shape[1]
        self.center = np.zeros(dimensions, np.float32) if center is None else center
        self.scale = np.ones(dimensions, np.float32) if scale is None else scale
        self.vocabulary = Vocabulary(lexicon.lemmas)
        self._is_cyrillic = np.array([not lemma.isascii() for lemma in lexicon.lemmas], bool)

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return FeatureExtractor, (self.lexicon, self.lead_words, self.headline_words, self.center, self.scale)

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
        features, sums = self.uncentred(texts)
        return features._replace(vectors=self.centred(sums))

    def uncentred(self, texts: Iterable[str]) -> tuple[Features, Float32Array]:
        """Return features with article vectors still to be made, and the sums that `centred` makes them of."""
        *counts, is_russian = self.counts(texts)
        text, lead = (tfidf(block, self.lexicon.idf) for block in counts)
        words = counts[0] @ np.ones(len(self.lexicon.lemmas), np.float32)
        features = Features(text, lead, np.empty((len(is_russian), 0), np.float32), words, is_russian)
        return features, favour_lead(text, lead) @ self.word_vectors

    def learn_center(self, moments: "Moments") -> Self:
        """Return a copy whose center is the mean of the given sums.

        The distilled part and the other one get scales by which they have lengths of 1 and `_COOCCURRENCE_WEIGHT`, in
        the root mean square; a part that is the same for all texts gets the scale 0.
        """
        other = copy(self)
        other.center = moments.mean().astype(np.float32)
        distilled = self.lexicon.distilled.shape[1]
        variance = moments.variance()
        lengths = [np.sqrt(part.sum()) for part in (variance[:distilled], variance[distilled:])]
        weights = 1, _COOCCURRENCE_WEIGHT
        scales = [weight / length if length > 1e-5 else 0 for weight, length in zip(weights, lengths, strict=True)]
        other.scale = np.repeat(scales, [distilled, len(variance) - distilled]).astype(np.float32)
        return other

    def centred(self, sums: Float32Array) -> Float32Array:
        """Return the article vectors of sums of word vectors, (texts, dimensions): centred, scaled, of length 1."""
        vectors = (sums - self.center) * self.scale
        length = np.linalg.norm(vectors, axis=1, keepdims=True)
        return quantize(vectors / np.maximum(length, 1e-9))


class Moments(NamedTuple):
    """Number, sum and sum of squares of some vectors; of parts of a corpus they add up to those of the whole."""

    number: int
    sums: Float64Array
    squares: Float64Array

    @classmethod
    def of(cls, vectors: Float32Array) -> Self:
        """Return the moments of vectors, (n, dimensions)."""
        exact = vectors.astype(np.float64)
        return cls(len(vectors), exact.sum(axis=0), (exact**2).sum(axis=0))

    def plus(self, other: Self) -> Self:
        """Return the moments of both parts."""
        return type(self)(self.number + other.number, self.sums + other.sums, self.squares + other.squares)

    def mean(self) -> Float64Array:
        """Return the mean vector."""
        return self.sums / self.number

    def variance(self) -> Float64Array:
        """Return the variance of each dimension."""
        return np.maximum(self.squares / self.number - self.mean() ** 2, 0)


def favour_lead(text: csr_matrix, lead: csr_matrix) -> csr_matrix:
    """Return how much each lemma counts in the article vector, (texts, lemmas), from the TF-IDF of both blocks."""
    return lead + np.float32(TEXT_WEIGHT) * text


def quantize(values: NDArray[Any]) -> Float32Array:
    """Round vectors of length 1 at most to multiples of `STEP`.

    The inner product of two such vectors, and each partial sum of it, is a multiple of ``STEP**2`` of size 1 at most
    (Cauchy and Schwarz), which the 24 bits of a single-precision number hold exactly. So no answer depends on the order
    in which BLAS adds, which changes with the number of texts that are tagged together.
    """
    return (np.rint(values / STEP) * STEP).astype(np.float32)
