"""Results in files, so that a long run survives an interruption: what is there is not computed again."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier.storage.atomic import atomic_write
from tests.benchmarks.quality.contenders import Answer, Model
from tests.benchmarks.quality.materials import LENGTHS, Materials, Split

FIELDS = ("rows", "scores", "y_pred", "cutoffs")


class Outcome(NamedTuple):
    """What a contender says about the tested rows of a split at one length."""

    split: str
    length: str
    rows: NDArray[np.int64]
    answer: Answer


class Store(NamedTuple):
    """A folder of results: settings and tables as JSON, answers as .npz, one file for contender and split."""

    folder: Path

    def file(self, name: str, split: str) -> Path:
        """Return the file of a contender's answers on a split."""
        return self.folder / f"{name.replace('/', ' of ')}, {split}.npz"

    def has(self, name: str, split: str) -> bool:
        """Return whether a contender has answered on a split."""
        return self.file(name, split).exists()

    def load(self, name: str, split: str) -> list[Outcome]:
        """Return a contender's answers on a split, at all lengths that it can score."""
        with np.load(self.file(name, split)) as stored:
            known = {length: [stored[f"{field}, {length}"] for field in FIELDS] for length in stored["lengths"]}
        return [Outcome(split, str(length), rows, Answer(*values)) for length, (rows, *values) in known.items()]

    def save(self, name: str, split: str, found: list[Outcome]) -> None:
        """Keep a contender's answers on a split."""
        arrays: dict[str, NDArray] = {"lengths": np.array([tested.length for tested in found])}
        for tested in found:
            answer = tested.answer
            values = (tested.rows, answer.scores.astype(np.float32), answer.y_pred.astype(np.int8), answer.cutoffs)
            arrays |= {f"{field}, {tested.length}": value for field, value in zip(FIELDS, values, strict=True)}
        self.folder.mkdir(parents=True, exist_ok=True)
        with atomic_write(self.file(name, split), binary=True) as file:
            np.savez_compressed(file, **arrays)

    def read(self, name: str, default: Callable[[], Any]) -> Any:
        """Return what a JSON file holds, or the default if there is none."""
        file = self.folder / f"{name}.json"
        return json.loads(file.read_text("utf-8")) if file.exists() else default()

    def write(self, name: str, value: Any) -> None:
        """Keep something as a JSON file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with atomic_write(self.folder / f"{name}.json") as file:
            json.dump(value, file, ensure_ascii=False, indent=1)

    def once(self, name: str, compute: Callable[[], Any]) -> None:
        """Compute and keep something as a JSON file, unless it is there."""
        if not (self.folder / f"{name}.json").exists():
            self.write(name, compute())


def examine(model: Model, news: Materials, split: Split) -> list[Outcome]:
    """Return the answers of a fitted model on the tested rows, at all lengths that it can score."""
    found = []
    for length in LENGTHS:
        inputs = news.inputs(split.test, length)
        answer = model(inputs) if inputs.texts else None
        if answer is not None:
            found.append(Outcome(split.name, length, inputs.rows, answer))
    return found
