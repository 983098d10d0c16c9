"""Texts that are fitted together, the outlets they come from, and what their fit says of texts left out."""

from collections.abc import Iterable, Mapping, Set
from typing import Any, NamedTuple, Self

import numpy as np

from classifier.arrays import Float32Array, IndexArray, IndicatorArray
from classifier.errors import UsageError
from classifier.model.features import Features
from classifier.model.labels import is_missing
from classifier.model.ridge import RidgeFit


class Shard(NamedTuple):
    """Texts that are fitted together.

    Attributes
    ----------
    features
        Of the texts; their article vectors are still to be made.
    sums
        What they are made of: sums of word vectors, (texts, dimensions).
    y_true
        (texts, topics).
    outlets
        Number of each text's outlet, (texts,); -1 if it is not known.
    """

    features: Features
    sums: Float32Array
    y_true: IndicatorArray
    outlets: IndexArray

    def rows(self, rows: IndexArray) -> "Shard":
        """Return some of the texts."""
        return Shard(self.features.rows(rows), self.sums[rows], self.y_true[rows], self.outlets[rows])


class LeftOut(NamedTuple):
    """What a fit tells about texts that were left out, for calibration.

    Attributes
    ----------
    loo_scores, group_scores
        Of `RidgeFit`, (texts, topics).
    y_true
        (texts, topics).
    words
        Known words of each text, (texts,).
    outlets
        Number of each text's outlet, (texts,); -1 if it is not known.
    """

    loo_scores: Float32Array
    group_scores: Float32Array
    y_true: IndicatorArray
    words: Float32Array
    outlets: IndexArray

    @classmethod
    def of(cls, shard: Shard, fitted: RidgeFit) -> Self:
        """Return what the fit of a shard tells."""
        return cls(fitted.loo_scores, fitted.group_scores, shard.y_true, shard.features.words, shard.outlets)


def encode_groups(groups: Any, texts: int) -> IndexArray:
    """Return the number of each text's group, (texts,); -1 for a gap. None: nothing but gaps.

    Raises
    ------
    UsageError
        `groups` is not a list of as many names as there are texts.
    """
    if groups is None:
        return np.full(texts, -1)
    if isinstance(groups, str | Set | Mapping) or not isinstance(groups, Iterable):
        raise UsageError(f"groups is {type(groups).__name__}, not a list with the outlet of each text")
    names = ["" if is_missing(name) else str(name).strip() for name in groups]
    if len(names) != texts:
        raise UsageError(f"{texts} texts but {len(names)} groups")
    numbers = {name: number for number, name in enumerate(sorted({*names} - {""}))}
    return np.array([numbers.get(name, -1) for name in names], np.int64)


def group_rows(outlets: IndexArray) -> list[IndexArray]:
    """Return the rows of each outlet, in the order of their numbers; rows of no known outlet are in none."""
    return [np.flatnonzero(outlets == number) for number in np.unique(outlets[outlets >= 0])]
