"""Coverage-guided fuzzing of readers, tokenizer, explanations and model files: ``make fuzz FUZZ_SECONDS=600``.

Inputs that reach new code are kept in ``corpus/``; `tests/test_fuzz.py` lets them all through again.
"""

import contextlib
import math
import os
import sys
import warnings
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

CORPUS = Path(__file__).parent / "corpus"
FORMATS = ["txt", "csv", "tsv", "jsonl", "parquet", "html"]


def try_out(content: bytes) -> None:
    """Let bytes go the way of a stranger's file; the first byte chooses which.

    Nothing but `classifier.Error` may come of it, and what holds of any text is checked.
    """
    if content:
        WAYS[content[0] % len(WAYS)](content[1:])


def file(content: bytes) -> None:
    """A file of some format, to articles."""
    from classifier.articles import read
    from classifier.errors import Error

    format = FORMATS[content[0] % len(FORMATS)] if content else "txt"
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = Path(folder) / f"a.{format}"
        path.write_bytes(content[1:])
        told: list[Error] = []
        try:
            found = list(read([path], broken=told.append))
        except Error as error:
            told, found = [*told, error], []
    assert all(str(error).isprintable() for error in told)
    for article in found[:20]:
        article.id.encode()
        check(article.text)


def text(content: bytes) -> None:
    """One text."""
    check(content.decode("utf-8", "surrogateescape"))


def check(text: str) -> None:
    """What holds of the words, tags and explanation of any text."""
    from classifier.explain import explain
    from classifier.text import spans, tokens, visible

    assert [tokens(text[start:end]) for start, end in spans(text)] == [[token] for token in tokens(text)]
    assert len(visible(text)) == len(text)
    (alone,), (_, beside) = tagger().predict_proba([text]), tagger().predict_proba(["Матч", text])
    assert (alone == beside).all()
    explanation = explain(tagger(), text)
    explanation.html().encode()
    for reason in explanation.reasons:
        assert "".join(piece for piece, _ in explanation.pieces(reason)) == text
        assert abs(math.fsum([reason.intercept, *(word.weight for word in reason.words)]) - reason.score) < 1e-6


def model(content: bytes) -> None:
    """A model's file of arrays."""
    from classifier import arrays
    from classifier.errors import Error

    with contextlib.suppress(Error):
        arrays.from_bytes(content)


WAYS = [file, text, model]


@cache
def tagger():
    """The shipped model."""
    from classifier import store

    return store.load_tagger()


def main() -> None:
    """Fuzz, and tell how many inputs were tried."""
    import atheris

    with atheris.instrument_imports(include=["classifier", "json"]):
        from classifier import arrays, articles, explain, pages, store  # noqa: F401
    tagger()
    CORPUS.mkdir(exist_ok=True)
    seconds = os.environ.get("FUZZ_SECONDS", "60")
    options = ["-max_len=2048", f"-max_total_time={seconds}", "-print_final_stats=1", "-artifact_prefix=fuzz-"]
    atheris.Setup([sys.argv[0], str(CORPUS), *options], try_out)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
