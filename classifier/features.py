"""Texts to features: TF-IDF of the lemmas, and where the article lies among all. Predicts without scikit-learn."""

from collections.abc import Iterable
from copy import copy
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from classifier.lexicon import Lexicon
from classifier.vocabulary import Vocabulary, ends_among

Floats = NDArray[np.float32]
STEP = 2.0**-12  # see `to_steps`
# A text is Russian enough to judge when enough of its words that have a lemma are known, and enough are known Cyrillic
# ones. Of 95,200 articles of our news 14 fall short, most of them lists of English titles, and of 73,480 headlines
# none; of the samples in tests/cases/foreign.txt, those in Cyrillic have at the most 29 % known words.
_KNOWN, _CYRILLIC = 0.35, 0.1
_FEW = 5  # words: with fewer, one known word will do


class Features(NamedTuple):
    """Features of some texts.

    Attributes
    ----------
    text, opening
        TF-IDF of the lemmas of the text and of its opening, (texts, lemmas); rows have length 1, or are empty.
    vectors
        Article vectors, (texts, dimensions): TF-IDF means of the vectors of the opening's lemmas, centred, of length 1.
    russian
        Whether a text is Russian enough to judge, (texts,); see `_KNOWN`.
    """

    text: csr_matrix
    opening: csr_matrix
    vectors: NDArray[np.float64]
    russian: NDArray[np.bool_]

    def of(self, rows: Any) -> "Features":
        """Features of some of the texts: a slice, or indices."""
        return Features(self.text[rows], self.opening[rows], self.vectors[rows], self.russian[rows])


class ArticleFeatures:
    """Lemmas of the whole text and, side by side, of its opening: what a story is about stands at its top.

    Parameters
    ----------
    lexicon
        Lemmas, their rarity and vectors.
    words, headline
        The opening is the first `words` words, and the first `headline` of these count twice.
    center
        Mean of the articles' vectors before they are centred, (dimensions,). None: zeros.

    Attributes
    ----------
    vocabulary, directions
        The lexicon's lemmas as columns, and their vectors of length one, (lemmas, dimensions).
    """

    def __init__(self, lexicon: Lexicon, words: int, headline: int, center: Floats | None = None) -> None:
        self.lexicon = lexicon
        self.words = words
        self.headline = headline
        self.center = np.zeros(lexicon.vectors.shape[1], np.float32) if center is None else center
        self.vocabulary = Vocabulary(lexicon.lemmas)
        self.directions = lexicon.directions()
        self._cyrillic = np.array([not lemma.isascii() for lemma in lexicon.lemmas], bool)

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return ArticleFeatures, (self.lexicon, self.words, self.headline, self.center)

    def counts(self, texts: Iterable[str]) -> tuple[csr_matrix, csr_matrix, NDArray[np.bool_]]:
        """Counts (texts, lemmas) in the texts and in their openings, and which texts are Russian enough to judge.

        The counts are those of `CountVectorizer` bit for bit, which a test demands.
        """
        columns, ends = self.vocabulary.look_up(texts)
        words = np.diff(ends_among(columns != Vocabulary.NO_LEMMA, ends))
        place = np.arange(ends[-1]) - np.repeat(ends[:-1], np.diff(ends))  # of a word in its text
        known = columns >= 0
        columns, place, ends = columns[known], place[known], ends_among(known, ends)
        start = place < self.words
        cyrillic = np.diff(ends_among(self._cyrillic[columns], ends))
        known_enough = (np.diff(ends) >= _KNOWN * words) | (words < _FEW)
        return (
            self.vocabulary.matrix(columns, np.ones(len(columns), np.float32), ends),
            self.vocabulary.matrix(columns[start], self.weights(place[start]), ends_among(start, ends)),
            known_enough & (cyrillic > 0) & (cyrillic >= _CYRILLIC * words),
        )

    def weights(self, place: NDArray[np.int64]) -> NDArray[np.int64]:
        """How often the opening counts words that stand at these places of their text: 2, 1 or 0 times."""
        return (place < self.words) * (1 + (place < self.headline))

    def transform(self, texts: Iterable[str]) -> Features:
        """Features of texts; the article vectors are rounded by `to_steps`."""
        *counts, russian = self.counts(texts)
        text, opening = (tfidf(block, self.lexicon.idf) for block in counts)
        return Features(text, opening, self.centred(opening @ self.directions), russian)

    def learn_center(self, texts: Iterable[str]) -> Features:
        """Features of texts in whose midst the center is put."""
        found = self.transform(texts)
        means = found.opening @ self.directions
        self.center = means.mean(axis=0)
        return found._replace(vectors=self.centred(means))

    def around(self, center: Floats) -> Self:
        """The same with another center."""
        other = copy(self)
        other.center = center
        return other

    def centred(self, means: Floats) -> NDArray[np.float64]:
        """Article vectors from means of word vectors, (texts, dimensions)."""
        vectors = means - self.center
        length = np.linalg.norm(vectors, axis=1, keepdims=True)
        return to_steps(vectors / np.maximum(length, 1e-9))


def to_steps(values: NDArray[Any]) -> NDArray[np.float64]:
    """Values of moderate size rounded to multiples of `STEP`.

    Sums of products of such numbers are exact in the 53 bits of a float, so that no answer depends on the order in
    which BLAS adds, which changes with the number of texts that are tagged together.
    """
    return np.rint(values / STEP) * STEP


def tfidf(counts: csr_matrix, idf: Floats) -> csr_matrix:
    """What ``TfidfTransformer(sublinear_tf=True)`` makes of counts, which a test demands; its import takes a second."""
    data = (np.log(counts.data) + 1) * idf[counts.indices]
    row = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    length = np.sqrt(np.bincount(row, data**2, counts.shape[0])).astype(np.float32)
    return csr_matrix((data / length[row], counts.indices, counts.indptr), counts.shape)


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
