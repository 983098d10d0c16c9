"""An archive of many files to as many files of topics, on a Dask cluster: each file is one task."""

import glob
import json
import warnings
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NamedTuple

import dask
import pyarrow as pa
import pyarrow.parquet as pq
from distributed import Client, Future, KilledWorker, Status, get_worker

from classifier.dask.frames import broadcast
from classifier.data.answers import OutputOptions, TaggedBatch
from classifier.data.articles import STDIN, Notice, ReadOptions, SkippedRecords, batched
from classifier.data.folders import expand
from classifier.data.reading import read
from classifier.data.writers.parquet import answer_schema, kept_fields, write_parquet
from classifier.errors import Error, UsageError
from classifier.model.predictor import TopicPredictor, cached_predictor
from classifier.storage.atomic import TEMPORARY, atomic_write
from classifier.storage.paths import check_folder, fingerprint, make_folder
from classifier.tagging.batches import tag_batch
from classifier.tagging.corrections import Corrections

TABLES = [".csv", ".tsv", ".jsonl", ".parquet"]  # files of many articles
_KEY = b"news-topics"  # of what the metadata of a Parquet file says about its making


class ArchiveFile(NamedTuple):
    """A file of the archive: its name for the user, its path, the file for its topics, and its fingerprint."""

    name: str
    source: Path
    target: Path
    fingerprint: list[int]


class Job(NamedTuple):
    """How all files are read, tagged and written, and what each target says about its making (`run`)."""

    read: ReadOptions
    output: OutputOptions
    run: dict[str, Any]


class Outcome(NamedTuple):
    """What became of a file; if there is a `problem`, nothing was written."""

    file: ArchiveFile
    articles: int = 0
    unjudged: int = 0
    labelled: int = 0
    skipped: int = 0
    messages: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    problem: str = ""


def list_files(sources: Sequence[Path], target: Path, options: ReadOptions) -> list[ArchiveFile]:
    """Return the files of some folders (or files), each with its place under `target`.

    Raises
    ------
    UsageError
        A source does not exist or is not a table, two files would get the same target, or `target` cannot be created or
        lies in the archive.
    """
    check_folder(target)
    files: dict[Path, ArchiveFile] = {}
    for source in sources:
        if source.is_dir() and target.resolve().is_relative_to(source.resolve()):
            raise UsageError(f"the output {target} lies in {source}, which is read: name a folder elsewhere")
        for file in expand(source, strict=options.strict):
            _check_table(file, options.format)
            relative = file.relative_to(source) if file != source else Path(file.name)
            place = (target / relative).with_suffix(".parquet").absolute()
            if place in files:
                raise UsageError(f"{files[place].name} and {file} would both become {place}: tag them one by one")
            files[place] = ArchiveFile(str(file), file.absolute(), place, fingerprint(file))
    return list(files.values())


def _check_table(file: Path, format: str | None) -> None:
    if not file.is_file() or _suffix(file, format) not in TABLES:
        name = "standard input" if file == Path(STDIN) else file
        raise UsageError(
            f"{name} is not a table of articles ({' '.join(TABLES)}, not packed): into a folder, each table becomes a "
            "file; name a file for --output to tag all together"
        )


def _suffix(file: Path, format: str | None) -> str:
    return f".{format}" if format else file.suffix.lower()


def pending_files(files: list[ArchiveFile], run: dict[str, Any], *, resume: bool) -> list[ArchiveFile]:
    """Return the files without topics, and those that have changed since they were tagged.

    Raises
    ------
    UsageError
        There are answers and the run is not to be resumed, or they come from another model or other options.
    """
    done = [file for file in files if file.target.exists()]
    if done and not resume:
        raise UsageError(
            f"{done[0].target} exists already, as an earlier run may have left it: "
            "add --resume to continue with the other files, or name a new folder"
        )
    fingerprints = {file.target: _tagged_fingerprint(file.target, run) for file in done}
    return [file for file in files if fingerprints.get(file.target) != file.fingerprint]


def remove_temporary(files: list[ArchiveFile]) -> None:
    """Remove what workers left that were killed while they wrote: the temporary files of `atomic_write`."""
    for file in files:
        for rest in file.target.parent.glob(f".{glob.escape(file.target.name)}.????????{TEMPORARY}"):
            rest.unlink(missing_ok=True)


def _tagged_fingerprint(target: Path, run: dict[str, Any]) -> Any:
    """Return the fingerprint of the articles that got the topics in `target`."""
    try:
        made = json.loads((pq.read_schema(target).metadata or {})[_KEY])
    except (OSError, pa.ArrowException, KeyError, ValueError):
        made = {}
    known = made.pop("fingerprint", None)
    if made != json.loads(json.dumps(run)):  # JSON has no tuples
        raise UsageError(f"{target} comes from another model or other options: name a new folder")
    return known


def tag_files(
    client: Client,
    files: Sequence[ArchiveFile],
    predictor: TopicPredictor,
    job: Job,
    corrections: Corrections = Corrections(),  # noqa: B008  (it is immutable)
) -> Iterator[Outcome]:
    """Tag files, and yield the outcome of each when it is done or has failed; if the caller stops, cancel the rest.

    Raises
    ------
    UsageError
        A folder for the targets cannot be created.
    """
    for folder in {file.target.parent for file in files}:
        make_folder(folder)
    model, made_of_it = broadcast(predictor.to_bytes()), broadcast(corrections)
    task = dask.delayed(_tag_file, pure=False)
    futures = client.compute([task(file, model, job, made_of_it) for file in files])
    file_of = dict(zip(futures, files, strict=True))
    # Not Dask's as_completed: Ctrl-C may leave its lock taken, and the cluster waits for that for ever when it closes.
    done = SimpleQueue[Future]()
    try:
        for future in futures:
            future.add_done_callback(done.put)
        for _ in futures:
            future = done.get()
            yield _outcome(future, file_of[future])
    finally:
        client.cancel(futures)


def _outcome(future: Future, file: ArchiveFile) -> Outcome:
    error = future.exception()
    if error is None:
        outcome: Outcome = future.result()
        return outcome
    if isinstance(error, KilledWorker):
        return Outcome(file, problem=f"{file.name}: every worker that had it ended; was there too little memory?")
    return Outcome(file, problem=f"{file.name}: {type(error).__name__}: {error}")


def _tag_file(file: ArchiveFile, model: bytes, job: Job, corrections: Corrections) -> Outcome:
    """On a worker: tag a file into another, which appears when it is complete."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", Notice)
        try:
            outcome = _read_tag_write(file, cached_predictor(model), job, corrections)
        except (Error, OSError) as error:
            outcome = Outcome(file, problem=str(error))
    return outcome._replace(notices=tuple(str(notice.message) for notice in caught))


def _read_tag_write(file: ArchiveFile, predictor: TopicPredictor, job: Job, corrections: Corrections) -> Outcome:
    if not file.source.exists():
        raise Error(f"{file.name}: a worker has no {file.source}: all machines must see the archive under one path")
    skipped = SkippedRecords()
    articles = read([file.source], job.read, on_error=skipped, name=lambda _: file.name)
    batches = (tag_batch(predictor, batch, job.output.mode, corrections) for batch in batched(articles))
    first = next(batches, None)
    classes = corrections.select(predictor.classes)
    schema = answer_schema(job.output, _kept_fields(file.source, job, first), classes)
    made = json.dumps({**job.run, "fingerprint": file.fingerprint})
    schema = schema.with_metadata({_KEY: made})
    count = unjudged = labelled = 0
    with (
        atomic_write(file.target, binary=True) as target,
        write_parquet(target, job.output, classes, schema) as write,
    ):
        for batch in chain([first] if first else [], batches):
            _check_worker()
            write(batch)
            count += len(batch)
            unjudged += batch.unjudged
            labelled += len(corrections.labelled(batch.articles))
    return Outcome(file, count, unjudged, labelled, skipped.count, tuple(skipped.messages))


def _check_worker() -> None:
    """End the work of a worker that is being closed, which waits four seconds for it."""
    if get_worker().status is Status.closing:
        raise Error("the worker was closed")


def _kept_fields(source: Path, job: Job, first: TaggedBatch | None) -> list[pa.Field]:
    """Return the kept columns as a Parquet file has them, or as the first articles of another table show them."""
    if _suffix(source, job.read.format) != ".parquet":
        return kept_fields(first, job.output)
    schema = pq.read_schema(source)
    return [schema.field(column) for column in job.output.keep]
