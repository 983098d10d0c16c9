"""What unlabelled news tells about words: how rare each lemma is, which lemmas are used alike, and what they tell."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from classifier.arrays import Float32Array
from classifier.text.columns import NO_LEMMA, UNKNOWN, filter_indptr
from classifier.text.forms import Forms, is_looked_up
from classifier.text.lemmas import MEMO, function_words, inflect, lemmatize, override_forms
from classifier.text.tfidf import idf_weights
from classifier.text.tokens import decode, to_token, tokenize

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix  # 0.15 s

MIN_DF = 8  # texts that contain a lemma: 43,000 lemmas of 95,000 articles; with 5, 56,000 and a model over 15 MB
_BATCH = 10_000  # texts whose words are looked up together


@dataclass(frozen=True, eq=False, repr=False)
class Lexicon:
    """Lemmas with their rarity and their vectors, learned from news without labels.

    Attributes
    ----------
    lemmas
        In the order of the rows below.
    idf
        Inverse document frequencies, (lemmas,), as `sklearn.feature_extraction.text.TfidfTransformer` computes them.
    vectors
        Word vectors, (lemmas, dimensions), the dimensions with the largest singular values first. Only their direction
        matters, so 8 bits are enough. A row of zeros means that nothing is known about the lemma.
    texts
        How many texts the lexicon was learned from.
    distilled
        Word vectors that `classifier.model.distillation.distill` learns from a sentence encoder, (lemmas, dimensions).
        Their length matters, so a row is multiplied by its scale. None: there are none, and the array is empty.
    distilled_scale
        (lemmas,).
    forms
        Of the lemmas; None: those that pymorphy3 gives, which takes 12 seconds for 49,000 lemmas.
    """

    lemmas: list[str]
    idf: Float32Array
    vectors: NDArray[np.int8]
    texts: int
    distilled: NDArray[np.int8] = field(default_factory=lambda: np.empty((0, 0), np.int8))
    distilled_scale: NDArray[np.float16] = field(default_factory=lambda: np.empty(0, np.float16))
    forms: Forms = None  # type: ignore[assignment]  # never None once it is made

    def __post_init__(self) -> None:
        if self.forms is None:
            object.__setattr__(self, "forms", compile_forms(self.lemmas))
        if len(self.distilled_scale) < len(self.lemmas):
            object.__setattr__(self, "distilled", np.zeros((len(self.lemmas), 0), np.int8))
            object.__setattr__(self, "distilled_scale", np.zeros(len(self.lemmas), np.float16))

    @classmethod
    def learn(cls, texts: Sequence[str], dimensions: int = 300, passage: int = 30, min_df: int = MIN_DF) -> Self:
        """Learn rarity and vectors from texts; labels play no part. 95,000 articles take a minute and 3 GB.

        The vectors are a truncated singular value decomposition of positive pointwise mutual information, with smoothed
        contexts and a damped spectrum (Levy, Goldberg and Dagan, 2015, doi:10.1162/tacl_a_00134). Two lemmas co-occur
        if both stand in the same `passage` of that many words. This scores as well as a sliding window and takes one
        matrix product.
        """
        lemmas, idf = _frequent(document_frequencies(texts), len(texts), min_df)
        forms = compile_forms(lemmas, distinct_tokens(texts))
        vectors = _vectors(_associations(_passages(texts, forms, len(lemmas), passage)), dimensions)
        return cls(lemmas, idf, vectors, len(texts), forms=forms)

    def __repr__(self) -> str:
        dimensions = f"{self.vectors.shape[1]} + {self.distilled.shape[1]} dimensions"
        return f"<Lexicon of {self.texts:,} texts: {len(self.lemmas):,} lemmas, {dimensions}>"

    def unit_vectors(self) -> Float32Array:
        """Return the word vectors scaled to length 1, (lemmas, dimensions); unknown ones stay zero."""
        return self.vectors * self.inverse_lengths()[:, None]

    def inverse_lengths(self) -> Float32Array:
        """Return what to multiply the word vectors by to make them unit vectors, (lemmas,)."""
        squares = np.einsum("ij,ij->i", self.vectors, self.vectors, dtype=np.int32)
        inverse: Float32Array = 1 / np.sqrt(np.maximum(squares, 1), dtype=np.float32)
        return inverse

    def with_distilled(self, vectors: Float32Array) -> Self:
        """Return a copy with other distilled vectors, (lemmas, dimensions), rounded to bytes."""
        scale = (np.abs(vectors).max(axis=1, initial=0) / 127).astype(np.float16)
        steps = vectors / np.maximum(scale.astype(np.float32), 1e-7)[:, None]
        return replace(self, distilled=np.rint(steps).clip(-127, 127).astype(np.int8), distilled_scale=scale)

    def truncate(self, dimensions: int) -> Self:
        """Return a copy with the first dimensions of the vectors only; the distilled ones stay whole."""
        return replace(self, vectors=np.ascontiguousarray(self.vectors[:, :dimensions]))

    def extend(self, frequencies: Mapping[str, int], texts: int, min_df: int, seen: Iterable[bytes] = ()) -> Self:
        """Return a copy with the new lemmas that at least `min_df` of `texts` texts contain; they have no vectors.

        Tokens that were `seen` in texts become forms of their lemmas, new and old ones.
        """
        known = set(self.lemmas)
        new = {lemma: count for lemma, count in frequencies.items() if lemma not in known}
        lemmas, idf = _frequent(new, texts, min_df)
        columns = {lemma: column for column, lemma in enumerate([*self.lemmas, *lemmas])}
        met = {word: columns[MEMO[word]] for word in self.forms.lacking(seen) if MEMO[word] in columns}
        return replace(
            self,
            lemmas=self.lemmas + lemmas,
            idf=np.concatenate([self.idf, idf]),
            vectors=np.pad(self.vectors, ((0, len(lemmas)), (0, 0))),
            distilled=np.pad(self.distilled, ((0, len(lemmas)), (0, 0))),
            distilled_scale=np.pad(self.distilled_scale, (0, len(lemmas))),
            forms=self.forms.extend(met | _forms_of(lemmas, len(self.lemmas))),
        )

    def __sklearn_clone__(self) -> Self:
        return self  # it is immutable


def compile_forms(lemmas: Sequence[str], seen: Iterable[bytes] = ()) -> Forms:
    """Compile the forms of lemmas, in the order of their columns, and function words.

    Parameters
    ----------
    lemmas
        Are inflected by pymorphy3.
    seen
        Tokens of texts. Among them are forms that no inflection gives: пришла-то.
    """
    columns = {lemma: column for column, lemma in enumerate(lemmas)} | {"": NO_LEMMA}
    words = {token.strip(b"-") for token in seen} | {to_token(form) for form in (*function_words(), *override_forms())}
    met = {word: columns.get(MEMO[word], UNKNOWN) for word in words if is_looked_up(word)}
    forms = _forms_of(lemmas, 0)
    others = {word: column for word, column in met.items() if column >= 0 and word not in forms}
    related = {
        to_token(form): column for word, column in others.items() for form in inflect(lemmas[column], decode(word))
    }
    return Forms.compile(met | forms | related)


def _forms_of(lemmas: Sequence[str], start: int) -> dict[bytes, int]:
    """Return the column of each form of some lemmas, whose columns begin with `start`."""
    return {to_token(form): column for column, lemma in enumerate(lemmas, start) for form in inflect(lemma)}


def distinct_tokens(texts: Iterable[str]) -> set[bytes]:
    """Return the tokens of some texts, each once."""
    return {token for text in texts for token in tokenize(text)}


def document_frequencies(texts: Iterable[str], without: Container[str] = ()) -> Counter[str]:
    """Count the texts that contain each lemma, except the lemmas in `without`."""
    return Counter(lemma for text in texts for lemma in set(lemmatize(text)) if lemma not in without)


def _frequent(frequencies: Mapping[str, int], texts: int, min_df: int) -> tuple[list[str], Float32Array]:
    """Return the lemmas of at least `min_df` texts, sorted, and their inverse document frequencies."""
    lemmas = sorted(lemma for lemma, count in frequencies.items() if count >= min_df)
    return lemmas, idf_weights(np.array([frequencies[lemma] for lemma in lemmas], np.float32), texts)


def _passages(texts: Sequence[str], forms: Forms, lemmas: int, length: int) -> "csr_matrix":
    """Return which passage (row) contains which lemma (column), as ones and zeros."""
    from scipy.sparse import csr_matrix

    columns, starts, seen = [], [], 0
    for start in range(0, len(texts), _BATCH):
        batch, indptr = forms.columns_of(texts[start : start + _BATCH])
        known = batch >= 0
        indptr = filter_indptr(known, indptr)
        position = np.arange(indptr[-1]) - np.repeat(indptr[:-1], np.diff(indptr))  # of a lemma in its text
        columns.append(batch[known])
        starts.append(np.flatnonzero(position % length == 0) + seen)
        seen += int(indptr[-1])
    all_columns = np.concatenate([np.empty(0, np.int32), *columns])
    indptr = np.concatenate([*starts, [seen]])
    passages = csr_matrix((np.ones(seen, np.float32), all_columns, indptr), (len(indptr) - 1, lemmas))
    passages.sum_duplicates()
    passages.data[:] = 1
    return passages


def _associations(passages: "csr_matrix") -> "csr_matrix":
    """Return the positive pointwise mutual information of lemmas (rows) and contexts (columns) that co-occur twice."""
    from scipy.sparse import csr_matrix

    together = (passages.T @ passages).tocoo()
    chosen = (together.row != together.col) & (together.data > 1)
    row, column, count = together.row[chosen], together.col[chosen], together.data[chosen]
    totals = np.bincount(row, count, together.shape[0])
    context = totals**0.75  # smoothing: rare contexts would weigh too much
    information = np.log(count * context.sum() / (totals[row] * context[column]))
    positive = information > 0
    return csr_matrix((information[positive].astype(np.float32), (row[positive], column[positive])), together.shape)


def _vectors(associations: "csr_matrix", dimensions: int) -> NDArray[np.int8]:
    """Return the rows of the decomposition, scaled to bytes, (lemmas, dimensions)."""
    from sklearn.utils.extmath import randomized_svd

    if not associations.nnz:  # too few texts
        return np.zeros((associations.shape[0], dimensions), np.int8)
    left, singular, _ = randomized_svd(associations, dimensions, n_iter=2, random_state=0)
    vectors = left * singular**0.25
    largest = np.abs(vectors).max(axis=1, keepdims=True, initial=0)
    scaled = 127 * vectors / np.where(largest > 1e-6, largest, np.inf)
    return np.asarray(np.rint(scaled), np.int8)
