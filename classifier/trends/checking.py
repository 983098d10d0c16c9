"""Articles that a person has read, and what they tell about the classifier's errors."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from classifier.arrays import Float64Array
from classifier.data.frames import check_columns
from classifier.errors import UsageError
from classifier.evaluation.intervals import LEVEL, wilson_limit
from classifier.topics import parse_topics
from classifier.trends.columns import is_first, is_unjudged, topics_of

MIN_CHECKED = 5  # articles read that have a topic, and that get it: of fewer, a correction would be a guess
_DRAWS = 4000  # limits of a drawing differ from another's by 1 % of their distance


class Checked(NamedTuple):
    """How often the classifier is right about a topic, among articles that were read at random."""

    right: int  # has the topic and gets it
    added: int  # gets it, and has it not
    missed: int
    neither: int

    @property
    def is_enough(self) -> bool:
        """Whether a share can be corrected."""
        return min(self.right + self.missed, self.right + self.added) >= MIN_CHECKED

    def correct(self, shares: Float64Array) -> Float64Array:
        """Return the shares of articles that have a topic, from the shares that get it; see `limits`."""
        precision = self.right / (self.right + self.added)
        return shares * precision + (1 - shares) * (self.missed / max(self.missed + self.neither, 1))

    def limits(self, shares: Float64Array, numbers: Float64Array) -> Float64Array:
        """Return limits of corrected shares, (shares, 2); `numbers` of independent articles have told them.

        Among the articles that get a topic, and among those that do not, the share that have it is what was read: that
        is prediction-powered inference with the best weight for the predictions (Angelopoulos et al., 2023,
        doi:10.1126/science.adi6000, and arXiv:2311.01453), written for tags that are given or not. The limits are those
        of its Bayesian form with Jeffreys' prior (the chain rule of Hofer et al., 2024, arXiv:2405.06034), which are
        right for few articles too. The share that get the topic is drawn so that its own limits are Wilson's.
        """
        random = np.random.default_rng(0)
        precision = random.beta(self.right + 0.5, self.added + 0.5, _DRAWS)
        omitted = random.beta(self.missed + 0.5, self.neither + 0.5, _DRAWS)
        drawn = random.standard_normal(_DRAWS)  # the same for each share, which so does not depend on the others
        limits = []
        for share, number, corrected in zip(shares, numbers, self.correct(shares), strict=True):
            given = wilson_limit(share, number, drawn)
            low, high = np.quantile(given * precision + (1 - given) * omitted, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
            limits.append((min(low, corrected), max(high, corrected)))  # of few articles, the prior may exclude it
        return np.array(limits).reshape(-1, 2)


def check(
    frame: Any, labels: "Mapping[str, Sequence[str]] | pd.DataFrame", *, once: bool
) -> tuple[dict[str, Checked], int]:
    """Compare the topics of a tagged frame with those that a person gave.

    Parameters
    ----------
    frame
        Of pandas or Dask, with the columns ``topics`` and ``id``; without ``id``, its index is taken.
    labels
        Topics of articles by their ids, or a table with the columns ``id`` and ``topics``; if it has a column
        ``chosen``, its rows must all have been chosen at random.
    once
        Leave reprints out.

    Returns
    -------
    checked, number
        How good the classifier is, by topic, and how many of the articles of `frame` were read.

    Raises
    ------
    UsageError
        No article of `frame` was read.
    """
    read = _by_id(labels)
    ids = frame["id"] if "id" in frame else frame.index.to_series()
    rows = frame.assign(id=ids.astype("str"))
    rows = rows[rows["id"].isin(list(read))]
    rows = rows.compute() if hasattr(rows, "compute") else rows
    if once:
        rows = rows[is_first(rows)]
    rows = rows[~is_unjudged(rows, topics_of(rows))].drop_duplicates("id")
    if not len(rows):
        raise UsageError(
            f"none of the {len(read):,} articles that were read is among the tagged ones: do their ids agree?"
        )
    given = [set(topics) for topics in topics_of(rows)]
    has = [set(read[id]) for id in rows["id"]]
    return {topic: _checked(topic, given, has) for topic in set().union(*given, *has)}, len(rows)


def _checked(topic: str, given: Sequence[set[str]], has: Sequence[set[str]]) -> Checked:
    pairs = [(topic in topics, topic in true) for topics, true in zip(given, has, strict=True)]
    return Checked(*(pairs.count(kind) for kind in [(True, True), (True, False), (False, True), (False, False)]))


def _by_id(labels: "Mapping[str, Sequence[str]] | pd.DataFrame") -> Mapping[str, Sequence[str]]:
    if isinstance(labels, Mapping):
        return dict(zip(map(str, labels), parse_topics(list(labels.values())), strict=True))
    check_columns(labels, "id", "topics")
    if "chosen" in labels and (others := labels["chosen"].ne("random").sum()):
        raise UsageError(
            f"{others:,} of the checked articles were not chosen at random, and would bend the shares: leave them out "
            "(checked[checked.chosen == 'random']); `news-topics queue --random` chooses articles to check"
        )
    return dict(zip(labels["id"].astype(str), parse_topics(labels["topics"].tolist()), strict=True))
