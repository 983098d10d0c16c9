"""The command ``news-topics``: options and output; the work is done in the modules it imports, each when needed."""

import codecs
import json
import os
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from classifier import __version__
from classifier.articles import FORMATS as INPUTS
from classifier.articles import Article, Columns, expand, read
from classifier.errors import Error, UsageError, one_line
from classifier.files import beside, check_writable
from classifier.output import FORMATS, Style, Write, label, writer

if TYPE_CHECKING:
    import pandas as pd
    from distributed import Client

    from classifier.archive import Outcome
    from classifier.explain import Explanation
    from classifier.tagging import Tagged

PATH = click.Path(path_type=Path)
_Command = TypeVar("_Command", bound=Callable[..., Any])


def main() -> NoReturn:
    """Run the command and turn whatever goes wrong into one line and an exit code: 2 wrong use, 1 a failed run."""
    warnings.showwarning = lambda message, *_, **__: _say(str(message))
    try:
        cli.main(standalone_mode=False, prog_name="news-topics")
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        sys.exit(error.exit_code)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        usage = f" (see '{context.command_path} --help')" if context else ""
        _fail(error.format_message() + usage, error.exit_code)
    except Error as error:
        _fail(str(error), error.exit_code)
    except OSError as error:  # the disk is full, most often
        _to_nowhere()
        _fail(f"cannot write {error.filename or 'the output'}: {error.strerror or error}", 1)
    except (click.Abort, KeyboardInterrupt):
        _fail("interrupted; no file was written", 130)
    sys.exit(0)


def _say(message: str) -> None:
    # Not err=True, for click then writes past the progress bar, which moves out of the way of sys.stderr alone.
    click.echo(f"news-topics: {one_line(message)}", file=sys.stderr)


def _number(count: int, unit: str) -> str:
    return f"{count:,} {unit}{'s' if count != 1 else ''}"


def _fail(message: str, code: int) -> NoReturn:
    _say(message)
    sys.exit(code)


def _columns(command: _Command) -> _Command:
    """Options that say how tables are read."""
    for option in (
        click.option("--encoding", metavar="NAME", help="Encoding of text files  [default: UTF-8, else guessed]"),
        click.option("--id-column", default="id", show_default=True, help="Column of the articles' ids, if any."),
        click.option("--title-column", default="title", show_default=True, help="Column of the headlines, if any."),
        click.option("--text-column", default="text", show_default=True, help="Column of the texts."),
    ):
        command = option(command)
    return command


_model = click.option("--model", type=PATH, metavar="DIR", help="Model folder  [default: the shipped model]")
_trust = click.option(
    "--trust",
    is_flag=True,
    help="Load a model that is a pickle, which may run any program: you trust whoever made it.",
)
_source_format = click.option(
    "--from", "source_format", type=click.Choice(INPUTS), help="Input format  [default: by file ending]"
)
_labels = click.option(
    "--labels",
    type=PATH,
    multiple=True,
    help="Table of id, topics and, if wanted, split; repeatable: later tables amend earlier ones.",
)


class _Quiet(click.Group):
    """A group whose commands end in peace when `| head` has seen enough; click's own way is exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            _to_nowhere()
            return None
        return result


def _to_nowhere() -> None:
    """Let what standard output still holds go nowhere when Python flushes it at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _format(*formats: str) -> Callable[[_Command], _Command]:
    """The option that says how a table is printed; the first format is the default."""
    kinds = click.Choice(formats)
    return click.option("--format", type=kinds, default=formats[0], show_default=True, help="For people, or machines.")


@click.group(cls=_Quiet, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__)
def cli() -> None:
    """Tell what Russian news articles are about.

    \b
    news-topics predict article.txt                   one article
    news-topics predict news.csv -o topics.jsonl      a table with a column "text"
    cat article.txt | news-topics predict             standard input
    """  # noqa: D301  (the backslash is click's mark for lines that are not to be wrapped)


@cli.command()
@click.argument("files", nargs=-1, type=PATH)
@_model
@_trust
@click.option(
    "--output",
    "-o",
    metavar="FILE | DIR/",
    help="File to write, which appears when all is done; or folder, see above.",
)
@click.option(
    "--format",
    type=click.Choice(FORMATS),
    help="[default: by the ending of --output; a table on a terminal; else jsonl]",
)
@click.option(
    "--names",
    type=click.Choice(["ru", "en", "iptc", "iptc-top"]),
    help="Add names of the topics: Russian, English, or their IPTC Media Topic (or top-level topic).",
)
@click.option("--all", "everything", is_flag=True, help="Add the probability of every topic.")
@click.option(
    "--min-probability",
    type=click.FloatRange(0, 1, min_open=True),
    metavar="P",
    help="Give the topics of at least this probability: with a high P fewer, and more of them right  [default: "
    "each topic's own threshold, which balances the two]",
)
@click.option("--keep", multiple=True, metavar="COLUMN", help="Copy an input column to the output; repeatable.")
@click.option("--resume", is_flag=True, help="Go on with an interrupted run into --output, where there is one.")
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Dask cluster that tags into the folder, such as tcp://host:8786  [default: one on this machine]",
)
@click.option("--strict", is_flag=True, help="Stop at the first record that cannot be read, instead of leaving it out.")
@_source_format
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="Processes; two pay from 10,000 articles on.  [default: 1; into a folder one a core]",
)
@_columns
def predict(
    files: tuple[Path, ...],
    model: Path | None,
    trust: bool,
    output: str | None,
    format: str | None,
    names: Any,
    everything: bool,
    min_probability: float | None,
    keep: tuple[str, ...],
    resume: bool,
    scheduler: str | None,
    strict: bool,
    source_format: str | None,
    jobs: int | None,
    **options: str,
) -> None:
    """Give topics to the articles in FILES.

    FILES are .txt (one article each, the headline on its first line), .html (pages saved from a news site; needs
    trafilatura), .csv, .tsv, .jsonl or .parquet (a row each, with a column "text" and, where present, "title" and
    "id"), folders of these, or - for standard input: JSON lines, or one article.

    A record that cannot be read is reported and left out. A text that is not Russian gets no topic but a note.

    Where --output is a folder (one that exists, or a name that ends in /), each table of FILES becomes a Parquet file
    there: on all cores of this machine, or on the Dask cluster of --scheduler. Needs Dask.
    """
    from classifier.store import manifest

    encoding, columns = _named(keep, **options)
    style = Style(names, everything, keep)
    facts = {
        "model": manifest(model)["sha256"],
        "options": [names, everything, min_probability, keep, source_format, options],
    }
    sources = _asked(files or [Path("-")])
    if scheduler is not None or _is_folder(output):
        settings = {
            "columns": columns,
            "encoding": encoding,
            "format": source_format,
            "style": style,
            "min_probability": min_probability,
            "strict": strict,
            "facts": facts,
        }
        target = _folder(output, format, scheduler, jobs)
        _tag_archive(sources, target, model, trust, settings, resume=resume, scheduler=scheduler, jobs=jobs)
        return
    broken = _Broken()
    articles = read(sources, columns, encoding=encoding, format=source_format, broken=None if strict else broken)
    run = {**facts, "input": [_stamp(file) for source in sources for file in expand(source)]}
    unjudged = 0
    with _results(output, format, style, run, resume) as (write, count):
        from classifier.tagging import tag

        rest = islice(articles, count, None)
        for batch in _counted(
            tag(model, rest, jobs or 1, min_probability, trust=trust),
            count,
            show=output is not None or not sys.stdout.isatty(),
        ):
            write(batch)
            count += len(batch)
            unjudged += sum(bool(tagged.note) for tagged in batch)
        broken.tell()
        if broken.count and not count:
            raise Error("no article could be read")
    _sum_up(count, unjudged, output)


def _sum_up(count: int, unjudged: int, output: str | None) -> None:
    if unjudged:
        _say(f"{_number(unjudged, 'article')} got no topic for want of Russian, as the note says")
    if not count:
        _say("there was no article to tag")
    elif output is not None:
        _say(f"{_number(count, 'article')} tagged in {output}")


def _is_folder(output: str | None) -> bool:
    return output is not None and (output.endswith(("/", os.sep)) or Path(output).is_dir())


def _folder(output: str | None, format: str | None, scheduler: str | None, jobs: int | None) -> Path:
    """The folder to write, after a look at options that do not go with one."""
    if output is None:
        raise UsageError("--scheduler needs --output DIR/, a folder that all machines see")
    if format not in (None, "parquet"):
        raise UsageError(f"--format {format} does not go with --output DIR/: its files are Parquet")
    if scheduler is not None and jobs is not None:
        raise UsageError("--jobs does not go with --scheduler: its cluster has the workers it has")
    return Path(output)


def _tag_archive(
    sources: Sequence[Path],
    target: Path,
    model: Path | None,
    trust: bool,
    settings: dict[str, Any],
    *,
    resume: bool,
    scheduler: str | None,
    jobs: int | None,
) -> None:
    """Tag each file of an archive into one of its own, on a Dask cluster; `settings` are those of `archive.Recipe`."""
    from classifier import dask  # noqa: F401, I001  (first, for it says what to do where there is no Dask)
    from classifier import archive
    from classifier.store import load_tagger

    recipe = archive.Recipe(**settings)
    every = archive.partitions(sources, target, recipe.format)
    todo = archive.pending(every, recipe.facts, resume=resume)
    if not todo:
        _say(f"nothing is left to tag: the answers to every file are in {target}")
        return
    if len(todo) < len(every):
        _say(f"going on after {len(every) - len(todo):,} of {len(every):,} files")
    tagger = load_tagger(model, trust=trust)
    broken, counts = _Broken(), Counter[str]()
    try:
        with archive.cluster(scheduler, jobs) as client, _bar(len(every) - len(todo), "files", len(every)) as advance:
            _say(f"files to tag: {len(todo):,}; {_crew(client)}")
            for outcome in archive.run(client, todo, tagger, recipe):
                _tell(outcome, broken, strict=recipe.strict)
                counts.update(articles=outcome.articles, unjudged=outcome.unjudged, failed=bool(outcome.problem))
                advance(1)
    except KeyboardInterrupt:
        done = f"{sum(one.target.exists() for one in every):,} of {len(every):,} files are tagged"
        _fail(f"interrupted; {done}, the same command with --resume goes on with the others", 130)
    finally:
        archive.clean(every)
    broken.tell()
    if counts["failed"]:
        done = f"{counts['failed']:,} of {len(every):,} files could not be tagged"
        raise Error(f"{done}; the others are in {target}, and the same command with --resume tries these again")
    _sum_up(counts["articles"], counts["unjudged"], str(target))


def _crew(client: "Client") -> str:
    """Who does the work, and where Dask shows how."""
    workers = len(client.nthreads())
    if not workers:
        return "no worker has joined the cluster yet, waiting for one"
    page = f"; see {client.dashboard_link}" if client.cluster is None else ""
    return f"workers: {workers:,}{page}"


def _tell(outcome: "Outcome", broken: "_Broken", *, strict: bool) -> None:
    """Say what is to be said of a file that is done or has failed."""
    for notice in outcome.notices:
        _say(notice)
    broken.add(outcome.complaints, outcome.broken)
    if outcome.problem and strict:
        raise Error(outcome.problem)
    if outcome.problem:
        _say(f"not tagged: {outcome.problem}")


@contextmanager
def _results(
    output: str | None, format: str | None, style: Style, run: dict[str, Any], resume: bool
) -> "Iterator[tuple[Write, int]]":
    """A function that writes batches, and how many articles need not be tagged again."""
    if output is None:
        if resume:
            raise UsageError("--resume needs --output: what was printed is nowhere to go on from")
        with writer(None, format, style) as write:
            yield write, 0
        return
    from classifier.parts import Parts

    parts = Parts(Path(output), format, style, run, resume=resume)
    if parts.done:
        _say(f"going on after {_number(parts.done, 'article')}")
    try:
        with parts.writing() as write:
            yield write, parts.done
    except BaseException:
        if parts.done:
            done = _number(parts.done, "article")
            _say(f"the answers to {done} are safe: the same command with --resume goes on from there")
        raise


def _stamp(file: Path) -> list[str | int]:
    """What tells whether a file is still the same."""
    facts = file.stat() if file.is_file() else None
    return [str(file), facts.st_size, facts.st_mtime_ns] if facts else [str(file)]


@cli.command()
@click.argument("file", default="-", type=PATH)
@_model
@_trust
@click.option(
    "--topic", "also", multiple=True, metavar="ID", help="Explain this topic too: why is it not given?  Repeatable."
)
@click.option("--id", "wanted", metavar="ID", help="Explain only the article of this id.")
@click.option("--html", type=PATH, metavar="FILE", help="Write a page for the browser; of one article.")
@click.option("--format", type=click.Choice(["text", "jsonl"]), help="[default: text on a terminal; else jsonl]")
@_source_format
@_columns
def explain(
    file: Path,
    model: Path | None,
    trust: bool,
    also: tuple[str, ...],
    wanted: str | None,
    html: Path | None,
    format: str | None,
    source_format: str | None,
    **options: str,
) -> None:
    """Show which words of an article earned its topics.

    FILE is as of predict. Prints for each topic given the words that speak for and against it, with their weights in
    log-odds, and how these make the probability. Where no topic is given, the most probable one is explained.

    \b
    news-topics explain article.txt --topic sport         and why not sport?
    news-topics explain news.csv --id 17 --html 17.html   one article of a table
    """  # noqa: D301
    encoding, columns = _named(**options)
    articles = read(_asked([file]), columns, encoding=encoding, format=source_format)
    from classifier.explain import explain as reasons
    from classifier.store import load_tagger

    tagger = load_tagger(model, trust=trust)
    explained = ((article, reasons(tagger, article.text, also)) for article in articles if wanted in (None, article.id))
    if html is not None:
        found = _write_page(html, explained)
    else:
        found = _print_each(explained, format or ("text" if sys.stdout.isatty() else "jsonl"))
    if not found:
        raise UsageError(f"there is no article{f' of id {wanted!r}' if wanted else ''} in {file}")


class _Broken:
    """Tells what is wrong with the first records that cannot be read, and counts them all."""

    SHOWN = 10

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, error: Error) -> None:
        self.add([str(error)], 1)

    def add(self, complaints: Sequence[str], count: int) -> None:
        """Add so many records, of which the first are complained of."""
        for complaint in complaints[: max(self.SHOWN - self.count, 0)]:
            _say(f"left out: {complaint}")
        self.count += count

    def tell(self) -> None:
        """Tell how many there were."""
        if self.count:
            _say(f"left out {_number(self.count, 'record')} that could not be read; --strict stops at the first")


def _print_each(explained: "Iterable[tuple[Article, Explanation]]", format: str) -> int:
    """Print each explanation, and say how many there were."""
    count, console = 0, _console()
    for article, explanation in explained:
        count += 1
        if format == "text":
            console.print(label(article), style="bold", markup=False)
            console.print(explanation)
        else:
            click.echo(json.dumps({"id": article.id, **explanation.to_dict()}, ensure_ascii=False))
    return count


def _write_page(target: Path, explained: "Iterable[tuple[Article, Explanation]]") -> int:
    """Write the page of the only explanation, if there is one."""
    from classifier.pages import page

    some = list(islice(explained, 2))
    if len(some) > 1:
        raise UsageError(f"--html shows one article: choose it with --id, for instance --id {some[0][0].id!r}")
    for article, explanation in some:
        with beside(target) as file:
            file.write(page(label(article), explanation.html()))
        _say(f"explanation written to {target}")
    return len(some)


@cli.command()
@click.argument("data", type=PATH)
@_labels
@click.option("--output", "-o", type=PATH, required=True, metavar="DIR", help="Model folder to write.")
@click.option("--min-examples", type=click.IntRange(min=5), default=10, show_default=True, help="Of each topic.")
@click.option("--drop-rare", is_flag=True, help="Leave out topics with fewer examples instead of refusing.")
@click.option("--about", type=PATH, help="Markdown file for the top of the model card.")
@click.option(
    "--learn-vectors",
    is_flag=True,
    help="Learn the word vectors from all articles of DATA, labelled or not, but for those held out, instead of taking "
    "the shipped model's: for large archives, or for texts unlike news.",
)
@_columns
def train(
    data: Path,
    labels: tuple[Path, ...],
    output: Path,
    min_examples: int,
    drop_rare: bool,
    about: Path | None,
    learn_vectors: bool,
    **options: str,
) -> None:
    """Train a model on labelled articles.

    DATA is a table with the columns "text" and "topics" (a list, or parted by ";"), or with "id" and "text" beside a
    table --labels of "id" and "topics". Where a column "split" says "train", the other rows are held out and scored;
    without it the scores come from cross-validation.
    """
    from classifier import corpus
    from classifier.train import train as fit

    _say(f"Reading {data}")
    encoding, columns = _named(**options)
    known = corpus.read(data, labels, columns, encoding)
    held_out = set(known.parted()[1].ids)
    report = fit(
        known,
        output,
        vectors_from=corpus.unlabelled(data, columns, encoding, without=held_out) if learn_vectors else None,
        min_examples=min_examples,
        drop_rare=drop_rare,
        about=_markdown(about),
        progress=_say,
    )
    _show(report, "table")
    _say(f"model written; try: news-topics predict --model {output} --trust article.txt")


@cli.command()
@click.argument("data", type=PATH)
@_labels
@_model
@_trust
@click.option("--split", metavar="NAME", help="Only rows of this split, such as dev.")
@click.option(
    "--html", type=PATH, metavar="FILE", help="Write a report for the browser as well: curves, confusions, mistakes."
)
@_format("table", "json", "csv")
@click.option("--source-column", default="source", show_default=True, help="Column of the outlets, if any; for --html.")
@click.option("--date-column", default="date", show_default=True, help="Column of dates or years, if any; for --html.")
@_columns
def evaluate(
    data: Path,
    labels: tuple[Path, ...],
    model: Path | None,
    trust: bool,
    split: str | None,
    html: Path | None,
    format: str,
    **options: str,
) -> None:
    """Score a model on labelled articles.

    DATA and --labels are as of train. Prints precision, recall, F1, support (articles that have the topic) and average
    precision for each topic, with their micro, macro and per-article (samples) averages.
    """
    from classifier import corpus
    from classifier.store import load_tagger, manifest, shipped
    from classifier.train import results

    if html is not None:
        from classifier.report import report  # complains at once if it lacks matplotlib

        check_writable(html)
    encoding, columns = _named(**options)
    known = corpus.read(data, labels, columns, encoding)
    if split is not None:
        chosen = known.where([name == split for name in known.splits])
        if not chosen.ids:
            names = ", ".join(sorted(filter(None, set(known.splits)))) or "none"
            raise UsageError(f"no article is in split {split!r} (there are: {names})")
        known = chosen
    found = results(load_tagger(model, trust=trust), known)
    if html is not None:
        with beside(html) as file:
            file.write(report(found, known, manifest(model), data.name, (model or shipped()).name, split))
        _say(f"report written to {html}")
    _show(found.scores(), format)


@cli.command()
@_model
@_trust
@click.option(
    "--words", type=click.IntRange(min=1), metavar="N", help="List the N strongest words for and against each topic."
)
@_format("table", "json", "csv")
def topics(model: Path | None, trust: bool, words: int | None, format: str) -> None:
    """List the topics of a model with their names and IPTC Media Topics.

    With --words: what the model learned. The weight of a word is what a text of that one word would add to the score,
    in log-odds.
    """
    import pandas as pd

    from classifier.store import load_tagger, manifest
    from classifier.topics import name

    if words is not None:
        from classifier.explain import words as strongest

        _show_words(strongest(load_tagger(model, trust=trust), words), format)
        return

    rows = [
        {"topic": topic, **{kind: name(topic, kind) for kind in ("ru", "en", "iptc", "iptc-top")}}
        for topic in manifest(model)["topics"]
    ]
    _show(pd.DataFrame(rows).set_index("topic"), format)


@cli.command()
@_model
@_trust
@click.option("--output", "-o", type=PATH, required=True, metavar="DIR", help="Model folder to write.")
def export(model: Path | None, trust: bool, output: Path) -> None:
    """Write a model as plain arrays: to give away, for it loads without trust.

    Its answers are the same to the last bit.
    """
    from classifier import store

    store.export(model, output, trust=trust)
    _say(f"model written; it loads without --trust: news-topics predict --model {output} article.txt")


@cli.command()
@_model
@_format("table", "json")
def info(model: Path | None, format: str) -> None:
    """Tell when, on what and with what result a model was trained."""
    from classifier.store import manifest, shipped

    facts = manifest(model)
    if format == "json":
        click.echo(json.dumps(facts, ensure_ascii=False, indent=1))
        return
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    try:
        rows = _facts(model or shipped(), facts)
    except KeyError as error:
        raise Error(f"the manifest tells no {error}; --format json shows what it tells") from error
    for key, value in rows.items():
        table.add_row(f"[bold]{key}[/]", value)
    _console().print(table)


def _facts(folder: Path, facts: dict[str, Any]) -> dict[str, str]:
    """What a manifest tells, for people."""
    scores = {row["topic"]: row for row in facts["report"]["scores"]}
    return {
        "model": str(folder),
        "created": facts["created"],
        "topics": str(len(facts["topics"])),
        "trained on": f"{facts['data']['articles']:,} articles, sha256 {facts['data']['sha256'][:16]}…",
        "words": f"{facts['lexicon']['lemmas']:,} lemmas; vectors from {facts['lexicon']['texts']:,} articles",
        "scored": facts["report"]["measure"],
        **{f"F1 {average}": f"{scores[average]['f1']:.3f}" for average in ("macro", "micro", "samples")},
        "versions": ", ".join(f"{package} {number}" for package, number in facts["versions"].items()),
        "format": str(facts["format"]),
        "sha256": facts["sha256"],
    }


def _show_words(table: "pd.DataFrame", format: str) -> None:
    """Print the words of each topic: for people the words for it and those against it in a paragraph each."""
    if format != "table":
        _show(table.set_index("topic"), format)
        return
    from rich.text import Text

    console = _console()
    for topic, rows in table.groupby("topic", sort=False):
        console.print(Text(str(topic), "bold"))
        for side, chosen in (("for", rows[rows.weight > 0]), ("against", rows[rows.weight < 0])):
            words = ", ".join(
                f"{lemma} {weight:+.1f}" for lemma, weight in zip(chosen.lemma, chosen.weight, strict=True)
            )
            console.print(Text.assemble(f"  {side:9}", words))


def _asked(files: Sequence[Path]) -> Sequence[Path]:
    """The files, after a word to whoever sits before an empty line."""
    if Path("-") in files and sys.stdin.isatty():
        _say("reading an article from the keyboard; end it with Ctrl-D")
    return files


def _named(
    keep: Iterable[str] = (),
    *,
    text_column: str,
    title_column: str,
    id_column: str,
    encoding: str | None,
    source_column: str = "source",
    date_column: str = "date",
) -> tuple[str | None, Columns]:
    """Encoding and column names from the options of `_columns`."""
    if taken := {"id", "topics", "probabilities", "names"} & set(keep):
        raise UsageError(f"--keep {taken.pop()}: the output has a column of that name already")
    try:
        codecs.lookup(encoding or "utf-8")
    except LookupError:
        raise UsageError(f"unknown encoding {encoding!r}; try utf-8, cp1251, koi8-r or cp866") from None
    return encoding, Columns(text_column, title_column, id_column, source_column, date_column, tuple(keep))


def _markdown(path: Path | None) -> str:
    try:
        return path.read_text(encoding="utf-8") if path else ""
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error


@contextmanager
def _bar(start: int, unit: str, total: int | None = None) -> "Iterator[Callable[[int], None]]":
    """A function that counts before the eyes of whoever sits at a terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    known = [BarColumn(), TextColumn("of {task.total:,}"), TimeRemainingColumn()] if total is not None else []
    columns = [SpinnerColumn(), TextColumn(f"{{task.completed:,.0f}} {unit}"), *known, TimeElapsedColumn()]
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=total, completed=start)
        yield lambda number: progress.advance(task, number)


def _counted(batches: "Iterable[list[Tagged]]", start: int, *, show: bool) -> "Iterator[list[Tagged]]":
    """The batches, counted if they are not to be seen themselves."""
    if not show:
        yield from batches
        return
    with _bar(start, "articles") as advance:
        for batch in batches:
            yield batch
            advance(len(batch))


def _console() -> Any:
    from rich.console import Console

    wide = None if sys.stdout.isatty() else 200  # a file or pipe has no width to fit
    return Console(width=wide, highlight=False)


def _show(table: "pd.DataFrame", format: str) -> None:
    """Print a DataFrame as a table for people, JSON (a list of records) or CSV."""
    if format == "csv":
        click.echo(table.to_csv(), nl=False)
        return
    if format == "json":
        click.echo(table.reset_index().to_json(orient="records", force_ascii=False, indent=1))
        return
    from rich.table import Table

    shown = Table(box=None, pad_edge=False)
    numeric = table.dtypes.map(lambda dtype: dtype.kind in "if")
    for column, number in {table.index.name: False, **numeric}.items():
        shown.add_column(str(column), justify="right" if number else "left", no_wrap=number)
    for row in table.itertuples():
        shown.add_row(*(f"{value:.3f}" if isinstance(value, float) else str(value) for value in row))
    _console().print(shown)
