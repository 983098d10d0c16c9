"""Stored results to tables: contenders, and ours by outlet, year and topic, with fewer labels, and in its modes."""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from classifier.model.predictions import MODES
from tests.benchmarks.quality.contenders import Answer
from tests.benchmarks.quality.figures import figures, interval, with_interval
from tests.benchmarks.quality.materials import FULL, LENGTHS, TOPICS, Materials
from tests.benchmarks.quality.store import Outcome

DEV, NEVER = "`dev`", "outlets never seen"
PERIODS = {2014: "to 2014", 2018: "2015 to 2018", 2020: "2019 and 2020", 2022: "2021 and 2022"}  # last year: name
Row = dict[str, str]


def places(found: Iterable[Outcome], length: str = FULL) -> Iterator[tuple[str, list[Outcome]]]:
    """Yield what was tested on `dev` and on all left-out outlets together, at one length, unless there is nothing."""
    parts = [tested for tested in found if tested.length == length]
    for name, is_dev in {DEV: True, NEVER: False}.items():
        chosen = [tested for tested in parts if (tested.split == "dev") == is_dev]
        if chosen:
            yield name, chosen


def joined(parts: Sequence[Outcome]) -> tuple[NDArray[np.int64], Answer]:
    """Return the rows and answers of several splits as one; the cutoffs are those of each row, (texts, topics)."""
    rows = np.concatenate([part.rows for part in parts])
    cutoffs = np.concatenate([np.tile(part.answer.cutoffs, (len(part.rows), 1)) for part in parts])
    scores, y_pred = (np.concatenate([getattr(part.answer, name) for part in parts]) for name in ("scores", "y_pred"))
    return rows, Answer(scores, y_pred, cutoffs)


def measured(news: Materials, rows: NDArray[np.int64], y_pred: NDArray[np.int8]) -> Row:
    """Return the number of articles and their figures."""
    return {"articles": f"{len(rows):,}"} | figures(news.y_true[rows], y_pred)


def contenders(news: Materials, found: dict[str, list[Outcome]]) -> pd.DataFrame:
    """Return the figures of all contenders, on `dev` and on outlets never seen, at all lengths."""
    rows = []
    for length in LENGTHS:
        for place in (DEV, NEVER):
            for name, tested in found.items():
                if parts := dict(places(tested, length)).get(place):
                    chosen, answer = joined(parts)
                    about = {"as": length, "tested on": place, "model": name}
                    rows.append(about | measured(news, chosen, answer.y_pred))
    return pd.DataFrame(rows)


def by_group(news: Materials, found: Sequence[Outcome], name: str, groups: Sequence[str]) -> pd.DataFrame:
    """Return the figures on outlets never seen by group; `groups` names the group of each labelled article."""
    rows, answer = joined(dict(places(found))[NEVER])
    group_of = np.array(groups)[rows]
    chosen = {group: group_of == group for group in sorted(set(group_of))}
    return pd.DataFrame(
        {name: group} | measured(news, rows[mask], answer.y_pred[mask]) for group, mask in chosen.items()
    )


def period(year: str) -> str:
    """Return the period of a year."""
    if not year:
        return "not dated (RT, 2016 to 2018)"
    return next((name for last, name in PERIODS.items() if int(year) <= last), year)


def by_topic(news: Materials, found: Sequence[Outcome]) -> pd.DataFrame:
    """Return the F1 of each topic, with precision and recall, on `dev` and on outlets never seen side by side."""
    columns: dict[str, list[str]] = {"topic": TOPICS}
    for place, parts in places(found):
        rows, answer = joined(parts)
        y_true = news.y_true[rows]
        hits, given, right = (y_true & answer.y_pred).sum(axis=0), answer.y_pred.sum(axis=0), y_true.sum(axis=0)
        f1 = with_interval(y_true, answer.y_pred, range(len(TOPICS)))[-len(TOPICS) :]
        columns |= {
            f"articles, {place}": [f"{count:,}" for count in right],
            f"precision, {place}": [f"{share:.2f}" for share in hits / np.maximum(given, 1)],
            f"recall, {place}": [f"{share:.2f}" for share in hits / np.maximum(right, 1)],
            f"F1, {place}": [interval(*row) for row in f1],
        }
    return pd.DataFrame(columns)


def learning_curve(news: Materials, found: dict[str, list[Outcome]]) -> pd.DataFrame:
    """Return the figures of ours with fewer labels, from the fewest to all."""
    rows = []
    for place in (DEV, NEVER):
        for name, tested in found.items():
            if parts := dict(places(tested)).get(place):
                chosen, answer = joined(parts)
                rows.append({"model": name, "tested on": place} | measured(news, chosen, answer.y_pred))
    return pd.DataFrame(rows)


def modes(
    news: Materials, found: Sequence[Outcome], thresholds: Callable[[NDArray[np.float64], str], NDArray[np.float64]]
) -> pd.DataFrame:
    """Return what each mode gives; `thresholds` turns the thresholds of a model into those of a mode."""
    rows = []
    for place, parts in places(found):
        for mode in MODES:
            y_pred = np.concatenate(
                [part.answer.scores >= thresholds(part.answer.cutoffs, mode) for part in parts]
            ).astype(np.int8)
            figure = figures(news.y_true[np.concatenate([part.rows for part in parts])], y_pred)
            row = {"tested on": place, "mode": mode}
            row |= {name: figure[name] for name in ("precision", "recall", "micro-F1", "macro-F1")}
            rows.append(row | {"articles with a topic": f"{y_pred.any(axis=1).mean():.3f}"})
    return pd.DataFrame(rows)


def markdown(table: pd.DataFrame) -> str:
    """Return a table in Markdown."""
    lines = [table.columns, ["---"] * len(table.columns), *table.itertuples(index=False)]
    return "\n".join("|" + "|".join(map(str, line)) + "|" for line in lines)
