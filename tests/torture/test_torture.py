"""A short round of ``make torture``, with seeds that change from run to run and are told when something fails."""

import pytest

from tests.conftest import SEED
from tests.torture import inputs, run
from tests.torture.attacks import ATTACKS


@pytest.mark.parametrize("function, count", ATTACKS, ids=[function.__name__ for function, _ in ATTACKS])
def test_hard_inputs_do_no_harm(function, count, tmp_path):
    outcome = run.attack(function, iter(range(SEED, SEED + count // 1000)), tmp_path)
    assert outcome.tried == count // 1000 and outcome.failures == []


@pytest.mark.slow
def test_disturbed_runs_lose_and_double_nothing(tmp_path):
    kills, pairs = run.disturb(kills=3, pairs=1, folder=tmp_path)
    assert kills.tried >= 3 and pairs.tried == 1
    assert kills.failures + pairs.failures == []


def test_a_failure_and_a_hang_are_noted_with_their_seed(monkeypatch):
    monkeypatch.setattr(run, "HANG", 0.05)

    def bad(random, given):
        """Fail."""
        while given:
            pass
        raise ValueError(random.random() < 2)

    assert run.attack(bad, iter([7]), False).failures == ["bad, seed 7: ValueError True"]
    assert run.attack(bad, iter([8]), True).failures == ["bad, seed 8: Hang more than 0.05 s"]


def test_an_equal_seed_gives_an_equal_input():
    for make in (inputs.word, inputs.text, inputs.csv, inputs.json_lines, inputs.name):
        assert [make(run.Random(seed)) for seed in range(20)] == [make(run.Random(seed)) for seed in range(20)]
