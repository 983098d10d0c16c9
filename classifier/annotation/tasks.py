"""Articles for people to read, and the files in which they get them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from classifier.data.articles import AT_RANDOM, Article
from classifier.data.readers.source import plain
from classifier.errors import UsageError
from classifier.topics import topic_name

if TYPE_CHECKING:
    from classifier.arrays import Float64Array, IndicatorArray

ID = "article_id"  # in the tools, which give tasks an ``id`` of their own
NO_TOPIC = "Нет темы"  # says that an article was read and has none, where a tool cannot tell that from not read
_ENDINGS = {".xlsx": "xlsx", ".csv": "csv", ".json": "label-studio"}


class Task(NamedTuple):
    """An article for a person to read.

    Attributes
    ----------
    article
        The article; the first line of its text is the headline.
    suggested
        Topics that the model gives, with probabilities, most probable first.
    chosen
        Why: ``random``, ``uncertain`` (near a topic's threshold), ``phrase``, or ``doubt`` (of the label it has).
    topic
        The topic it was chosen for; an empty string if random.
    note
        What else the reader should know.
    """

    article: Article
    suggested: dict[str, float]
    chosen: str
    topic: str
    note: str = ""

    @property
    def shown(self) -> dict[str, float]:
        """The suggestions that the reader sees: none for a random article.

        They sway the reader, and only what is random and unswayed measures the model honestly.
        """
        return {} if self.chosen == AT_RANDOM else self.suggested

    @property
    def noted(self) -> dict[str, str]:
        """The note as a field of JSON; none if there is no note."""
        return {"note": self.note} if self.note else {}

    @property
    def text(self) -> str:
        """The text of the article as every format can hold it."""
        return str(plain(self.article.text))

    @property
    def headline(self) -> str:
        """The first line of the text."""
        return self.text.partition("\n")[0]

    @property
    def body(self) -> str:
        """The text below the headline."""
        return self.text.partition("\n")[2]


def write_tasks(path: Path, tasks: Sequence[Task], topics: Sequence[str], tool: str | None) -> None:
    """Write articles for people to read.

    A `Notice` tells what a tool cannot hold as it is.

    Parameters
    ----------
    path
        The file to write.
    tasks
        The articles, in the order in which they are read.
    topics
        Ids of the topics that readers may give.
    tool
        What it is for, a name of `writers.WRITERS`; None: by the ending of `path`.

    Raises
    ------
    UsageError
        The tool is unknown, an id is missing or repeated, or the file cannot be written.
    """
    from classifier.annotation.writers import WRITERS

    _check_ids(tasks)
    WRITERS[tool_for(path, tool)](path, tasks, topics)


def tool_for(path: Path, tool: str | None = None) -> str:
    """Return the tool, if given, else what the ending of `path` says; a `UsageError` if it says nothing."""
    from classifier.annotation.writers import WRITERS

    tool = tool or _ENDINGS.get(path.suffix.lower(), "")
    if tool not in WRITERS:
        raise UsageError(
            f"cannot tell for which tool {path} is: name a file that ends in {' '.join(_ENDINGS)}, "
            f"or choose one of {', '.join(WRITERS)}"
        )
    return tool


def written_files(path: Path, tool: str | None = None) -> list[Path]:
    """Return the files that `write_tasks` writes: some tools also need a list of topics, which stands beside."""
    from classifier.annotation.writers import BESIDE

    ending = BESIDE.get(tool_for(path, tool))
    return [path, *([path.with_suffix(ending)] if ending else [])]


def suggest(classes: Sequence[str], probabilities: "Float64Array", y_pred: "IndicatorArray") -> dict[str, float]:
    """Return the topics that an article gets, (topics,), with their probabilities, most probable first."""
    ranked = [column for column in (-probabilities).argsort() if y_pred[column]]
    return {classes[column]: float(probabilities[column]) for column in ranked}


def named(suggestions: dict[str, float]) -> str:
    """Return suggestions as people read them.

    >>> named({"sport": 0.97, "culture": 0.4})
    'Спорт 0.97; Культура и искусство 0.40'
    """
    return "; ".join(f"{topic_name(topic, 'ru')} {probability:.2f}" for topic, probability in suggestions.items())


def _check_ids(tasks: Sequence[Task]) -> None:
    """Refuse ids by which labels could not be joined to their articles."""
    places: dict[str, str] = {}
    for task in tasks:
        identifier, place = task.article.id, task.article.place
        if not identifier.strip():
            raise UsageError(f"{place} has no id: labels could not be joined to it")
        if identifier in places:
            raise UsageError(f"{place} has the id {identifier!r}, as {places[identifier]} has: make the ids differ")
        places[identifier] = place
