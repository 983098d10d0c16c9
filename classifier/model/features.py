"""Texts to features: TF-IDF of the text and of its lead, and an article vector. Needs no scikit-learn."""

from collections.abc import Iterable
from copy import copy
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from classifier.arrays import BoolArray, ColumnArray, Float32Array, Float64Array, IndexArray
from classifier.model.sparse import ByteTable, SparseRows
from classifier.text.columns import NO_LEMMA
from classifier.text.lexicon import Lexicon
from classifier.text.tfidf import tfidf

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix  # 0.15 s

STEP = 2.0**-12  # see `quantize`
TEXT_WEIGHT = 0.5  # of the text beside its lead in the article vector; as in the teaching of distilled vectors
# Weight of the part of the article vector that comes from co-occurrence beside the part that is distilled.
_COOCCURRENCE_WEIGHT = 0.7
# A text is Russian enough to judge if the model knows enough of its words that have a lemma, and enough of those are
# Cyrillic. Of 95,200 articles of our news, 14 fail the test, most of them lists of English titles, and of 73,480
# headlines none does. Of the samples in tests/cases/foreign.txt, those in Cyrillic have at most 29 % known words.
_MIN_KNOWN, _MIN_CYRILLIC = 0.35, 0.1
_SHORT = 5  # words; in a shorter text, one known word is enough


class Counts(NamedTuple):
    """Lemmas of some texts, counted.

    Attributes
    ----------
    columns, indptr
        The lemmas of text ``i``, each once and in order, are ``columns[indptr[i]:indptr[i + 1]]``.
    text, lead
        How often the text contains each of them, and how often its lead does, where the headline counts twice.
    words
        How many words of each text the model knows, (texts,).
    has_words
        Whether each text has a word that is more than a number or a function word, (texts,).
    is_russian
        Whether each text is Russian enough to judge, (texts,); see `_MIN_KNOWN`.
    """

    columns: ColumnArray
    indptr: ColumnArray
    text: Float32Array
    lead: Float32Array
    words: Float32Array
    has_words: BoolArray
    is_russian: BoolArray


class Features(NamedTuple):
    """Features of some texts.

    Attributes
    ----------
    text, lead
        TF-IDF of the lemmas of the text and of its lead, (texts, lemmas), as `SparseRows`, or as SciPy's matrices for
        learning; rows have length 1 or are empty.
    vectors
        Article vectors, (texts, dimensions): sums of word vectors, centred, of length 1.
    words, has_words, is_russian
        As in `Counts`.
    """

    text: "csr_matrix"
    lead: "csr_matrix"
    vectors: Float32Array
    words: Float32Array
    has_words: BoolArray
    is_russian: BoolArray

    def rows(self, rows: Any) -> "Features":
        """Return the features of some of the texts, chosen by a slice or by indices; needs SciPy's matrices."""
        return Features(*(each[rows] for each in self))


class FeatureExtractor:
    """Turns texts into `Features`. The lead counts as a block of its own: news says first what it is about.

    Parameters
    ----------
    lexicon
        Lemmas, their forms, rarity and vectors.
    lead_words, headline_words
        The lead is the first `lead_words` words, of which the first `headline_words` count twice.
    center, scale
        Mean of the sums of word vectors, and what to multiply a centred sum by, (dimensions,). None: zeros and ones.
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
        self._forms = lexicon.forms.prepare()
        self._vectors = [
            ByteTable(lexicon.distilled, lexicon.distilled_scale.astype(np.float32)),
            ByteTable(lexicon.vectors, lexicon.inverse_lengths()),
        ]
        dimensions = lexicon.distilled.shape[1] + lexicon.vectors.shape[1]
        self.center = np.zeros(dimensions, np.float32) if center is None else center
        self.scale = np.ones(dimensions, np.float32) if scale is None else scale
        self._is_latin = np.fromiter(map(str.isascii, lexicon.lemmas), bool)

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return FeatureExtractor, (self.lexicon, self.lead_words, self.headline_words, self.center, self.scale)

    def count(self, texts: Iterable[str]) -> Counts:
        """Count the lemmas of texts, bit for bit as scikit-learn's `CountVectorizer` does; a test compares them."""
        columns, indptr = self._forms.columns_of(texts)
        words = _number_of(columns != NO_LEMMA, indptr)
        known = np.flatnonzero(columns >= 0)
        bounds = np.searchsorted(known, indptr)
        number = np.diff(bounds)
        columns, position = columns[known], known - np.repeat(indptr[:-1], number)  # of a word in its text
        latin = _number_of(self._is_latin[columns], bounds)
        enough_known = (number >= _MIN_KNOWN * words) | (words < _SHORT)
        # The lemma and how often the lead counts the word, in one number: sorted, those of one lemma are adjacent.
        keys = (columns << 2) | self.lead_weights(position)
        for start, stop in pairwise(bounds.tolist()):
            keys[start:stop].sort()  # 5 times as fast as all texts at once
        first = _first_of_each(keys >> 2, bounds[:-1])
        lead = np.add.reduceat(keys & 3, first) if len(first) else first
        return Counts(
            keys[first] >> 2,
            np.searchsorted(first, bounds).astype(np.int32),
            np.diff(first, append=len(keys)).astype(np.float32),
            lead.astype(np.float32),
            number.astype(np.float32),
            words > 0,
            enough_known & (number > latin) & (number - latin >= _MIN_CYRILLIC * words),
        )

    def lead_weights(self, position: IndexArray) -> ColumnArray:
        """Return how often the lead counts a word at each position of its text: 2, 1 or 0 times."""
        in_lead = position < self.lead_words
        return np.add(in_lead, in_lead & (position < self.headline_words), dtype=np.int32)

    def extract(self, texts: Iterable[str]) -> Features:
        """Return the features of some texts; the article vectors are rounded by `quantize`."""
        features, sums = self._extract(texts)
        return features._replace(vectors=self.centred(sums))

    def transform(self, texts: Iterable[str]) -> Features:
        """Return the same features with the matrices of SciPy, for learning."""
        return self._with_matrices(self.extract(texts))

    def uncentred(self, texts: Iterable[str]) -> tuple[Features, Float32Array]:
        """Return features with article vectors still to be made, and the sums that `centred` makes them of."""
        features, sums = self._extract(texts)
        return self._with_matrices(features), sums

    def _extract(self, texts: Iterable[str]) -> tuple[Features, Float32Array]:
        counts = self.count(texts)
        columns, indptr = counts.columns, counts.indptr
        text = SparseRows(tfidf(counts.text, columns, indptr, self.lexicon.idf), columns, indptr)
        places = np.flatnonzero(counts.lead)
        in_lead = columns[places], np.searchsorted(places, indptr).astype(np.int32)
        lead = SparseRows(tfidf(counts.lead[places], *in_lead, self.lexicon.idf), *in_lead)
        weights = np.float32(TEXT_WEIGHT) * text.data
        weights[places] += lead.data
        sums = self.sums_of_vectors(text._replace(data=weights))
        blank = np.empty((len(indptr) - 1, 0), np.float32)
        return Features(text, lead, blank, counts.words, counts.has_words, counts.is_russian), sums

    def _with_matrices(self, features: Features) -> Features:
        lemmas = len(self.lexicon.lemmas)
        return features._replace(text=features.text.to_csr(lemmas), lead=features.lead.to_csr(lemmas))

    def sums_of_vectors(self, weights: SparseRows) -> Float32Array:
        """Return the weighted sums of the vectors of lemmas, (rows, dimensions), from the weights, (rows, lemmas)."""
        return np.hstack([table.product(weights) for table in self._vectors])

    def word_vectors(self, columns: Any) -> Float32Array:
        """Return the distilled vectors of lemmas and their unit vectors, side by side, (lemmas, dimensions)."""
        return np.hstack([table[columns] for table in self._vectors])

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


def _first_of_each(sorted_columns: ColumnArray, starts: IndexArray) -> IndexArray:
    """Return the places at which a new column or text starts."""
    is_first = np.diff(sorted_columns, prepend=-1) != 0
    is_first[starts[starts < len(is_first)]] = True
    return np.flatnonzero(is_first)


def _number_of(chosen: BoolArray, indptr: IndexArray) -> IndexArray:
    """Return how many words of each text are chosen, (texts,)."""
    return np.diff(np.searchsorted(np.flatnonzero(chosen), indptr))


def favour_lead(features: Features) -> "csr_matrix":
    """Return how much each lemma counts in the article vector, (texts, lemmas), from features with matrices."""
    return features.lead + np.float32(TEXT_WEIGHT) * features.text


def quantize(values: NDArray[Any]) -> Float32Array:
    """Round vectors of length 1 at most to multiples of `STEP`.

    The inner product of two such vectors, and each partial sum of it, is a multiple of ``STEP**2`` of size 1 at most
    (Cauchy and Schwarz), which the 24 bits of a single-precision number hold exactly. So no answer depends on the order
    in which BLAS adds, which changes with the number of texts that are tagged together.
    """
    return (np.rint(values / STEP) * STEP).astype(np.float32)
