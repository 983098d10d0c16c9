"""What is done with one random input in this process, and what must hold; only `classifier.Error` may come out."""

import contextlib
import io
import json
import warnings
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from classifier.cli.info import _summary
from classifier.data.answers import OutputOptions
from classifier.data.articles import Article, Columns, ReadOptions
from classifier.data.readers import READERS
from classifier.data.readers.source import HEAD, Source
from classifier.data.readers.stream import read_stream
from classifier.data.reading import read
from classifier.data.writers import BINARY, WRITERS
from classifier.errors import Error
from classifier.model.predictor import TopicPredictor, cached_predictor
from classifier.storage.model_folder import read_manifest, shipped_folder
from classifier.tagging.batches import tag_batch
from classifier.text.lemmas import MAX_WORD, lemma_of
from classifier.text.tokens import encode, token_spans, tokenize
from tests.model.conftest import hand_made
from tests.torture import inputs

CONTROL = {"\x1b", "\x9b", "\u202e", "\0"}


def a_word(random: Random, _: Path) -> None:
    """Analyse a word."""
    lemma = lemma_of(inputs.word(random).replace("ё", "е"))
    assert len(lemma) <= MAX_WORD + 5  # a lemma may be a little longer than its form


def a_text(random: Random, _: Path) -> None:
    """Tag a text, alone and beside another."""
    text = inputs.text(random)
    assert [tokenize(text[start:end]) for start, end in token_spans(text)] == [
        [token] for token in encode(text).split()
    ]
    (alone,), (_, beside) = (
        cached_predictor(None).predict_proba([text]),
        cached_predictor(None).predict_proba(["", text]),
    )
    assert (alone == beside).all()


def a_stream(random: Random, _: Path) -> None:
    """Read bytes as each format and as standard input, and write the answers in each format."""
    content = random.choice([inputs.json_lines, inputs.csv, inputs.page, inputs.some_bytes])(random)
    reader = random.choice(
        [*(READERS[f".{kind}"] for kind in ("txt", "csv", "tsv", "jsonl", "json", "html")), read_stream]
    )
    errors: list[Error] = []
    options = ReadOptions(Columns(optional=("n",)))
    stream = io.BufferedReader(io.BytesIO(content), HEAD)  # type: ignore[type-var]
    with warnings.catch_warnings(), contextlib.suppress(Error, UnicodeError):
        warnings.simplefilter("ignore")
        articles = list(reader(Source(stream, "in", options, errors.append)))
        assert len({article.place for article in articles}) == len(articles)
        _write(articles[:3], ("n",), random)
    assert all(str(error).isprintable() for error in errors)


def a_file(random: Random, folder: Path) -> None:
    """Read a packed file, an archive, a workbook or a document, whole or damaged."""
    name, content = inputs.file(random)
    path = folder / name
    path.write_bytes(content)
    errors: list[Error] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            articles = list(read([path], on_error=errors.append))
        except Error as error:
            errors, articles = [*errors, error], []
    assert all(str(error).isprintable() for error in errors)
    _write(articles[:3], (), random)


def a_table(random: Random, folder: Path) -> None:
    """Read a Parquet file with columns of any types, and write the answers in each format."""
    path = folder / "a.parquet"
    table = inputs.table(random)
    pq.write_table(table, path, version="2.6")
    keep = tuple(name for name in table.column_names if name in "nm")
    errors: list[Error] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            articles = list(read([path], ReadOptions(Columns(keep=keep)), on_error=errors.append))
        except Error as error:  # Arrow itself cannot read back a few of the types
            assert "is damaged" in str(error)
            return
    assert len(articles) + len(errors) == table.num_rows
    _write(articles, keep, random)


def _write(articles: list[Article], keep: tuple[str, ...], random: Random) -> None:
    """Write answers; what is written is complete and can be read again."""
    format = random.choice(list(WRITERS))
    batch = tag_batch(cached_predictor(None), articles) if articles else None
    file: Any = io.BytesIO() if format in BINARY else io.StringIO()
    options = OutputOptions(format, keep=keep)
    with contextlib.suppress(Error), WRITERS[format](file, options, cached_predictor(None).classes) as write:
        if batch:
            write(batch)
    if format == "jsonl":
        rows = [json.loads(line, parse_constant=_refuse) for line in file.getvalue().split("\n")[:-1]]
        assert [row["id"] for row in rows] == [article.id for article in articles]


def _refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")


def a_manifest(random: Random, folder: Path) -> None:
    """Read a manifest in which something is missing or of another kind, and show it."""
    manifest = json.loads((shipped_folder() / "manifest.json").read_text(encoding="utf-8"))
    content = json.dumps(inputs.changed(manifest, random))
    (folder / "manifest.json").write_text(inputs.damaged(content, random) if random.random() < 0.2 else content)
    with contextlib.suppress(Error):
        found = read_manifest(folder)
        with contextlib.suppress(KeyError, TypeError, ValueError, AttributeError, ArithmeticError):  # as `info` does
            _summary(folder, found)


def a_name(random: Random, _: Path) -> None:
    """Show the answers of a model whose topic has such a name."""
    content = hand_made([[2.0, 4.0], [8.0, 16.0]]).to_content()
    names = [inputs.name(random).replace("\ud800", "") for _ in content["classes"]]
    predictor = TopicPredictor.from_content({**content, "classes": names, "thresholds": np.zeros(len(names))})
    article = Article("a" + inputs.name(random), "матч суд\n" + inputs.name(random), {}, "in")
    file = io.StringIO()
    with WRITERS["table"](file, OutputOptions("table", all_topics=True), names) as write:
        write(tag_batch(predictor, [article]))
    assert not CONTROL & set(file.getvalue())


ATTACKS = [  # with the number of inputs of `make torture`
    (a_word, 220_000),
    (a_stream, 45_000),
    (a_manifest, 20_000),
    (a_text, 15_000),
    (a_table, 8_000),
    (a_file, 4_000),
    (a_name, 2_000),
]
