"""Inputs that fuzzing found, and those of past bugs, are handled without harm."""

import pytest

from tests.fuzz import run

INPUTS = run.read_corpus()


def test_inputs_are_named_by_kind_and_every_kind_has_some():
    kinds = {name: run.kind(content) for name, content in INPUTS.items()}
    assert [name for name, kind in kinds.items() if not name.startswith(f"{kind}-")] == []
    assert set(kinds.values()) == {*run.FORMATS, "text", "model"}


def test_the_corpus_does_not_depend_on_when_it_was_written(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "CORPUS", tmp_path / "corpus.zip")
    files = []
    for inputs in (INPUTS, dict(reversed(INPUTS.items()))):
        run.write_corpus(inputs)
        files.append(run.CORPUS.read_bytes())
    assert files[0] == files[1] and run.read_corpus() == INPUTS


@pytest.mark.parametrize("name", INPUTS)
def test_an_input_does_no_harm(name):
    run.try_input(INPUTS[name])
