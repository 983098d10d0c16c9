"""Annif with its TF-IDF backend, as a service beside ours: the same topics, labelled articles and requests.

Annif has many packages, so it stands in an environment of its own: ``ANNIF=/path/to/bin/annif make load-test``. Its
words are NLTK's, whose rules for the ends of sentences are a download; instead, NLTK learns them here, from the same
articles.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from classifier.data.corpus import Corpus
from classifier.topics import media_topic_uri, taxonomy

ARTICLES = 5000  # that it learns from; the backend compares an article with each topic, however many it has seen
PROJECT = """\
[news]
name=News
language=ru
backend=tfidf
analyzer=snowball(russian)
vocab=topics
limit=10
"""
PUNKT = """\
import pathlib, sys
from nltk.tokenize.punkt import PunktTrainer, save_punkt_params
folder = pathlib.Path(sys.argv[2], "tokenizers", "punkt_tab", "english")
folder.mkdir(parents=True)
save_punkt_params(PunktTrainer(pathlib.Path(sys.argv[1]).read_text("utf-8")).get_params(), str(folder))
"""


def command() -> str | None:
    """Return the command of Annif; None if it is not there."""
    return os.environ.get("ANNIF") or shutil.which("annif")


@contextmanager
def running(known: Corpus) -> Iterator[int]:
    """Train Annif and start it; yields its port."""
    annif = str(command())
    with TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder, known)
        environment = {**os.environ, "ANNIF_PROJECTS": "projects.cfg", "NLTK_DATA": str(folder / "nltk")}
        options = {"cwd": folder, "env": environment, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        python = str(Path(annif).with_name("python"))
        subprocess.run([python, "-c", PUNKT, "sentences.txt", "nltk"], check=True, **options)
        subprocess.run([annif, "load-vocab", "-L", "ru", "topics", "vocab.tsv"], check=True, **options)
        subprocess.run([annif, "train", "news", "train.tsv"], check=True, **options)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        with subprocess.Popen([annif, "run", "--host", "127.0.0.1", "--port", str(port)], **options) as process:
            try:
                _wait(port)
                yield port
            finally:
                process.terminate()


def request(host: str, text: str) -> bytes:
    """Return a request that asks for the topics of a text, as Annif takes it."""
    body = f"limit=10&text={quote(text)}".encode()
    head = f"POST /v1/projects/news/suggest HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n"
    return f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode() + body


def _write(folder: Path, known: Corpus) -> None:
    """Write what Annif learns from: a text and its topics on each line."""
    uris = {topic.id: f"<{media_topic_uri(topic)}#{topic.id}>" for topic in taxonomy().values()}
    (folder / "projects.cfg").write_text(PROJECT, "utf-8")
    (folder / "vocab.tsv").write_text("".join(f"{uris[id]}\t{topic.ru}\n" for id, topic in taxonomy().items()), "utf-8")
    texts = [" ".join(text.split()) for text in known.texts[:ARTICLES]]
    rows = [
        f"{text}\t{' '.join(uris[topic] for topic in topics if topic in uris)}\n"
        for text, topics in zip(texts, known.topics, strict=False)
        if topics
    ]
    (folder / "train.tsv").write_text("".join(rows), "utf-8")
    (folder / "sentences.txt").write_text("\n".join(texts[:500]), "utf-8")


def _wait(port: int) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        with socket.socket() as connection:
            if connection.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("Annif does not start")
