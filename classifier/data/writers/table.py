"""A table for people: the headline of each article, and its topics below."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from classifier.data.answers import OutputOptions, TaggedBatch, Write, label
from classifier.model.predictions import Predictions
from classifier.text.display import visible
from classifier.topics import topic_name


@contextmanager
def write_table(file: IO[str], options: OutputOptions, classes: Sequence[str]) -> Iterator[Write]:
    """Open a function that writes batches."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=file, width=None if file.isatty() else 100, highlight=False)

    def write(batch: TaggedBatch) -> None:
        predictions = batch.predictions
        shown = batch.ranked(options)
        for row, (article, columns, note) in enumerate(zip(batch.articles, shown, predictions.notes, strict=True)):
            table = Table.grid(padding=(0, 1), pad_edge=True)
            table.add_column(min_width=43)  # the longest Russian name; with the longest id 76 columns
            table.add_column(style="cyan", min_width=27)
            table.add_column(justify="right", style="bold", min_width=4)  # also where there is none
            table.add_column(style="green")
            for column in columns:
                topic = predictions.classes[column]
                name = topic_name(topic, options.names or "ru")
                table.add_row(Text(visible(name)), Text(visible(topic)), *_evidence(predictions, row, column))
            with console.capture() as printed:  # rich writes past the file, and ends the program when a pipe is closed
                console.print(label(article), style="bold", markup=False, no_wrap=True, overflow="ellipsis")
                if columns:
                    console.print(table)
                if not columns or (note and not options.all_topics):  # rules and people may give topics all the same
                    console.print(f"  [dim]{note or 'no topic'}[/]")
                console.print()
            file.write(printed.get())

    yield write


def _evidence(predictions: Predictions, row: int, column: int) -> tuple[str, ...]:
    """Return the probability of a topic, if it has one, and who gave it, if that was not the model."""
    if predictions.origins is None:
        return (f"{predictions.probabilities[row, column]:.2f}",)
    probability, origin = predictions.probability(row, column), predictions.origin(row, column)
    return "" if probability is None else f"{probability:.2f}", origin if origin and origin != "model" else ""
