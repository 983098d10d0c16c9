"""What is known of the words of Russian news before any topic is: how rare each is, and which are used alike."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from classifier.lemmas import lemmas
from classifier.vocabulary import Vocabulary, ends_among

MIN_DF = 8  # texts that have a lemma: 43,000 lemmas of 95,000 articles; with 5, 56,000 and a model over 15 MB
_BATCH = 10_000  # texts whose words are looked up at once


@dataclass(frozen=True, eq=False, repr=False)
class Lexicon:
    """Lemmas with their rarity and their vectors, learned from news that nobody has to label.

    Attributes
    ----------
    lemmas
        In the order of the rows below.
    idf
        Inverse document frequencies, (lemmas,), as `sklearn.feature_extraction.text.TfidfTransformer` has them.
    vectors
        Word vectors, (lemmas, dimensions), the most telling dimensions first. Only their direction counts, so that
        bytes will do; a row of zeros is a lemma of which nothing is known.
    texts
        How many texts all this was learned from.
    """

    lemmas: list[str]
    idf: NDArray[np.float32]
    vectors: NDArray[np.int8]
    texts: int

    @classmethod
    def learn(cls, texts: Sequence[str], dimensions: int = 300, passage: int = 30, min_df: int = MIN_DF) -> Self:
        """Learn rarity and vectors from texts, labelled or not; 95,000 articles take a minute and 3 GB.

        The vectors are a truncated singular value decomposition of positive pointwise mutual information with smoothed
        contexts and a damped spectrum (Levy, Goldberg and Dagan, 2015, doi:10.1162/tacl_a_00134). Words meet where they
        stand in the same `passage` of that many words, which does as well as a sliding window and is one product of
        matrices.
        """
        known, idf = _rarity(frequencies(texts), len(texts), min_df)
        vectors = _vectors(_associations(_passages(texts, Vocabulary(known), passage)), dimensions)
        return cls(known, idf, vectors, len(texts))

    def __repr__(self) -> str:
        return f"<Lexicon of {self.texts:,} texts: {len(self.lemmas):,} lemmas, {self.vectors.shape[1]} dimensions>"

    def directions(self) -> NDArray[np.float32]:
        """Word vectors of length one, (lemmas, dimensions); zeros where nothing is known."""
        length = np.linalg.norm(self.vectors.astype(np.float32), axis=1, keepdims=True)
        unit: NDArray[np.float32] = self.vectors / np.maximum(length, 1)
        return unit

    def first(self, dimensions: int) -> Self:
        """The same with the first dimensions of the vectors only."""
        return replace(self, vectors=np.ascontiguousarray(self.vectors[:, :dimensions]))

    def grown(self, texts: Sequence[str], min_df: int) -> Self:
        """The same with the lemmas that `min_df` of these texts have besides; they are without vectors."""
        return self.grown_by(frequencies(texts, without=set(self.lemmas)), len(texts), min_df)

    def grown_by(self, frequency: Mapping[str, int], texts: int, min_df: int) -> Self:
        """The same with new lemmas that at least `min_df` of so many texts have."""
        new, idf = _rarity(frequency, texts, min_df)
        return replace(
            self,
            lemmas=self.lemmas + new,
            idf=np.concatenate([self.idf, idf]),
            vectors=np.pad(self.vectors, ((0, len(new)), (0, 0))),
        )

    def __sklearn_clone__(self) -> Self:
        return self  # it does not change


def frequencies(texts: Iterable[str], without: Container[str] = ()) -> Counter[str]:
    """How many texts have each lemma, but for those `without`."""
    return Counter(lemma for text in texts for lemma in set(lemmas(text)) if lemma not in without)


def _rarity(frequency: Mapping[str, int], texts: int, min_df: int) -> tuple[list[str], NDArray[np.float32]]:
    """Lemmas of at least `min_df` texts, sorted, and their inverse document frequencies."""
    known = sorted(lemma for lemma, count in frequency.items() if count >= min_df)
    df = np.array([frequency[lemma] for lemma in known], np.float32)
    return known, np.log((1 + texts) / (1 + df)) + 1


def _passages(texts: Sequence[str], vocabulary: Vocabulary, length: int) -> csr_matrix:
    """Which lemmas (columns) stand in which passage (row): ones and zeros."""
    columns, starts, seen = [], [], 0
    for start in range(0, len(texts), _BATCH):
        found, ends = vocabulary.look_up(texts[start : start + _BATCH])
        known = found >= 0
        ends = ends_among(known, ends)
        place = np.arange(ends[-1]) - np.repeat(ends[:-1], np.diff(ends))  # of a lemma in its text
        columns.append(found[known])
        starts.append(np.flatnonzero(place % length == 0) + seen)
        seen += int(ends[-1])
    every = np.concatenate([np.empty(0, np.int32), *columns])
    passages = vocabulary.matrix(every, np.ones(len(every), np.int64), np.concatenate([*starts, [seen]]))
    passages.data[:] = 1
    return passages


def _associations(passages: csr_matrix) -> csr_matrix:
    """Positive pointwise mutual information of lemmas (rows) and their contexts (columns) that meet more than once."""
    together = (passages.T @ passages).tocoo()
    apart = (together.row != together.col) & (together.data > 1)
    row, column, count = together.row[apart], together.col[apart], together.data[apart]
    often = np.bincount(row, count, together.shape[0])
    context = often**0.75  # smoothed: rare contexts would tell too much
    information = np.log(count * context.sum() / (often[row] * context[column]))
    kept = information > 0
    return csr_matrix((information[kept].astype(np.float32), (row[kept], column[kept])), together.shape)


def _vectors(associations: csr_matrix, dimensions: int) -> NDArray[np.int8]:
    from sklearn.utils.extmath import randomized_svd

    if not associations.nnz:  # too few texts to tell anything
        return np.zeros((associations.shape[0], dimensions), np.int8)
    left, singular, _ = randomized_svd(associations, dimensions, n_iter=2, random_state=0)
    vectors = left * singular**0.25
    largest = np.abs(vectors).max(axis=1, keepdims=True, initial=0)
    scaled = 127 * vectors / np.where(largest > 1e-6, largest, np.inf)
    return np.asarray(np.rint(scaled), np.int8)
