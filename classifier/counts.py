"""Texts to a sparse matrix of lemma counts."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.utils.validation import check_is_fitted

from classifier.lemmas import FORMS, MEMO
from classifier.text import tokens

_LONGEST = 16  # characters a word of the opening is allowed on average; Russian news has 7.6 with its space


class LemmaCounts(CountVectorizer):
    """A `CountVectorizer` of lemmas whose `transform` looks a word up once, straight to its column.

    The matrix is the stock one bit for bit, which a test demands; `super().transform` remains the reference.

    Parameters
    ----------
    words
        Count the opening only: the first `words` words (of the first ``16 * words`` characters). None: the whole text.
    headline
        The first `headline` words of the opening count twice.
    min_df
        Leave out lemmas that fewer documents have.
    """

    def __init__(self, *, words: int | None = None, headline: int = 0, min_df: int = 3) -> None:
        super().__init__(min_df=min_df, dtype=np.float32)
        self.words = words
        self.headline = headline

    def build_analyzer(self) -> Callable[[str], list[str]]:
        """The slow and plain way from a text to its lemmas, used by `fit`."""
        return lambda text: [lemma for lemma in map(MEMO.__getitem__, self._counted(text)) if lemma]

    def transform(self, raw_documents: Iterable[str]) -> csr_matrix:
        """Counts of texts, of shape (documents, lemmas)."""
        check_is_fitted(self, "vocabulary_")
        column = self._columns().__getitem__
        rows = [np.fromiter(map(column, self._counted(text)), np.int32) for text in as_texts(raw_documents)]
        ends = np.cumsum([0, *(row.size for row in rows)])
        columns = np.concatenate([np.empty(0, np.int32), *rows])
        known = columns >= 0
        ends = np.concatenate([[0], np.cumsum(known)])[ends].astype(np.int32)
        columns = columns[known]
        shape = (len(rows), len(self.vocabulary_))
        counts = csr_matrix((np.ones(columns.size, self.dtype), columns, ends), shape)
        counts.sum_duplicates()
        return counts

    def _counted(self, text: str) -> list[bytes]:
        """Tokens that count, in their order."""
        if self.words is None:
            return tokens(text)
        opening = tokens(text[: _LONGEST * self.words])[: self.words]
        return opening + opening[: self.headline]

    def _columns(self) -> "_Columns":
        """The table of the present vocabulary, made anew when that is another object."""
        table: _Columns | None = self.__dict__.get("_table")
        if table is None or table.vocabulary is not self.vocabulary_:
            table = self._table = _Columns(self.vocabulary_)
        return table

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in super().__getstate__().items() if name != "_table"}


class _Columns(dict[bytes, int]):
    """Token to column, -1 where the vocabulary has no such lemma; filled on first sight, emptied when full."""

    def __init__(self, vocabulary: dict[str, int]) -> None:
        self.vocabulary = vocabulary

    def __missing__(self, token: bytes) -> int:
        if len(self) >= FORMS:
            self.clear()
        column = self[token] = self.vocabulary.get(MEMO[token], -1)
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
