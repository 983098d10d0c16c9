"""Words to a sparse matrix of TF-IDF features. Numpy and SciPy only: a saved model predicts without scikit-learn."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from classifier.lemmas import FORMS, MEMO
from classifier.text import tokens

Words = list[bytes]


class LemmaTfidf:
    """TF-IDF of the lemmas of a fixed vocabulary.

    A word is looked up once, straight to its column: 1.6 times as fast as by way of its lemma.

    Parameters
    ----------
    vocabulary
        Lemmas in the order of the columns.
    idf
        Inverse document frequency of each, as of `TfidfTransformer.idf_`.
    """

    def __init__(self, vocabulary: Sequence[str], idf: NDArray[np.float32]) -> None:
        self.vocabulary = list(vocabulary)
        self.idf = idf
        self._columns = _Columns(self.vocabulary)

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return LemmaTfidf, (self.vocabulary, self.idf)  # without the table, which fills again

    def counts(self, documents: Sequence[Words]) -> csr_matrix:
        """Counts (documents, lemmas): those of `CountVectorizer` bit for bit, which a test demands."""
        column = self._columns.__getitem__
        rows = [np.fromiter(map(column, words), np.int32, len(words)) for words in documents]
        columns = np.concatenate([np.empty(0, np.int32), *rows])
        known = columns >= 0
        before = np.concatenate([[0], np.cumsum(known, dtype=np.int32)])
        ends = before[np.cumsum([0, *map(len, rows)])].astype(np.int32)
        ones = np.ones(int(before[-1]), np.float32)
        counts = csr_matrix((ones, columns[known], ends), (len(rows), len(self.vocabulary)))
        counts.sum_duplicates()
        return counts

    def transform(self, documents: Sequence[Words]) -> csr_matrix:
        """TF-IDF (documents, lemmas) as of ``TfidfTransformer(sublinear_tf=True)``: rows of length 1, or empty."""
        features = self.counts(documents)
        features.data = (np.log(features.data) + 1) * self.idf[features.indices]
        row = np.repeat(np.arange(features.shape[0]), np.diff(features.indptr))
        lengths = np.sqrt(np.bincount(row, features.data**2, features.shape[0]))
        features.data /= lengths[row].astype(np.float32)
        return features


class _Columns(dict[bytes, int]):
    """Token to column, -1 where the vocabulary has no such lemma; filled on first sight, emptied when full."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self._lemmas = {lemma: column for column, lemma in enumerate(vocabulary)}

    def __missing__(self, token: bytes) -> int:
        if len(self) >= FORMS:
            self.clear()
        column = self[token] = self._lemmas.get(MEMO[token], -1)
        return column


@dataclass(frozen=True, eq=False)
class ArticleFeatures:
    """TF-IDF of the whole text and, side by side, of its opening: what a story is about stands at its top.

    Attributes
    ----------
    text, opening
        The two blocks.
    words, headline
        The opening is the first `words` words, and the first `headline` of them count twice.
    """

    text: LemmaTfidf
    opening: LemmaTfidf
    words: int
    headline: int

    def transform(self, texts: Iterable[str]) -> csr_matrix:
        """Features (texts, lemmas of the text and then of the opening); see `as_texts` for errors."""
        documents = [tokens(text) for text in as_texts(texts)]
        openings = [start(document, self.words, self.headline) for document in documents]
        return hstack([self.text.transform(documents), self.opening.transform(openings)], format="csr")


def start(document: Words, words: int, headline: int) -> Words:
    """The opening of a document, its headline twice."""
    return document[:words] + document[: min(headline, words)]


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
