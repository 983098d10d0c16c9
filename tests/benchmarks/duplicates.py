"""Reprints: what MinHash misses, a million articles, and how many reprints each outlet has.

``make duplicates`` writes ``duplicates.md``. Exact similarities are a product of the sparse matrix of shingles. The
million are mixed from sentences of the corpus, so that each sentence is in several articles; one in twenty is a reprint
of an article before it, with up to three words changed, of the same or the next day; a quarter have no date.
"""

import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from classifier.data.articles import with_title
from classifier.duplicates import clusters, find_clusters
from classifier.duplicates.finding import SIMILARITY
from classifier.duplicates.shingles import shingle_sets
from tests.benchmarks.load import memory
from tests.conftest import SHARED

ARTICLES, REPRINTS, PIECE = 1_000_000, 0.05, 10_000
SAMPLE = 20_000
SIMILARITIES = (0.5, 0.6, 0.7, 0.8, 0.9)
HERE = Path(__file__)


def exact_clusters(texts: list[str], similarity: float) -> np.ndarray:
    """Return the clusters of all pairs of at least this similarity, (texts,)."""
    shingles, ends = shingle_sets(texts)
    sizes = np.diff(ends, prepend=0)
    columns, names = np.unique(shingles, return_inverse=True)[1], np.unique(shingles)
    starts = np.concatenate([[0], ends])
    matrix = csr_array((np.ones(len(shingles), np.int32), columns, starts), shape=(len(texts), len(names)))
    turned = matrix.T.tocsr()
    left, right = [], []
    for first in range(0, len(texts), 500):
        shared = (matrix[first : first + 500] @ turned).tocoo()
        rows = shared.row + first
        is_pair = shared.data / (sizes[rows] + sizes[shared.col] - shared.data) >= similarity
        left.append(rows[is_pair])
        right.append(shared.col[is_pair])
    rows, others = np.concatenate(left), np.concatenate(right)
    pairs = coo_array((np.ones(len(rows)), (rows, others)), shape=(len(texts), len(texts)))
    return connected_components(pairs, directed=False)[1]


def pairs_together(*labels: np.ndarray) -> int:
    """Return how many pairs of texts have the same label, in all of several clusterings."""
    sizes = np.unique(np.stack(labels), axis=1, return_counts=True)[1]
    return int((sizes * (sizes - 1) // 2).sum())


def agreement(texts: list[str], similarity: float) -> tuple[int, float, float]:
    """Return the pairs that the exact comparison joins, and recall and precision of those that are found."""
    exact, found = exact_clusters(texts, similarity), find_clusters(texts, days=None, similarity=similarity).cluster
    both = pairs_together(exact, found)
    return pairs_together(exact), both / pairs_together(exact), both / pairs_together(found)


def recall_table(news: pd.DataFrame) -> list[str]:
    samples = {"telegram": news[news.source == "telegram"][:SAMPLE], "all": news.sample(SAMPLE, random_state=0)}
    rows = ["|articles|similarity|pairs in a cluster|recall|precision|", "|---|---|---|---|---|"]
    for name, sample in samples.items():
        texts = [with_title(title, text) for title, text in zip(sample.title, sample.text, strict=True)]
        for similarity in SIMILARITIES:
            pairs, recall, precision = agreement(texts, similarity)
            rows.append(f"|{len(texts):,} of {name}|{similarity}|{pairs:,}|{recall:.4f}|{precision:.4f}|")
            print(rows[-1])
    return rows


def mixed(news: pd.DataFrame) -> Iterator[pa.Table]:
    """Yield pieces of the million; the columns `of` and `similarity` tell what a reprint repeats, and how nearly."""
    random = np.random.default_rng(0)
    split = [re.split(r"(?<=[.!?])\s+", text) for text in news.text]
    sentences = np.array([sentence for text in split for sentence in text if sentence], dtype=object)
    lengths = np.array([len(text) for text in split])
    for start in range(0, ARTICLES, PIECE):
        texts, of, days = [], [], []
        for number in range(PIECE):
            if number and random.random() < REPRINTS:
                of.append(int(random.integers(number)))
                texts.append(edited(texts[of[-1]], random))
                days.append(days[of[-1]] + random.integers(2))
            else:
                drawn = sentences[random.integers(len(sentences), size=random.choice(lengths))]
                of.append(None)
                texts.append(f"{' '.join(drawn)} {start + number}")
                days.append(random.integers(18_000, 20_000))
        dates = pd.to_datetime(pd.Series(days), unit="D").dt.strftime("%Y-%m-%d").astype(object)
        dates[random.random(PIECE) < 0.25] = None
        columns = {"id": range(start, start + PIECE), "text": texts, "date": pa.array(dates, pa.string())}
        origins = pa.array([None if place is None else start + place for place in of], pa.int64())
        yield pa.table({**columns, "of": origins, "similarity": similarities(texts, of)})


def similarities(texts: list[str], of: list[int | None]) -> list[float]:
    """Return the exact similarity of each text to what it repeats; zero if it repeats nothing."""
    shingles, ends = shingle_sets(texts)
    sets = np.split(shingles, ends[:-1])
    shared = [0 if place is None else len(np.intersect1d(sets[row], sets[place])) for row, place in enumerate(of)]
    return [
        0.0 if place is None else both / max(len(sets[row]) + len(sets[place]) - both, 1)
        for row, (place, both) in enumerate(zip(of, shared, strict=True))
    ]


def edited(text: str, random: np.random.Generator) -> str:
    words = text.split()
    for place in random.integers(len(words), size=random.integers(4)):
        words[place] = "слово"
    return " ".join(words)


def load_table(news: pd.DataFrame) -> list[str]:
    with TemporaryDirectory() as folder:
        source, target = Path(folder, "news.parquet"), Path(folder, "clusters.parquet")
        pieces = mixed(news)
        piece = next(pieces)
        with pq.ParquetWriter(source, piece.schema, compression="zstd") as writer:
            writer.write_table(piece)
            for piece in pieces:
                writer.write_table(piece)
        command = [sys.executable, "-m", "classifier", "duplicates", source, "--output", target]
        start = time.monotonic()
        with subprocess.Popen(command) as process:
            most = max(watch(process))
        assert process.returncode == 0
        seconds = time.monotonic() - start
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        found = pd.read_parquet(target)
        made = pd.read_parquet(source, columns=["of", "similarity"])
    repeated = made.of[made.similarity >= SIMILARITY].astype(int)
    told = found.cluster.to_numpy()[repeated.index] == found.cluster.to_numpy()[repeated]
    core = (usage.ru_utime + usage.ru_stime) / 60
    return [
        f"|articles|minutes|minutes of a core|memory, MB|reprints of similarity {SIMILARITY} made|found|",
        "|---|---|---|---|---|---|",
        f"|{len(found):,}|{seconds / 60:.1f}|{core:.1f}|{most:,}|{len(told):,}|{told.mean():.4f}|",
    ]


def watch(process: subprocess.Popen) -> Iterator[int]:
    """Yield the resident memory in MB, five times a second."""
    while process.poll() is None:
        yield memory(process) or 0
        time.sleep(0.2)


def outlet_table(news: pd.DataFrame) -> list[str]:
    found = clusters(news)
    is_reprint = ~found["first"]
    is_reprinted = found["first"] & (found["size"] > 1)
    rows = ["|outlet|articles|reprinted|reprints|largest cluster|", "|---|---|---|---|---|"]
    for source, own in found.groupby(news.source):
        reprinted, reprints = is_reprinted[own.index].sum(), is_reprint[own.index].sum()
        rows.append(f"|{source}|{len(own):,}|{reprinted:,}|{reprints:,}|{own['size'].max()}|")
    crossing = news.source[is_reprint] != found.cluster[is_reprint].map(news.source)
    return [*rows, "", f"Reprints of another outlet's article: {crossing.sum()}."]


def main() -> None:
    """Measure, print and write the tables."""
    news = pd.read_parquet(SHARED / "news.parquet").fillna({"title": "", "text": ""})
    parts = {
        "Pairs found, of those that an exact comparison of all finds": recall_table(news),
        "A million articles, from Parquet to a table, in one process": load_table(news),
        "Reprints in the corpus, at most three days apart": outlet_table(news),
    }
    lines = ["# Reprints", "", "Written by `make duplicates`; `duplicates.py` says how it is measured.", ""]
    for title, rows in parts.items():
        lines += [f"## {title}", "", *rows, ""]
    text = "\n".join(lines)
    print(text)
    HERE.with_suffix(".md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
