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
from classifier.duplicates.shingles import shingle_sets
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
    """Yield pieces of the million; the id of a reprint tells the id of its article: ``17-copy``."""
    random = np.random.default_rng(0)
    split = [re.split(r"(?<=[.!?])\s+", text) for text in news.text]
    sentences = np.array([sentence for text in split for sentence in text if sentence], dtype=object)
    lengths = np.array([len(text) for text in split])
    for start in range(0, ARTICLES, PIECE):
        texts, ids, days = [], [], []
        for number in range(start, start + PIECE):
            if len(texts) and random.random() < REPRINTS:
                place = int(random.integers(len(texts)))
                texts.append(edited(texts[place], random))
                ids.append(f"{ids[place]}-copy")
                days.append(days[place] + random.integers(2))
            else:
                drawn = sentences[random.integers(len(sentences), size=random.choice(lengths))]
                texts.append(f"{' '.join(drawn)} {number}")
                ids.append(str(number))
                days.append(random.integers(18_000, 20_000))
        dates = pd.to_datetime(pd.Series(days), unit="D").dt.strftime("%Y-%m-%d").astype(object)
        dates[random.random(PIECE) < 0.25] = None
        yield pa.table({"id": ids, "text": texts, "date": pa.array(dates, pa.string())})


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
        subprocess.run(command, check=True)
        seconds = time.monotonic() - start
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        found = pd.read_parquet(target)
    origin = found.id.str.partition("-")[0]
    cluster_of = dict(zip(found.id, found.cluster, strict=True))
    is_copy = origin != found.id
    told = (found.cluster[is_copy] == origin[is_copy].map(cluster_of)).mean()
    reprints = int((~found["first"]).sum())
    return [
        "|articles|minutes|minutes of a core|memory, MB|reprints made|in the cluster of their article|reprints found|",
        "|---|---|---|---|---|---|---|",
        f"|{len(found):,}|{seconds / 60:.1f}|{(usage.ru_utime + usage.ru_stime) / 60:.1f}|{usage.ru_maxrss // 1024:,}|{is_copy.sum():,}|{told:.4f}|{reprints:,}|",
    ]


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
