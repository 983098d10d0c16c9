"""Columns that stand for words: what those without one are called, and which words belong to which text."""

import numpy as np

from classifier.arrays import BoolArray, IndexArray

UNKNOWN = -1  # the column of a word whose lemma is not known
NO_LEMMA = -3  # the column of a function word or number


def filter_indptr(chosen: BoolArray, indptr: IndexArray) -> IndexArray:
    """Return the row pointers that remain when only the chosen words are kept."""
    return np.searchsorted(np.flatnonzero(chosen), indptr)
