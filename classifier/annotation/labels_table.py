"""The table of labels, as ``train --labels`` takes it."""

import csv
from collections.abc import Sequence
from pathlib import Path

from classifier.annotation.readings import Label
from classifier.storage.atomic import atomic_write


def write_labels(path: Path, labels: Sequence[Label]) -> None:
    """Write a row for each article that was read; topics are joined by ``;``, none is an empty cell."""
    # Readers take a carriage return for the end of a row, and Python 3.11 does not quote it.
    has_return = any("\r" in label.id + label.chosen for label in labels)
    with atomic_write(path) as file:
        table = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL if has_return else csv.QUOTE_MINIMAL)
        table.writerow(Label._fields)
        for label in labels:
            table.writerow(label._replace(topics=";".join(label.topics), disputed=";".join(label.disputed)))  # type: ignore[arg-type]
