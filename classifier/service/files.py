"""A table of articles as a body, answered by a table of the same kind."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, NamedTuple
from urllib.parse import quote

from pydantic import ConfigDict, Field, ValidationError
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from classifier.data.articles import Columns, ReadOptions, SkippedRecords, batched
from classifier.data.reading import read
from classifier.data.writers import open_writer
from classifier.errors import Error
from classifier.service.bodies import media_type, mistake, save_body
from classifier.service.core import Service
from classifier.service.lanes import Job
from classifier.service.problems import Problem
from classifier.service.schemas import Options
from classifier.tagging.batches import tag_batch

FORMATS = {  # of tables, by media type
    "text/csv": "csv",
    "application/x-ndjson": "jsonl",
    "application/jsonl": "jsonl",
    "application/vnd.apache.parquet": "parquet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}
_MEDIA_TYPES = {format: kind for kind, format in reversed(FORMATS.items())}


class FileOptions(Options):
    """How a table is read and answered: parameters of the address."""

    model_config = ConfigDict(extra="forbid", strict=False)

    long: Annotated[bool, Field(description="A row for each topic of an article.")] = False
    keep: list[str] = Field(default_factory=list, description="Columns to copy; repeatable.")
    text_column: Annotated[str, Field(description="Column of the texts.")] = "text"
    title_column: Annotated[str, Field(description="Column of the headlines, if any.")] = "title"
    id_column: Annotated[str, Field(description="Column of the ids, if any.")] = "id"
    to: Annotated[str | None, Field(pattern="^(csv|jsonl|parquet|xlsx)$", description="Another kind of table.")] = None


class _Tagged(NamedTuple):
    """A table that was written, how many articles it has, and what was left out of it."""

    path: Path
    articles: int
    skipped: SkippedRecords


async def tag_file(request: Request, service: Service) -> Response:
    """Answer a table by a table."""
    format = FORMATS.get(media_type(request))
    if format is None:
        raise Problem(415, f"send JSON or a table, and say which in Content-Type: {', '.join(FORMATS)}")
    options = file_options(request)
    folder = TemporaryDirectory(prefix="news-topics-", ignore_cleanup_errors=True)
    try:
        source = Path(folder.name) / f"articles.{format}"
        with source.open("wb") as file:
            await save_body(request, service.settings, file)
        tagged = await service.large.run(request, lambda job: _tag(service, source, options, job))
    except BaseException:
        folder.cleanup()
        raise
    service.metrics.articles += tagged.articles
    headers = {"News-Topics-Articles": str(tagged.articles), "News-Topics-Left-Out": str(tagged.skipped.count)}
    if tagged.skipped.messages:  # a header takes no other letters than English ones as they are
        headers["News-Topics-Left-Out-First"] = quote(tagged.skipped.messages[0], safe=" ,;:!?()'\"=/")
    return FileResponse(
        tagged.path,
        headers=headers,
        media_type=_MEDIA_TYPES[tagged.path.suffix.removeprefix(".")],
        filename=tagged.path.name,
        background=BackgroundTask(folder.cleanup),
    )


def file_options(request: Request) -> FileOptions:
    """Return the parameters of the address; a `Problem` that tells the first mistake if they are others."""
    given = {
        name: request.query_params.getlist(name) if name == "keep" else value
        for name, value in request.query_params.items()
    }
    try:
        return FileOptions.model_validate(given)
    except ValidationError as error:
        raise mistake(FileOptions, error) from error


def _tag(service: Service, source: Path, options: FileOptions, job: Job) -> _Tagged:
    """Tag the articles of a table; returns the table that is written beside it."""
    columns = Columns(options.text_column, options.title_column, options.id_column, keep=tuple(options.keep))
    target = source.with_name(f"topics.{options.to}" if options.to else f"topics{source.suffix}")
    output = replace(options.output(), format=None, long=options.long, keep=tuple(options.keep))
    predictor, skipped, count = service.model.now.predictor, SkippedRecords(), 0

    def skip(error: Error) -> None:
        job.check()  # a table may have nothing else
        skipped(error)

    articles = read([source], ReadOptions(columns), on_error=skip, name=lambda path: path.name)
    with open_writer(target, output, predictor.classes) as write:
        for batch in batched(articles):
            job.check()
            count += len(batch)
            if count > service.settings.max_articles:
                raise service.too_many()
            write(tag_batch(predictor, batch, output.mode))
    if skipped.count and not count:
        raise Error(f"no article could be read: {skipped.messages[0]}")
    return _Tagged(target, count, skipped)
