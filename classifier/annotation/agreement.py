"""How far readers agree: the ceiling of any score that a model can reach on their labels."""

from collections import Counter, defaultdict
from itertools import combinations

import pandas as pd

from classifier.annotation.readings import Readings
from classifier.topics import AVERAGES, taxonomy_order

_MICRO, _MACRO = AVERAGES[:2]


def agreement(readings: Readings) -> pd.DataFrame:
    """Return how far readers of the same articles agree.

    Returns
    -------
    DataFrame
        Indexed by topic, then ``micro`` and ``macro``; columns ``articles`` (read by several, and given the topic by at
        least one) and ``f1``: that of one reader's topics against another's, which is the same both ways, as the mean
        over the pairs of readers, if one of the two gave it. Micro takes all topics of a pair together, macro is the
        mean over topics. Empty if no article was read by several readers or none of them got a topic.
    """
    shared = [given for given in readings.topics.values() if len(given) > 1]
    articles = Counter(topic for given in shared for topic in set().union(*given.values()))
    scores: dict[str, list[float]] = defaultdict(list)
    for both, each in _pairs(shared):
        for topic in each:
            scores[topic].append(2 * both[topic] / each[topic])
        if each:
            scores[_MICRO].append(2 * both.total() / each.total())
    rows = {topic: [articles[topic], _mean(scores[topic])] for topic in taxonomy_order(articles)}
    if rows:
        rows[_MICRO] = [len(shared), _mean(scores[_MICRO])]
        rows[_MACRO] = [len(shared), _mean([float(row[1]) for row in rows.values() if row is not rows[_MICRO]])]
    return pd.DataFrame.from_dict(rows, orient="index", columns=["articles", "f1"]).rename_axis("topic")


def _pairs(shared: list[dict[str, list[str]]]) -> list[tuple[Counter[str], Counter[str]]]:
    """Return for each pair of readers how often both gave a topic, and how often each of the two did, added up."""
    pairs: dict[tuple[str, ...], tuple[Counter[str], Counter[str]]] = {}
    for given in shared:
        for pair in combinations(sorted(given), 2):
            both, each = pairs.setdefault(pair, (Counter(), Counter()))
            one, other = (given[reader] for reader in pair)
            both.update(set(one) & set(other))
            each.update([*one, *other])
    return list(pairs.values())


def disputes(readings: Readings, most: int) -> pd.DataFrame:
    """Return the first articles about which readers disagree.

    Returns
    -------
    DataFrame
        Indexed by id; columns ``disputed`` (topics that not all gave) and ``readers`` (who gave which topics).
    """
    disputed = [label for label in readings.labels() if label.disputed][:most]
    rows = {label.id: ["; ".join(label.disputed), _who(readings.topics[label.id])] for label in disputed}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["disputed", "readers"]).rename_axis("id")


def _who(given: dict[str, list[str]]) -> str:
    return " | ".join(f"{reader}: {'; '.join(topics) or 'no topic'}" for reader, topics in given.items())


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)
