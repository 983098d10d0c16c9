"""Weights of lemmas for topics, in 8 bits: what a trained model mostly consists of."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from classifier.arrays import Float32Array
from classifier.model.sparse import ByteTable, SparseRows


@dataclass(frozen=True, eq=False)
class LemmaWeights:
    """Weights of the lemmas of the text and of its lead: bytes times a number of each lemma.

    Topics that were learned together are a part, with numbers of its own: a topic that is added to a model later leaves
    the weights of the others as they are.

    Attributes
    ----------
    values
        (2, lemmas, topics).
    scale
        (2, lemmas, parts).
    part
        To which part each topic belongs, (topics,).
    """

    values: NDArray[np.int8]
    scale: Float32Array
    part: NDArray[np.int32]

    @classmethod
    def rounded(cls, coef: NDArray[Any]) -> Self:
        """Round weights, (2, lemmas, topics); the topics are one part."""
        text, lead = map(ByteTable.rounded, coef)
        scale = np.stack([text.scale, lead.scale])[..., None]
        return cls(np.stack([text.values, lead.values]), scale, np.zeros(coef.shape[2], np.int32))

    @property
    def coef(self) -> Float32Array:
        """The weights as numbers, (2, lemmas, topics)."""
        return self.of(slice(None), slice(None))

    def of(self, lemmas: Any, topics: Any) -> Float32Array:
        """Return the weights of some lemmas for some topics, (2, lemmas, topics)."""
        numbers: Float32Array = self.values[:, lemmas][..., topics] * self.scale[:, lemmas][..., self.part[topics]]
        return numbers

    def times(self, text: SparseRows, lead: SparseRows) -> Float32Array:
        """Return what the words of texts and of their leads add up to for each topic, (texts, topics)."""
        sums = np.empty((len(text.indptr) - 1, len(self.part)), np.float32)
        for topics, of_text, of_lead in self._tables:
            sums[:, topics] = of_text.product(text) + of_lead.product(lead)
        return sums

    def select(self, topics: Sequence[int]) -> Self:
        """Return the weights for some topics."""
        kept, part = np.unique(self.part[topics], return_inverse=True)
        return type(self)(self.values[..., topics], self.scale[..., kept], part.astype(np.int32))

    def join(self, other: Self) -> Self:
        """Return the weights for the topics of both."""
        return type(self)(
            np.concatenate([self.values, other.values], -1),
            np.concatenate([self.scale, other.scale], -1),
            np.concatenate([self.part, other.part + self.scale.shape[-1]]).astype(np.int32),
        )

    @cached_property
    def _tables(self) -> list[tuple[Any, ByteTable, ByteTable]]:
        """Of each part: its topics, and their weights for words of the text and of the lead."""
        parts = []
        for number in range(self.scale.shape[-1]):
            topics = np.flatnonzero(self.part == number)
            values = np.ascontiguousarray(self.values[..., topics])
            text, lead = map(ByteTable, values, self.scale[..., number])
            parts.append((topics, text, lead))
        return parts
