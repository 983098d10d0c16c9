"""``news-topics explain``: the words that gave an article its topics."""

import json
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from classifier.cli.console import emit, rich_console, say, skip_and_tell
from classifier.cli.corrections import load_rules, rules_option
from classifier.cli.options import (
    PATH,
    announce_stdin,
    column_options,
    force_option,
    from_option,
    language_option,
    mode_option,
    model_option,
    open_numbers,
    read_options,
)
from classifier.data.answers import label
from classifier.data.articles import Article
from classifier.errors import UsageError
from classifier.model.predictions import Mode

if TYPE_CHECKING:
    from classifier.model.explanation import Explanation
    from classifier.pages.messages import Language


@click.command()
@click.argument("file", default="-", type=PATH)
@model_option
@click.option(
    "--topic", "also", multiple=True, metavar="ID", help="Explain this topic too: why is it not given?  Repeatable."
)
@click.option("--id", "article_id", metavar="ID", help="Explain only the article of this id.")
@click.option("--html", type=PATH, metavar="FILE", help="Write a page for the browser, about one article.")
@language_option
@force_option
@click.option("--format", type=click.Choice(["text", "jsonl"]), help="[default: text on a terminal; else jsonl]")
@rules_option
@mode_option
@from_option
@column_options
def explain(
    file: Path,
    model: Path | None,
    also: tuple[str, ...],
    article_id: str | None,
    html: Path | None,
    language: Any,
    force: bool,
    format: str | None,
    mode: Mode | None,
    rules: Path | None,
    **options: Any,
) -> None:
    """Show which words gave an article its topics.

    FILE is as in predict. For each topic given, prints the words that count for and against it, with their weights,
    which add up to the topic's score, and what probability that means. If no topic is given, the most probable one is
    explained.

    \b
    news-topics explain article.txt --topic sport         and why not sport?
    news-topics explain news.csv --id 17 --html 17.html   one article of a table
    """  # noqa: D301
    from classifier.data.reading import read
    from classifier.model.attribution import explain as explain_text
    from classifier.model.predictor import load_predictor
    from classifier.pages.messages import default_language
    from classifier.storage.paths import check_output

    if html is not None:
        from classifier.pages import is_page_of_ours

        check_output(html, open_numbers([file, *filter(None, [rules])]), is_page_of_ours, force=force)
    skipped = skip_and_tell()
    articles = read(announce_stdin([file]), read_options(**options), on_error=skipped)
    predictor = load_predictor(model)
    known = None if rules is None else load_rules(rules, predictor.classes)
    explained = (
        (article, explain_text(predictor, article.text, also, mode or "balanced", known))
        for article in articles
        if article_id in (None, article.id)
    )
    if html is not None:
        count = _write_page(html, explained, language or default_language())
    else:
        count = _print_each(explained, format or ("text" if sys.stdout.isatty() else "jsonl"))
    if not count:
        raise UsageError(f"there is no article{f' of id {article_id!r}' if article_id else ''} in {file}")


def _print_each(explained: "Iterator[tuple[Article, Explanation]]", format: str) -> int:
    """Print each explanation; returns how many there were."""
    count, console = 0, rich_console()
    for article, explanation in explained:
        count += 1
        if format == "text":
            console.print(label(article), style="bold", markup=False)
            console.print(explanation)
        else:
            emit(json.dumps({"id": article.id, **explanation.to_dict()}, ensure_ascii=False))
    return count


def _write_page(target: Path, explained: "Iterator[tuple[Article, Explanation]]", language: "Language") -> int:
    """Write the page of the only explanation; returns how many there were."""
    from classifier.pages import page
    from classifier.storage.atomic import atomic_write

    some = list(islice(explained, 2))
    if len(some) > 1:
        raise UsageError(f"--html shows one article: choose it with --id, for instance --id {some[0][0].id!r}")
    for article, explanation in some:
        with atomic_write(target) as file:
            file.write(page(label(article), explanation.html(language), language=language))
        say(f"explanation written to {target}")
    return len(some)
