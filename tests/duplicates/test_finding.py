"""Which articles are reprints of which."""

import itertools
import random

import numpy as np
import pytest

from classifier.duplicates import find_clusters, finding
from classifier.duplicates.shingles import shingle_sets
from classifier.errors import UsageError
from tests.duplicates.conftest import (
    BRIDGE,
    BRIDGE_AGENCY,
    BRIDGE_SHORTER,
    HARVEST,
    RATES_MONDAY,
    RATES_TUESDAY,
)

WORDS = [f"слово{number}" for number in range(3000)]


def cluster(*texts, **options):
    return find_clusters(texts, **options).cluster.tolist()


def test_reprints_with_small_edits_are_one_cluster():
    assert cluster(HARVEST, BRIDGE, BRIDGE_AGENCY, RATES_MONDAY, BRIDGE_SHORTER) == [0, 1, 1, 3, 1]


def test_a_template_with_other_numbers_is_no_reprint():
    assert cluster(RATES_MONDAY, RATES_TUESDAY, RATES_MONDAY) == [0, 1, 0]


def test_short_texts_are_reprints_if_they_have_the_same_words():
    assert cluster("Завтра 5 градусов", "Завтра 7 градусов", "ЗАВТРА — 5 градусов!") == [0, 1, 0]


def test_texts_without_words_repeat_nothing():
    assert cluster("", "🎉", "", "…") == [0, 1, 2, 3]


def test_pairs_are_few_days_apart():
    dates = ["2024-11-01", "2024-11-04", "2024-11-09"]
    assert cluster(BRIDGE, BRIDGE, BRIDGE, dates=dates) == [0, 0, 2]
    assert cluster(BRIDGE, BRIDGE, BRIDGE, dates=dates, days=2) == [0, 1, 2]
    assert cluster(BRIDGE, BRIDGE, BRIDGE, dates=dates, days=5) == [0, 0, 0]
    assert cluster(BRIDGE, BRIDGE, BRIDGE, dates=dates, days=None) == [0, 0, 0]


def test_an_article_without_a_day_is_compared_with_all():
    assert cluster(BRIDGE, BRIDGE, BRIDGE, dates=["2019-05-05", "2024", "2024-11-01"]) == [0, 0, 0]


def test_the_first_is_the_earliest_then_the_first_in_order_and_one_without_a_date_the_last():
    found = find_clusters([BRIDGE] * 4, [None, "2024-11-02", "2024-11-01T18:00", "2024-11-01T18:00"])
    assert found.cluster.tolist() == [2, 2, 2, 2]
    assert found.first.tolist() == [False, False, True, False]


def test_a_cluster_is_joined_by_a_chain_of_pairs():
    parts = [
        " ".join(WORDS[start : start + 100]) for start in (0, 20, 40)
    ]  # 0.66 from one to the next, 0.42 at the ends
    assert cluster(*parts) == [0, 0, 0] and cluster(parts[0], parts[2]) == [0, 1]


def test_the_similarity_can_be_chosen():
    pair = " ".join(WORDS[:100]), " ".join(WORDS[20:120])
    assert cluster(*pair) == [0, 0] and cluster(*pair, similarity=0.7) == [0, 1]


def test_numbers_of_reprints_are_told():
    found = find_clusters([BRIDGE, HARVEST, BRIDGE, BRIDGE, HARVEST, "Матч"])
    assert (found.reprints, found.reprinted, found.size.tolist()) == (3, 2, [3, 2, 3, 3, 2, 1])


def test_nothing_gives_nothing():
    assert cluster() == [] and find_clusters([]).reprints == 0


def test_batches_do_not_matter_and_any_iterable_will_do(monkeypatch):
    texts = [BRIDGE, HARVEST, "", BRIDGE_AGENCY, HARVEST, "Матч"]
    dates = [f"2024-11-0{day}" for day in (3, 2, 1, 2, 1, 1)]
    whole = cluster(*texts, dates=dates)
    monkeypatch.setattr(finding, "BATCH", 2)
    assert find_clusters(iter(texts), iter(dates)).cluster.tolist() == whole == [3, 4, 2, 3, 4, 5]


def variants():
    """Texts that share from half to all of their runs with others."""
    chance = random.Random(0)
    for start in range(0, 2700, 90):
        words = WORDS[start : start + 90]
        for changes in (0, 2, 4, 6, 8, 10):
            yield " ".join(
                word if place not in chance.sample(range(90), changes) else "иначе" for place, word in enumerate(words)
            )


@pytest.mark.parametrize("similarity", [0.6, 0.8])
def test_clusters_are_those_of_all_pairs_compared_exactly(similarity):
    texts = list(variants())
    shingles, ends = shingle_sets(texts)
    sets = [set(part.tolist()) for part in np.split(shingles, ends[:-1])]
    expected = list(range(len(texts)))
    for one, other in itertools.combinations(range(len(texts)), 2):
        if len(sets[one] & sets[other]) >= similarity * len(sets[one] | sets[other]):
            expected = [expected[one] if label == expected[other] else label for label in expected]
    found = cluster(*texts, similarity=similarity)
    assert len(set(zip(expected, found, strict=True))) == len(set(expected)) == len(set(found))
    assert 30 < len(set(found)) < len(texts)


def test_many_copies_of_one_text_are_one_cluster():
    assert set(cluster(*["Доброе утро"] * 3000, HARVEST)) == {0, 3000}


@pytest.mark.parametrize("similarity", [0.4, 1.1, float("nan")])
def test_a_similarity_that_cannot_be_looked_for_is_refused(similarity):
    with pytest.raises(UsageError, match=r"choose one from 0\.5 to 1"):
        find_clusters([BRIDGE], similarity=similarity)


def test_negative_days_are_refused():
    with pytest.raises(UsageError, match="choose 0 or more"):
        find_clusters([BRIDGE], days=-1)


@pytest.mark.parametrize("dates", [["2024-11-01"], ["2024-11-01"] * 3])
def test_dates_must_be_as_many_as_texts(dates):
    with pytest.raises(UsageError, match="one for each"):
        find_clusters([BRIDGE, HARVEST], dates)


def test_without_rensa_the_extra_is_named(without_rensa):
    with pytest.raises(UsageError, match=r"finding reprints needs rensa: pip install 'news-topics\[duplicates\]'"):
        find_clusters([BRIDGE])


@pytest.mark.corpus
def test_the_corpus_has_reprints_of_telegram_channels():
    import pandas as pd

    from classifier.duplicates import clusters
    from tests.conftest import SHARED

    news = pd.read_parquet(SHARED / "news.parquet")
    found = clusters(news[news.source == "telegram"])
    assert 0.03 < (~found["first"]).mean() < 0.05
