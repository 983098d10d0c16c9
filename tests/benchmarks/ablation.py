"""What each part of the recipe is worth: ``make quality`` writes ``ablation.md`` next to this.

Five-fold cross-validation on the split ``train``, with word vectors learned once, from all articles outside ``dev``.
Settings were chosen by such figures, so they compare settings and promise nothing: that ``quality.py`` does.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn.metrics import average_precision_score, f1_score
from sklearn.model_selection import KFold

from classifier import model
from classifier.lexicon import Lexicon
from classifier.model import TopicClassifier
from tests.benchmarks.quality import HERE, Materials, answered, markdown, materials
from tests.conftest import SHARED

PARTS = {
    "as shipped": {},
    "no kinship of lemmas": {"kinship": 0.0},
    "no word vectors: neither kinship nor article vectors": {"kinship": 0.0, "blind": True},
    "word vectors of 64 dimensions instead of 300": {"short": 64},
    "article vectors of 16 dimensions instead of 64": {"dimensions": 16},
    "all axes of the article vectors, not 6 a topic": {"_AXES": 64},
    "an intercept as free as usual": {"_INTERCEPT": 1.0},
    "thresholds on the plain sigmoid": {"_NEAR": 0.0},
    "no opening": {"opening": 1, "headline": 0},
    "opening of 120 words": {"opening": 120},
    "no weight on the headline": {"headline": 0},
    "alpha 8 instead of 2": {"alpha": 8.0},
}


def main() -> None:
    """Measure and write the table."""
    if not (SHARED / "news.parquet").exists():
        sys.exit(f"No corpus in {SHARED}: nothing can be measured without it; set NEWS_CORPUS to its folder.")
    news = materials()
    lexicon = news.lexicon(None)
    news.unlabelled = news.unlabelled[:0]  # no longer needed, and much to hand to a process
    figures = Parallel(2)(delayed(measure)(news, lexicon, **change) for change in PARTS.values())
    table = pd.DataFrame({"part": name} | row for name, row in zip(PARTS, figures, strict=True))
    page = (
        f"# What each part is worth\n\nWritten by `make quality`; how stands in `ablation.py`.\n\n{markdown(table)}\n"
    )
    print(page)
    HERE.with_name("ablation.md").write_text(page, "utf-8")


def measure(
    news: Materials, lexicon: Lexicon, blind: bool = False, short: int = 300, **change: float
) -> dict[str, str]:
    """Cross-validated figures of the recipe with one change."""
    settings = {name: value for name, value in change.items() if not name.startswith("_")}
    constants = {name: value for name, value in change.items() if name.startswith("_")}
    known = replace(lexicon, vectors=np.zeros_like(lexicon.vectors)) if blind else lexicon.first(short)
    with patch.dict(vars(model), constants):
        rows = pd.DataFrame(folds(news, TopicClassifier(lexicon=known, **settings))).sum()
    print(change, flush=True)
    truth, given, scores, headed, headlines = (np.concatenate(rows[name]) for name in rows.index)
    return {
        "macro-F1": f"{f1_score(truth, given, average='macro'):.3f}",
        "micro-F1": f"{f1_score(truth, given, average='micro'):.3f}",
        "average precision, macro": f"{average_precision_score(truth, scores, average='macro'):.3f}",
        "micro-F1 on headlines": f"{f1_score(headed, headlines, average='micro'):.3f}",
    }


def folds(news: Materials, classifier: TopicClassifier) -> Iterator[dict[str, list[np.ndarray]]]:
    """Truth, tags and probabilities of the articles of each fold, and truth and tags of their headlines."""
    train = np.flatnonzero(news.news.split == "train")
    titles = news.news.title.to_numpy()
    for seen, held in KFold(5, shuffle=True, random_state=0).split(train):
        classifier.fit([news.texts[row] for row in train[seen]], news.wanted[train[seen]])
        texts, headed = [news.texts[row] for row in train[held]], [row for row in train[held] if titles[row]]
        answer = answered(classifier, texts)
        yield {
            "truth": [news.wanted[train[held]]],
            "given": [answer.given],
            "probabilities": [answer.probabilities],
            "truth of headlines": [news.wanted[headed]],
            "headlines": [classifier.predict(titles[headed])],
        }


if __name__ == "__main__":
    main()
