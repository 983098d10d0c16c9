"""The page ``quality.md``: tables from the stored results, explained."""

from collections.abc import Sequence

import pandas as pd

from classifier.model.thresholds import mode_thresholds
from tests.benchmarks.quality.materials import LEAD, OPENING, Materials, Split
from tests.benchmarks.quality.ours import OURS, SHARES
from tests.benchmarks.quality.reliability import reliability
from tests.benchmarks.quality.store import Outcome, Store
from tests.benchmarks.quality.tables import by_group, by_topic, contenders, learning_curve, markdown, modes, period

INTRODUCTION = f"""\
# Quality

Written by `make quality`; the folder `quality` says how it is measured.

One model of each contender is fitted on the labels of `train` and tested on `dev`. For *outlets never seen*, one more is
fitted without each outlet and tested on all its labelled articles. Articles that nearly repeat a tested one are not
fitted. Rivals have chosen their settings and cutoffs on `dev`, by macro-F1; ours has chosen nothing there, so on `dev`
the rivals are flattered. Three things of ours were chosen on outlets never seen, for all of them at once: the curve of
short texts, the number of axes, and thresholds midway between two kinds of left-out scores. Parentheses hold intervals of 95 % (bootstrap over articles). *{OPENING.capitalize()}* is what
the labels are based on. Precision and recall are those of all tags together.
"""
RIVALS = f"""\
Encoders read a headline and 90 words as full text. e5-small, which is slow, did the headline and {LEAD} words of `dev` only.
"""
MARKED = "Bins with at least 500 tags are marked with an asterisk: the others say little.\n"


def page(news: Materials, splits: Sequence[Split], store: Store, rivals: Sequence[str]) -> str:
    """Return the page; contenders that have not answered on all splits are left out."""
    names = [OURS, *rivals, *SHARES]
    found = {name: answers(store, name, splits) for name in names if all(store.has(name, each.name) for each in splits)}
    compared = {name: tested for name, tested in found.items() if name not in SHARES}
    parts = {
        "Contenders": RIVALS + "\n" + markdown(contenders(news, compared)),
        "Settings of the rivals": markdown(settings(store, [name for name in rivals if name in found])),
        "Speed of the encoders": markdown(pd.DataFrame(store.read("speed", list))),
    }
    if OURS in found:
        parts |= about_ours(news, found, store)
    return INTRODUCTION + "".join(f"\n## {name}\n\n{text}\n" for name, text in parts.items())


def answers(store: Store, name: str, splits: Sequence[Split]) -> list[Outcome]:
    """Return the answers of a contender on all splits."""
    return [tested for split in splits for tested in store.load(name, split.name)]


def settings(store: Store, names: Sequence[str]) -> pd.DataFrame:
    """Return what the rivals have chosen."""
    rows = []
    for name in names:
        chosen = store.read(name, dict)
        cutoffs = f"{chosen['cutoffs'][0]} for all topics" if chosen["rule"] == "one" else chosen["rule"]
        best = chosen["macro-F1 by rule"][chosen["rule"]]
        row = {"rival": name, "settings": chosen["settings"], "cutoffs": cutoffs, "macro-F1 on `dev`": f"{best:.3f}"}
        rows.append(row | {"settings tried": str(len(chosen["tried"]))})
    return pd.DataFrame(rows)


def about_ours(news: Materials, found: dict[str, list[Outcome]], store: Store) -> dict[str, str]:
    """Return the sections about our classifier alone."""
    ours = found[OURS]
    curve = {name: found[name] for name in (*SHARES, OURS) if name in found}
    return {
        "Ours on each outlet, which it has never seen": markdown(by_group(news, ours, "outlet", news.news.outlet)),
        "Ours by year, on outlets never seen": markdown(by_group(news, ours, "year", news.news.year.map(period))),
        "Ours by topic": markdown(by_topic(news, ours)),
        "Ours with fewer labels": markdown(learning_curve(news, curve)),
        "Reliability of ours": MARKED + "\n" + markdown(reliability(news, ours)),
        "Modes of ours": markdown(modes(news, ours, mode_thresholds)),
        "Robustness of ours on `dev`": markdown(pd.DataFrame(store.read("robustness", list))),
    }
