"""A table for people: the headline of each article, and its topics below."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from classifier.data.answers import OutputOptions, TaggedBatch, Write, label
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
        for article, columns, probabilities, note in zip(
            batch.articles, batch.ranked(options), predictions.probabilities, predictions.notes, strict=True
        ):
            table = Table.grid(padding=(0, 1), pad_edge=True)
            table.add_column(min_width=43)  # the longest Russian name; with the longest id 76 columns
            table.add_column(style="cyan", min_width=27)
            table.add_column(justify="right", style="bold")
            for column in columns:
                topic = classes[column]
                name = topic_name(topic, options.names or "ru")
                table.add_row(Text(visible(name)), Text(visible(topic)), f"{probabilities[column]:.2f}")
            with console.capture() as shown:  # rich writes past the file, and ends the program when a pipe is closed
                console.print(label(article), style="bold", markup=False, no_wrap=True, overflow="ellipsis")
                console.print(table if columns else f"  [dim]{note or 'no topic'}[/]")
                console.print()
            file.write(shown.get())

    yield write
