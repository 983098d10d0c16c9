"""``news-topics predict`` into a folder: an archive, file by file, on a Dask cluster."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifier.cli.console import progress_bar, report_skipped, say, skip_and_tell, sum_up
from classifier.cli.corrections import report_labelled
from classifier.data.answers import OutputOptions
from classifier.data.articles import ReadOptions, SkippedRecords
from classifier.errors import Error, UsageError

if TYPE_CHECKING:
    from classifier.dask.archive import ArchiveFile, Job, Outcome
    from classifier.tagging.corrections import Corrections


def tag_archive(
    sources: Sequence[Path],
    output: str | None,
    model: Path | None,
    read: ReadOptions,
    answer: OutputOptions,
    run: dict[str, Any],
    corrections: "Corrections",
    *,
    resume: bool,
    scheduler: str | None,
    jobs: int | None,
) -> None:
    """Tag each file of an archive into one of its own."""
    from classifier.dask import archive
    from classifier.model.predictor import load_predictor
    from classifier.storage.lock import lock_folder

    target = _check_folder(output, answer.format, scheduler, jobs)
    job = archive.Job(read, answer, {**run, "options": [answer.names, answer.all_topics, answer.long, answer.mode]})
    files = archive.list_files(sources, target, read)
    with lock_folder(target, f"writing into {target}"):
        pending = archive.pending_files(files, job.run, resume=resume)
        if not pending:
            say(f"nothing is left to tag: the answers to every file are in {target}")
            return
        if len(pending) < len(files):
            say(f"continuing after {len(files) - len(pending):,} of {len(files):,} files")
        predictor = load_predictor(model)
        answer.check_topics(corrections.select(predictor.classes))
        try:
            counts = _run(files, pending, predictor, job, corrections, scheduler, jobs)
        except KeyboardInterrupt:
            done = f"{sum(file.target.exists() for file in files):,} of {len(files):,} files are tagged"
            say(f"{done}, the same command with --resume continues with the others")
            raise
        finally:
            archive.remove_temporary(files)
    if counts["failed"]:
        failed = f"{counts['failed']:,} of {len(files):,} files could not be tagged"
        raise Error(f"{failed}; the others are in {target}, and the same command with --resume tries these again")
    report_labelled(corrections, counts["labelled"], resumed=len(pending) < len(files))
    sum_up(counts["articles"], counts["unjudged"], str(target))


def _run(
    files: "list[ArchiveFile]",
    pending: "list[ArchiveFile]",
    predictor: Any,
    job: "Job",
    corrections: "Corrections",
    scheduler: str | None,
    jobs: int | None,
) -> Counter[str]:
    """Tag the pending files and report each; returns how many articles were tagged and not judged, and files failed."""
    from classifier.dask import archive
    from classifier.dask.cluster import connect, describe

    skipped = skip_and_tell()
    counts = Counter[str]()
    done = len(files) - len(pending)
    with connect(scheduler, jobs) as client, progress_bar(done, "files", len(files)) as advance:
        say(f"files to tag: {len(pending):,}; {describe(client)}")
        for outcome in archive.tag_files(client, pending, predictor, job, corrections):
            _report(outcome, skipped, strict=job.read.strict)
            counts.update(articles=outcome.articles, unjudged=outcome.unjudged, labelled=outcome.labelled)
            counts.update(failed=bool(outcome.problem))
            advance(1)
    report_skipped(skipped)
    return counts


def _report(outcome: "Outcome", skipped: SkippedRecords, *, strict: bool) -> None:
    """Say what there is to say about a file that is done or has failed."""
    for notice in outcome.notices:
        say(notice)
    skipped.add(outcome.messages, outcome.skipped)
    if outcome.problem and strict:
        raise Error(outcome.problem)
    if outcome.problem:
        say(f"not tagged: {outcome.problem}")


def _check_folder(output: str | None, format: str | None, scheduler: str | None, jobs: int | None) -> Path:
    """Return the folder to write, after checking options that cannot be combined with it."""
    if output is None:
        raise UsageError("--scheduler needs --output DIR/, a folder that all machines see")
    if format not in (None, "parquet"):
        raise UsageError(f"--format {format} cannot be combined with --output DIR/, whose files are Parquet")
    if scheduler is not None and jobs is not None:
        raise UsageError("--jobs cannot be combined with --scheduler: the cluster has its own workers")
    return Path(output)
