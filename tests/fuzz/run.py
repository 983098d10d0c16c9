"""Coverage-guided fuzzing of readers, tokenizer, explanations and model files: ``make fuzz FUZZ_SECONDS=600``.

The inputs are in ``corpus.zip``. Their names say what they are: a target or file format, then what is special about the
content; those of past bugs contain ``bug``. New inputs that reach new code are added, named by a hash; give them a name
that speaks. ``test_fuzz.py`` replays all inputs.
"""

import contextlib
import hashlib
import math
import os
import subprocess
import sys
import warnings
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

CORPUS = Path(__file__).with_name("corpus.zip")
FORMATS = ["txt", "csv", "tsv", "jsonl", "parquet", "html"]


def try_input(content: bytes) -> None:
    """Give bytes to a target; the first byte chooses which.

    No exception but `classifier.Error` may come out, and what must hold for any text is checked.
    """
    if content:
        TARGETS[content[0] % len(TARGETS)](content[1:])


def try_file(content: bytes) -> None:
    """Read articles from a file; the first byte chooses the format."""
    from classifier.data.reading import read
    from classifier.errors import Error

    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = Path(folder) / f"a.{file_format(content)}"
        path.write_bytes(content[1:])
        errors: list[Error] = []
        try:
            articles = list(read([path], on_error=errors.append))
        except Error as error:
            errors, articles = [*errors, error], []
    assert all(str(error).isprintable() for error in errors)
    for article in articles[:20]:
        article.id.encode()
        check_text(article.text)


def try_text(content: bytes) -> None:
    """Tag and explain one text."""
    check_text(content.decode("utf-8", "surrogateescape"))


def try_model(content: bytes) -> None:
    """Load a model and use it."""
    from classifier.errors import Error
    from classifier.model.predictor import TopicPredictor
    from classifier.storage import model_file

    with contextlib.suppress(Error), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        TopicPredictor.from_content(model_file.unpack(content)).topics(["Матч в Москве", ""])


TARGETS = [try_file, try_text, try_model]


def check_text(text: str) -> None:
    """Check what must hold for the words, topics and explanation of any text."""
    from classifier.model.attribution import explain
    from classifier.text.display import visible
    from classifier.text.tokens import token_spans, tokenize

    assert [tokenize(text[start:end]) for start, end in token_spans(text)] == [[token] for token in tokenize(text)]
    assert len(visible(text)) == len(text)
    (alone,), (_, beside) = predictor().predict_proba([text]), predictor().predict_proba(["Матч", text])
    assert (alone == beside).all()
    explanation = explain(predictor(), text)
    explanation.html().encode()
    for reason in explanation.reasons:
        assert "".join(piece for piece, _ in explanation.pieces(reason)) == text
        assert abs(math.fsum([reason.intercept, *(word.weight for word in reason.words)]) - reason.score) < 1e-6


@cache
def predictor():
    """Return the shipped model."""
    from classifier.model.predictor import load_predictor

    return load_predictor()


def file_format(content: bytes) -> str:
    """Return the format that the first byte chooses."""
    return FORMATS[content[0] % len(FORMATS)] if content else FORMATS[0]


def kind(content: bytes) -> str:
    """Return the first part of the name of an input: its target, or the format of a file."""
    if not content:
        return "empty"
    target = content[0] % len(TARGETS)
    return file_format(content[1:]) if target == 0 else ("text", "model")[target - 1]


def read_corpus() -> dict[str, bytes]:
    """Return all inputs by name."""
    with ZipFile(CORPUS) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_corpus(inputs: dict[str, bytes]) -> None:
    """Write all inputs; equal ones give an equal file."""
    with ZipFile(CORPUS, "w") as archive:
        for name, content in sorted(inputs.items()):
            archive.writestr(ZipInfo(name), content, ZIP_DEFLATED, 9)  # `ZipInfo` has a constant date


def main() -> None:
    """Unpack the inputs, fuzz, and add what was found."""
    inputs = read_corpus()
    with TemporaryDirectory() as folder:
        for name, content in inputs.items():
            Path(folder, name).write_bytes(content)
        done = subprocess.run([sys.executable, "-m", "tests.fuzz.run", folder])
        found = {path.read_bytes() for path in Path(folder).iterdir()} - set(inputs.values())
    new = {f"{kind(content)}-new-{hashlib.sha256(content).hexdigest()[:12]}": content for content in found}
    if new:
        write_corpus(inputs | new)
    print(f"{len(new)} new inputs in {CORPUS}")
    sys.exit(done.returncode)


def fuzz(folder: str) -> None:
    """Fuzz from the inputs of a folder, into which new ones are written; ends the process."""
    import atheris

    with atheris.instrument_imports(include=["classifier", "json"]):
        from classifier import pages  # noqa: F401
        from classifier.data import reading  # noqa: F401
        from classifier.model import attribution  # noqa: F401
    predictor()
    seconds = os.environ.get("FUZZ_SECONDS", "60")
    options = ["-max_len=2048", f"-max_total_time={seconds}", "-print_final_stats=1", "-artifact_prefix=fuzz-"]
    atheris.Setup([sys.argv[0], folder, *options], try_input)
    atheris.Fuzz()


if __name__ == "__main__":
    fuzz(sys.argv[1]) if len(sys.argv) > 1 else main()
