"""How far the probabilities of ours can be trusted, and how little its answers change with what should not matter."""

import re
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from classifier import TopicClassifier
from classifier.evaluation import metrics
from tests.benchmarks.quality.materials import LEAD, TOPICS, Materials
from tests.benchmarks.quality.store import Outcome
from tests.benchmarks.quality.tables import joined, places

ENOUGH = 500  # tags in a bin from which its figures say something


def reliability(news: Materials, found: Sequence[Outcome]) -> pd.DataFrame:
    """Return how often topics of some probability are right, all topics together, on `dev` and on outlets never seen.

    Bins with enough tags are marked; the last rows tell the worst difference of these, and the calibration error.
    """
    tables, last = [], []
    for place, parts in places(found):
        rows, answer = joined(parts)
        y_true, probabilities = news.y_true[rows], answer.scores.astype(float)
        bins = metrics.reliability(y_true, probabilities)
        tables.append(_columns(bins, place))
        last.append(_summary(bins, y_true, probabilities, place))
    table = pd.concat(tables, axis=1).fillna("")
    table.insert(0, "probability", [f"{lower:.1f} to {lower + 1 / metrics.BINS:.1f}" for lower in table.index])
    return pd.concat([table, pd.concat(last, axis=1).reset_index(names="probability")]).fillna("")


def _columns(bins: pd.DataFrame, place: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            f"tags, {place}": [f"{tags:,.0f}{'*' if tags >= ENOUGH else ''}" for tags in bins.tags],
            f"mean probability, {place}": bins.probability.map("{:.3f}".format).to_numpy(),
            f"right, {place}": bins.right.map("{:.3f}".format).to_numpy(),
        },
        index=bins.index,
    )


def _summary(bins: pd.DataFrame, y_true: NDArray, probabilities: NDArray, place: str) -> pd.DataFrame:
    gaps = (bins.right - bins.probability)[bins.tags >= ENOUGH]
    errors = metrics.calibration_error(y_true, probabilities)
    worst = int(np.argmax(errors))
    values = {
        "worst difference where marked *": f"{gaps.abs().max():.3f}",
        "calibration error, mean of topics (worst)": f"{errors.mean():.4f} ({TOPICS[worst]} {errors[worst]:.3f})",
    }
    return pd.DataFrame({f"right, {place}": values})


CHANGES: dict[str, Callable[[str], str]] = {
    "ё written as е": lambda text: text.replace("ё", "е").replace("Ё", "Е"),
    "plain quotes and dashes": lambda text: re.sub("[—–]", "-", re.sub("[«»„“”]", '"', text)),
    "upper case": str.upper,
    "dateline removed": lambda text: re.sub(r"(?m)^[А-ЯЁ -]+, \d+ \w+ [—–-] РИА Новости[^.]*\.", "", text),
    f"headline and {LEAD} words only": lambda text: " ".join(text.split()[: LEAD + 10]),
    "second half removed": lambda text: text[: len(text) // 2],
}


def robustness(model: TopicClassifier, news: Materials, rows: NDArray[np.int64]) -> list[dict[str, str]]:
    """Return how much the answer changes with changes that should matter little or not at all."""
    texts = news.texts_of(rows)
    probabilities, y_pred = model.predict_proba(texts), model.predict(texts)
    lines = []
    for name, change in CHANGES.items():
        changed = [change(text) for text in texts]
        touched = np.array([one != other for one, other in zip(texts, changed, strict=True)])
        after = model.predict(changed)
        moved = np.abs(probabilities - model.predict_proba(changed))[y_pred == 1]
        lines.append(
            {
                "change": name,
                "articles it touches": str(touched.sum()),
                "of these, same topics": f"{(y_pred == after).all(axis=1)[touched].mean():.3f}",
                "mean change of a given topic's probability": f"{moved.mean():.4f}",
                "micro-F1 after": f"{f1_score(news.y_true[rows], after, average='micro'):.3f}",
            }
        )
    return lines
