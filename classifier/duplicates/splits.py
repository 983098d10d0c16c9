"""Articles that must stand on one side of a split, because they repeat each other."""

from collections.abc import Sequence

import numpy as np

from classifier.arrays import IndexArray
from classifier.duplicates.finding import find_clusters
from classifier.errors import UsageError
from classifier.text.reprints import hash_texts


def split_groups(texts: Sequence[str]) -> tuple[IndexArray, str]:
    """Return a number for each text, the same for those that repeat each other, whatever their dates.

    Returns
    -------
    groups
        Index of the first text of each one's group, (texts,).
    remark
        That near copies were not looked for, if rensa is missing: only texts of the same words have one group. Else an
        empty string.
    """
    try:
        return find_clusters(texts, days=None).cluster, ""
    except UsageError:  # there is no rensa
        _, first, groups = np.unique(hash_texts(texts), return_index=True, return_inverse=True)
        advice = "pip install 'news-topics[duplicates]'"
        return first[groups], f"only word-for-word copies are told, near copies are not: that needs rensa ({advice})"
