"""One module for each tool. To add a tool, write a `Writer` and add it to `WRITERS`."""

from collections.abc import Callable, Sequence
from pathlib import Path

from classifier.annotation.tasks import Task
from classifier.annotation.writers.csv import write_csv
from classifier.annotation.writers.doccano import write_doccano
from classifier.annotation.writers.label_studio import write_label_studio
from classifier.annotation.writers.prodigy import write_prodigy
from classifier.annotation.writers.xlsx import write_xlsx

Writer = Callable[[Path, Sequence[Task], Sequence[str]], None]
WRITERS: dict[str, Writer] = {
    "xlsx": write_xlsx,
    "csv": write_csv,
    "label-studio": write_label_studio,
    "doccano": write_doccano,
    "prodigy": write_prodigy,
}
BESIDE = {"label-studio": ".xml", "doccano": ".labels.json"}  # how the file of topics ends, which two tools need
