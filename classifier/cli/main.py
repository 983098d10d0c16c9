"""The command group, and what becomes of errors."""

import sys
import warnings
from typing import Any, NoReturn

import click

from classifier import __version__
from classifier.cli.compare import compare
from classifier.cli.console import discard_stdout, open_standard_streams, say
from classifier.cli.doubt import doubt
from classifier.cli.duplicates import duplicates
from classifier.cli.evaluate import evaluate
from classifier.cli.explain import explain
from classifier.cli.extend import extend
from classifier.cli.info import info
from classifier.cli.labels import labels
from classifier.cli.predict import predict
from classifier.cli.queue import queue
from classifier.cli.serve import serve
from classifier.cli.top import top
from classifier.cli.topics import topics
from classifier.cli.train import train
from classifier.cli.trends import trends
from classifier.errors import Error, interruption_code


class _QuietGroup(click.Group):
    """A group whose commands end without an error when `| head` closes the pipe; click would exit with code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            discard_stdout()
            return None
        except MemoryError as error:
            raise Error("there is too little memory for this input") from error
        return result


@click.group(cls=_QuietGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__)
def cli() -> None:
    """Tell what Russian news articles are about.

    \b
    news-topics predict article.txt                   one article
    news-topics predict news.csv -o topics.jsonl      a table with a column "text"
    cat article.txt | news-topics predict             standard input
    """  # noqa: D301  (the backslash is click's mark for lines that are not to be wrapped)


COMMANDS = [
    *(predict, explain, topics, trends, top, compare, duplicates),
    *(queue, labels, doubt, extend, train, evaluate, info, serve),
]
for command in COMMANDS:
    cli.add_command(command)


def main() -> NoReturn:
    """Run the command. Whatever fails becomes one line and an exit code: 2 for wrong use, 1 for a failed run."""
    open_standard_streams()
    warnings.showwarning = lambda message, *_, **__: say(str(message))
    try:
        cli.main(standalone_mode=False, prog_name="news-topics")
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        sys.exit(error.exit_code)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        usage = f" (see '{context.command_path} --help')" if context else ""
        _fail(error.format_message().rstrip(".") + usage, error.exit_code)
    except Error as error:
        _fail(str(error), error.exit_code)
    except OSError as error:  # most often a full disk
        discard_stdout()
        _fail(f"cannot write {error.filename or 'the output'}: {error.strerror or error}", 1)
    except (click.Abort, KeyboardInterrupt) as error:
        _fail("interrupted", interruption_code(error))
    sys.exit(0)


def _fail(message: str, code: int) -> NoReturn:
    say(message)
    sys.exit(code)
