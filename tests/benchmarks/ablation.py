"""What each part of the method is worth: ``make quality`` writes ``ablation.md``.

For each change one model is fitted on the split ``train`` and scored on ``dev``. The same fit gives, in closed form, the
scores of each outlet's articles by a model without its labels; its word vectors have seen the outlet's texts. Settings
were chosen by these figures, so they compare settings. For what to expect on new articles, see the folder `quality`.
"""

import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
from sklearn.metrics import f1_score

from classifier import Lexicon, TopicClassifier
from classifier.model import axes, calibration, ridge
from classifier.model.calibration import calibrate
from classifier.model.curves import log_odds, sigmoid
from classifier.model.shards import LeftOut, group_rows
from tests.benchmarks.quality.materials import FULL, HEADLINE, Materials, Split, read_materials
from tests.benchmarks.quality.ours import distilled
from tests.benchmarks.quality.tables import markdown
from tests.conftest import SHARED

CONSTANTS: dict[str, ModuleType] = {"AXES": axes, "QUADRATIC": ridge, "_INTERCEPT": ridge, "MIN_GROUPS": calibration}
PARTS: dict[str, dict[str, Any]] = {
    "as shipped": {},
    "no distilled vectors": {"distilled": False},
    "no word vectors": {"distilled": False, "vectors": 0},
    "64 dimensions of co-occurrence instead of 300, as when users train anew": {"vectors": 64},
    "no semantic smoothing": {"semantic_smoothing": 0.0},
    "no products of dimensions": {"QUADRATIC": 0.0},
    "8 axes for the products instead of 24": {"AXES": 8},
    "probabilities and thresholds from single texts left out": {"MIN_GROUPS": 1000},
    "an intercept as free as the weights": {"_INTERCEPT": 1.0},
    "no lead": {"lead_words": 1, "headline_words": 0},
    "alpha 2 instead of 4": {"alpha": 2.0},
}


class Remembering(TopicClassifier):
    """Our classifier, which keeps what its fit says of texts left out."""

    def finish_fit(self, classes: Any, extractor: Any, weights: Any, left_out: LeftOut) -> Any:
        """Keep it."""
        self.left_out_ = left_out
        return super().finish_fit(classes, extractor, weights, left_out)


def main() -> None:
    """Measure and write the table."""
    if not (SHARED / "news.parquet").exists():
        sys.exit(f"No corpus in {SHARED}: nothing can be measured without it; set NEWS_CORPUS to its folder.")
    news = read_materials()
    dev = next(news.splits())
    lexicon = distilled(news, None)
    rows = []
    for name, change in PARTS.items():
        rows.append({"part": name} | measure(news, dev, lexicon, **change))
        print(rows[-1], flush=True)
    page = (
        "# What each part is worth\n\nWritten by `make quality`; `ablation.py` says how it is measured.\n\n"
        f"{markdown(pd.DataFrame(rows))}\n"
    )
    Path(__file__).with_suffix(".md").write_text(page, "utf-8")


def measure(news: Materials, dev: Split, lexicon: Lexicon, **change: Any) -> dict[str, str]:
    """Return figures of the method with one change."""
    known = reduced(lexicon, change.pop("vectors", 300), change.pop("distilled", True))
    groups = news.news.outlet.to_numpy()[dev.fit]
    with ExitStack() as stack:
        for name in change.keys() & CONSTANTS.keys():
            stack.enter_context(patch.object(CONSTANTS[name], name, change.pop(name)))
        model = Remembering(lexicon=known, **change)
        model.fit(news.texts_of(dev.fit), news.y_true[dev.fit], groups=groups)
        left_out = outlets_left_out(model.left_out_)
    articles, headlines = news.inputs(dev.test, FULL), news.inputs(dev.test, HEADLINE)
    pairs = {
        "`dev`": (news.y_true[dev.test], model.predict(articles.texts)),
        "headlines of `dev`": (news.y_true[headlines.rows], model.predict(headlines.texts)),
        "outlet's labels left out": left_out,
    }
    return {
        f"{place}: {average}-F1": f"{f1_score(*pair, average=average):.3f}"
        for place, pair in pairs.items()
        for average in ("macro", "micro")
    }


def reduced(lexicon: Lexicon, dimensions: int, has_distilled: bool) -> Lexicon:
    """Return a lexicon with fewer dimensions of co-occurrence (0: blank ones), and perhaps without distilled vectors."""
    if not has_distilled:
        lexicon = lexicon.with_distilled(np.zeros((len(lexicon.lemmas), 0), np.float32))
    blank = replace(lexicon, vectors=np.zeros((len(lexicon.lemmas), 1), np.int8))
    return lexicon.truncate(dimensions) if dimensions else blank


def outlets_left_out(left_out: LeftOut) -> tuple[np.ndarray, np.ndarray]:
    """Return labels and topics of all articles, each outlet scored and calibrated without its own labels.

    All axes are used, and no text counts as short.
    """
    y_pred = np.zeros_like(left_out.y_true)
    for test in group_rows(left_out.outlets):
        rest = np.setdiff1d(np.arange(len(y_pred)), test)
        loo, group, y_true = left_out.loo_scores[rest], left_out.group_scores[rest], left_out.y_true[rest]
        found = calibrate(loo, group, y_true, group_rows(left_out.outlets[rest]))
        scores = left_out.group_scores[test] * found.slopes + found.shifts
        y_pred[test] = sigmoid(log_odds(scores, found.curves, np.full(len(test), 1000))) >= found.thresholds
    return left_out.y_true, y_pred


if __name__ == "__main__":
    main()
