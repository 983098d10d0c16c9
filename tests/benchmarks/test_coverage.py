"""The measure of coverage: what it draws, and that it sees intervals that are too narrow."""

import numpy as np
import pytest

from tests.benchmarks import coverage
from tests.benchmarks.coverage import Outlet, _checked, _counts, _covered_months, _reprinted, correction, real_periods
from tests.benchmarks.quality.materials import TOPICS


@pytest.fixture
def few(monkeypatch):
    """Draw less often, which takes a second."""
    monkeypatch.setattr(coverage, "DRAWINGS", 12)
    monkeypatch.setattr(coverage, "REPLICATES", 100)


@pytest.fixture
def outlet():
    """Two years of an outlet whose classifier misses a fifth of the topics; each topic has its days."""
    random = np.random.RandomState(0)
    days = np.repeat(np.arange(100), 12)
    moods = random.dirichlet(np.full(100, 0.7), len(TOPICS)).T * 100  # how often each topic comes on each day
    y_true = (random.random_sample((1200, len(TOPICS))) < np.minimum(0.08 * moods[days], 0.9)).astype(np.int8)
    missed = random.random_sample(y_true.shape) < 0.2
    years = np.array(["2022", "2023"])[(days >= 50).astype(int)]
    return Outlet("made up", y_true, np.where(missed, 0, y_true).astype(np.int8), days, years)


def test_days_are_drawn_whole():
    counts = _counts(np.array([[3, 2]]), np.eye(2, len(TOPICS), dtype=int)[None])
    assert counts.blocks["number"].tolist() == [3, 2] and counts.blocks["block"].tolist() == ["0", "1"]
    assert counts.topics[["block", "topic", "number"]].to_numpy().tolist() == [["0", TOPICS[0], 1], ["1", TOPICS[1], 1]]


def test_reprints_are_blocks_of_their_own_and_no_article_is_lost():
    sizes, given = np.full(5, 40), np.full((5, len(TOPICS)), 10)
    drawn = np.arange(5)[None]
    counts = _reprinted(sizes, given, drawn, np.random.RandomState(0))
    own = counts.blocks[5:]
    assert (own["number"] >= 2).all() and counts.blocks["number"][:5].sum() + len(own) == sizes.sum()


def test_intervals_that_forget_days_are_seen_to_be_too_narrow(few, outlet):
    given = np.stack([np.bincount(outlet.days, column) for column in outlet.y_true.T], axis=1).astype(int)
    found = _covered_months(np.bincount(outlet.days), given, 20, reprints=False)
    rates = {name: float(found[name].split()[0]) for name in ("trends", "no days")}
    assert 0.92 < rates["trends"] < 0.98 and rates["no days"] < rates["trends"] - 0.03


def test_corrected_intervals_hold_where_uncorrected_ones_do_not(few, outlet, monkeypatch):
    monkeypatch.setattr(coverage, "DRAWINGS", 8)
    monkeypatch.setattr(coverage, "SIZES", (1000,))
    monkeypatch.setattr(coverage, "CHECKED", (300,))
    (found,) = correction(outlet)
    assert found["corrected"] > 0.9 > found["uncorrected"] and found["corrected topics"] > 0.5


def test_what_was_read_is_counted():
    true, given = np.zeros((2, 2, len(TOPICS)), int)
    true[:, :2], given[:, :2] = [[1, 0], [1, 1]], [[1, 1], [0, 1]]
    checked = _checked(true, given)
    assert tuple(checked[TOPICS[0]]) == (1, 0, 1, 0) and tuple(checked[TOPICS[1]]) == (1, 1, 0, 0)


def test_real_periods_are_corrected_towards_the_truth(outlet):
    found = real_periods(outlet)
    assert found["periods"] == 2 and found["corrected"] < found["uncorrected"]
