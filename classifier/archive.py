"""An archive of many files to as many files of topics, on a Dask cluster: each file is a partition, and a task."""

import json
import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import dask
import pyarrow as pa
import pyarrow.parquet as pq
from distributed import Client, Future, KilledWorker, LocalCluster, Status, as_completed, get_worker

from classifier import __version__, articles, output
from classifier.articles import Columns, Notice, batches
from classifier.dask import shipped, unpacked
from classifier.errors import Error, UsageError
from classifier.files import check_folder
from classifier.output import Style
from classifier.processes import deaf
from classifier.tagger import Tagger
from classifier.tagging import Tagged, tag_batch

TABLES = [".csv", ".tsv", ".jsonl", ".parquet"]  # files of many articles
SHOWN = 10  # broken records of a partition that are described
_PATIENCE = 5  # seconds until a scheduler has to answer
_KEY = b"news-topics"  # of our facts in the metadata of Parquet


class Partition(NamedTuple):
    """A file of the archive, as the user calls it and where it is, and the file that gets its topics.

    `stamp` tells whether the file is still the same: its size, and when it was changed.
    """

    name: str
    source: Path
    target: Path
    stamp: list[int]


class Recipe(NamedTuple):
    """How the articles of all partitions are read, tagged and written, and what each target says of its making."""

    columns: Columns
    encoding: str | None
    format: str | None
    style: Style
    min_probability: float | None
    strict: bool
    facts: dict[str, Any]


class Outcome(NamedTuple):
    """What has become of a partition: nothing is written if there is a `problem`."""

    partition: Partition
    articles: int = 0
    unjudged: int = 0
    broken: int = 0
    complaints: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    problem: str = ""


def partitions(sources: Sequence[Path], target: Path, format: str | None) -> list[Partition]:
    """The files of some folders (or files), each with its place under `target`.

    Raises
    ------
    UsageError
        A source is missing or no table, two files would get the same target, or `target` cannot be made or lies in the
        archive.
    """
    check_folder(target)
    found: dict[Path, Partition] = {}
    for source in sources:
        if source.is_dir() and target.resolve().is_relative_to(source.resolve()):
            raise UsageError(f"the output {target} lies in {source}, which is read: name a folder elsewhere")
        for file in articles.expand(source):
            _check_table(file, format)
            inner = file.relative_to(source) if file != source else Path(file.name)
            place = (target / inner).with_suffix(".parquet").absolute()
            if place in found:
                raise UsageError(f"{found[place].name} and {file} would both become {place}: tag them one by one")
            facts = file.stat()
            found[place] = Partition(str(file), file.absolute(), place, [facts.st_size, facts.st_mtime_ns])
    return list(found.values())


def _check_table(file: Path, format: str | None) -> None:
    kind = f".{format}" if format else file.suffix.lower()
    if not file.is_file() or kind not in TABLES:
        name = "standard input" if file == Path(articles.STDIN) else file
        raise UsageError(
            f"{name} is no table of articles ({' '.join(TABLES)}): into a folder I tag each table to one of its own; "
            "name a file for --output to tag all together"
        )


def _make_folders(folders: set[Path]) -> None:
    for folder in folders:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"cannot make folder {folder}: {error.strerror}") from error


def pending(every: list[Partition], facts: dict[str, Any], *, resume: bool) -> list[Partition]:
    """The partitions without topics, or whose articles have changed since.

    Raises
    ------
    UsageError
        There are answers and they are not to be added to, or they come from another model or other options.
    """
    done = [one for one in every if one.target.exists()]
    if done and not resume:
        raise UsageError(
            f"{done[0].target.parent} holds answers already, {done[0].target.name} for one: "
            "add --resume to go on with them, or name a new folder"
        )
    stamps = {one.target: _stamp_of(one.target, facts) for one in done}
    return [one for one in every if stamps.get(one.target) != one.stamp]


def clean(every: list[Partition]) -> None:
    """Remove what workers have left that were killed while they wrote."""
    for folder in {one.target.parent for one in every}:
        for rest in folder.glob(".*.parquet.*"):
            rest.unlink(missing_ok=True)


def _stamp_of(target: Path, facts: dict[str, Any]) -> Any:
    """Of the articles that the topics in `target` were given to."""
    try:
        told = json.loads((pq.read_schema(target).metadata or {})[_KEY])
    except (OSError, pa.ArrowException, KeyError, ValueError):
        told = {}
    stamp = told.pop("stamp", None)
    if told != json.loads(json.dumps(facts)):  # which has no tuples
        raise UsageError(f"{target} was made otherwise, by another model or other options: name a new folder")
    return stamp


@contextmanager
def cluster(scheduler: str | None, workers: int | None) -> Iterator[Client]:
    """A client of the scheduler at an address, or of a cluster on this machine, of one process a core if not told.

    Raises
    ------
    UsageError
        This is no address.
    Error
        Nobody answers there, or a worker lacks this package or has another version.
    """
    if scheduler is None:
        # No log: what goes wrong is told by the outcome. Its web page takes any port that is free.
        options = {"threads_per_worker": 1, "dashboard_address": "127.0.0.1:0", "silence_logs": logging.CRITICAL + 1}
        with ExitStack() as stack:
            with deaf():
                local = stack.enter_context(LocalCluster(n_workers=workers or dask.system.CPU_COUNT, **options))
            yield stack.enter_context(Client(local))
        return
    try:
        client = Client(scheduler, timeout=_PATIENCE)
    except ValueError as error:
        raise UsageError(f"{scheduler} is no address of a Dask scheduler, such as tcp://host:8786 ({error})") from error
    except OSError as error:
        raise Error(f"no Dask scheduler answers at {scheduler}: is it running, and to be reached from here?") from error
    with client:
        _check_workers(client)
        yield client


def _check_workers(client: Client) -> None:
    """Refuse workers whose answers might be others."""
    advice = f"every worker needs what is here, {_versions()}"
    try:
        versions = client.run(_versions)
    except Exception as error:  # of any kind: it comes from another machine
        raise Error(f"a worker cannot load this package ({error}): {advice}") from error
    for worker, found in versions.items():
        if found != _versions():
            raise Error(f"worker {worker} has {found}: {advice}")


def _versions() -> str:
    return f"news-topics {__version__} and pymorphy3-dicts-ru {version('pymorphy3-dicts-ru')}"


def run(client: Client, todo: Sequence[Partition], tagger: Tagger, recipe: Recipe) -> Iterator[Outcome]:
    """Tag partitions, and tell of each when it is done or has failed; those left when nobody asks on are cancelled.

    Raises
    ------
    UsageError
        A folder for the targets cannot be made.
    """
    _make_folders({one.target.parent for one in todo})
    model = shipped(tagger)
    work = dask.delayed(_tag_partition, pure=False)
    futures = client.compute([work(one, model, recipe) for one in todo])
    whose = dict(zip(futures, todo, strict=True))
    try:
        for future in as_completed(futures):
            yield _outcome(future, whose[future])
    finally:
        client.cancel(futures)


def _outcome(future: Future, one: Partition) -> Outcome:
    error = future.exception()
    if error is None:
        outcome: Outcome = future.result()
        return outcome
    if isinstance(error, KilledWorker):
        return Outcome(one, problem=f"{one.name}: every worker that had it ended; was there too little memory?")
    return Outcome(one, problem=f"{one.name}: {type(error).__name__}: {error}")


def _tag_partition(one: Partition, model: bytes, recipe: Recipe) -> Outcome:
    """On a worker: tag a file into another, which appears when it is whole."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", Notice)
        try:
            outcome = _tag_file(one, unpacked(model), recipe)
        except (Error, OSError) as error:
            outcome = Outcome(one, problem=str(error))
    return outcome._replace(notices=tuple(str(notice.message) for notice in caught))


def _tag_file(one: Partition, tagger: Tagger, recipe: Recipe) -> Outcome:
    if not one.source.exists():
        raise Error(f"{one.name}: a worker sees no {one.source}: all machines must find the archive in the same place")
    complaints: list[str] = []
    broken = 0

    def complain(error: Error) -> None:
        nonlocal broken
        broken += 1
        if broken <= SHOWN:
            complaints.append(str(error))

    read = articles.read(
        [one.source],
        recipe.columns,
        encoding=recipe.encoding,
        format=recipe.format,
        broken=None if recipe.strict else complain,
        name=lambda _: one.name,
    )
    tagged = (tag_batch(tagger, batch, recipe.min_probability) for batch in batches(read))
    first = next(tagged, [])
    columns = output.schema(recipe.style, _kept(one.source, recipe, first), tagger.classes)
    facts = json.dumps({**recipe.facts, "stamp": one.stamp})
    count = unjudged = 0
    with output.writer(one.target, "parquet", recipe.style, columns.with_metadata({_KEY: facts})) as write:
        for batch in chain([first] if first else [], tagged):
            _check_alive()
            write(batch)
            count += len(batch)
            unjudged += sum(bool(each.note) for each in batch)
    return Outcome(one, count, unjudged, broken, tuple(complaints))


def _check_alive() -> None:
    """End the work of a worker that is being closed, which waits four seconds for it."""
    if get_worker().status is Status.closing:
        raise Error("the worker was closed")


def _kept(source: Path, recipe: Recipe, first: list[Tagged]) -> pa.Schema:
    """Kept columns: as Parquet has them, or as they are in the first articles of another table."""
    if (recipe.format or source.suffix.lower().removeprefix(".")) != "parquet":
        return output.kept(first, recipe.style)
    have = pq.read_schema(source)
    return pa.schema([have.field(column) for column in recipe.style.keep])
