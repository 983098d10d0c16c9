"""What each part of the method is worth: ``make quality`` writes ``ablation.md``.

Five-fold cross-validation on the split ``train``, with word vectors learned once, from all articles outside ``dev``.
Settings were chosen by these figures, so they compare settings. For what to expect on new articles, see the folder `quality`.
"""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn.metrics import average_precision_score, f1_score
from sklearn.model_selection import KFold

from classifier import Lexicon, TopicClassifier
from classifier.model import calibration, ridge
from tests.benchmarks.quality.materials import FULL, Materials, read_materials
from tests.benchmarks.quality.ours import model_of
from tests.benchmarks.quality.tables import markdown
from tests.conftest import SHARED

JOBS = 2  # processes
CONSTANTS = {"_AXES": calibration, "_NEAR": calibration, "_INTERCEPT": ridge}
PARTS = {
    "as shipped": {},
    "no semantic smoothing": {"semantic_smoothing": 0.0},
    "no word vectors: neither semantic smoothing nor article vectors": {"semantic_smoothing": 0.0, "blind": True},
    "word vectors of 64 dimensions instead of 300": {"short": 64},
    "article vectors of 16 dimensions instead of 64": {"vector_dimensions": 16},
    "all axes of the article vectors, not 6 per topic": {"_AXES": 64},
    "an intercept as free as the weights": {"_INTERCEPT": 1.0},
    "thresholds on the plain sigmoid": {"_NEAR": 0.0},
    "no lead": {"lead_words": 1, "headline_words": 0},
    "lead of 120 words": {"lead_words": 120},
    "no extra weight for the headline": {"headline_words": 0},
    "alpha 8 instead of 2": {"alpha": 8.0},
}


def main() -> None:
    """Measure and write the table."""
    if not (SHARED / "news.parquet").exists():
        sys.exit(f"No corpus in {SHARED}: nothing can be measured without it; set NEWS_CORPUS to its folder.")
    news = read_materials()
    lexicon = news.lexicon(None)
    news.unlabelled = news.unlabelled[:0]  # not needed any more, and large to send to a process
    figures = Parallel(JOBS)(delayed(measure)(news, lexicon, **change) for change in PARTS.values())
    table = pd.DataFrame({"part": name} | row for name, row in zip(PARTS, figures, strict=True))
    page = (
        "# What each part is worth\n\nWritten by `make quality`; `ablation.py` says how it is measured.\n\n"
        f"{markdown(table)}\n"
    )
    print(page)
    Path(__file__).with_suffix(".md").write_text(page, "utf-8")


def measure(
    news: Materials, lexicon: Lexicon, blind: bool = False, short: int = 300, **change: float
) -> dict[str, str]:
    """Return cross-validated figures of the method with one change."""
    settings = {name: value for name, value in change.items() if name not in CONSTANTS}
    known = replace(lexicon, vectors=np.zeros_like(lexicon.vectors)) if blind else lexicon.truncate(short)
    with ExitStack() as stack:
        for name in change.keys() & CONSTANTS.keys():
            stack.enter_context(patch.object(CONSTANTS[name], name, change[name]))
        rows = pd.DataFrame(folds(news, TopicClassifier(lexicon=known, **settings))).sum()
    print(change, flush=True)
    y_true, y_pred, probabilities, headline_true, headline_pred = (np.concatenate(rows[name]) for name in rows.index)
    return {
        "macro-F1": f"{f1_score(y_true, y_pred, average='macro'):.3f}",
        "micro-F1": f"{f1_score(y_true, y_pred, average='micro'):.3f}",
        "average precision, macro": f"{average_precision_score(y_true, probabilities, average='macro'):.3f}",
        "micro-F1 on headlines": f"{f1_score(headline_true, headline_pred, average='micro'):.3f}",
    }


def folds(news: Materials, classifier: TopicClassifier) -> Iterator[dict[str, list[np.ndarray]]]:
    """Yield labels, topics and probabilities of the articles of each fold, and labels and topics of their headlines."""
    train = np.flatnonzero(news.news.split == "train")
    titles = news.news.title.to_numpy()
    for seen, held in KFold(5, shuffle=True, random_state=0).split(train):
        classifier.fit(news.texts_of(train[seen]), news.y_true[train[seen]])
        headed = [row for row in train[held] if titles[row]]
        answer = model_of(classifier)(news.inputs(train[held], FULL))
        yield {
            "y_true": [news.y_true[train[held]]],
            "y_pred": [answer.y_pred],
            "probabilities": [answer.scores],
            "y_true of headlines": [news.y_true[headed]],
            "y_pred of headlines": [classifier.predict(titles[headed])],
        }


if __name__ == "__main__":
    main()
