"""How often the intervals of `news-topics trends` contain the true share, on outlets that the model has not seen.

``make coverage`` writes coverage.md. It needs the shared corpus and takes half an hour on one core. What a model without
an outlet says of its labelled articles is told in closed form, as in the loop; the word vectors have seen the texts. The
labelled articles of an outlet are taken for its whole news, so that the true shares are known. From its days, and
from its articles, archives are drawn again and again.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from classifier import TopicClassifier
from classifier.evaluation.intervals import quantile, wilson
from classifier.model.curves import sigmoid
from classifier.model.ridge import fit_ridge
from classifier.trends.checking import Checked
from classifier.trends.counting import Counts
from classifier.trends.shares import correct, estimate
from tests.benchmarks.loop import SETTINGS, _features, _left_out
from tests.benchmarks.quality.materials import TOPICS, Materials, read_materials
from tests.benchmarks.quality.tables import markdown
from tests.conftest import SHARED

PAGE = Path(__file__).with_suffix(".md")
DATED = ("fontanka", "ria", "telegram")  # outlets of whose labelled articles the days are known
MONTHS, DRAWINGS, REPLICATES = 12, 150, 500
LEAST = 5  # articles that have a topic, or that a day has, to be measured
CHECKED = (100, 200, 300)
SIZES = (200, 1000)  # articles of a period whose shares are corrected
NOMINAL = (0.93, 0.97)

_PAGE = """\
# Do intervals contain the true share?

`make coverage` writes this page. How it measures: `tests/benchmarks/coverage.py`. Every interval is nominally of 95 %.

## Sampling

Archives of {months} months are drawn from the days of an outlet, and the share of each topic that a month shows is compared
with that of all days, {drawings} times. *days*: of a month; *articles*: of a month. *trends*: what `news-topics trends` says (Wilson's interval, with the
variance of a bootstrap of days). *no days*: the same as if articles were independent. *percentiles*: of the bootstrap of days itself.
Each cell: how often the interval contains the true share, mean of the topics that {least} articles have; in brackets, the share of topics
for which that is {low:.0%} to {high:.0%}. With *reprints*, each tenth article is printed again up to five times on the days after.

{sampling}

Labelled articles are spread unevenly over the days of ria and telegram, 5 to 160 a day, because they were not chosen by day.
There intervals are too narrow with a week's days or with reprints, by up to four points.

## Sampling and the classifier

An archive is drawn from an outlet's articles and tagged by a model that has not seen it, and some of its articles are read. How often
the interval of a corrected share contains the true share, mean of outlets and topics; the least of the outlets; and how far the limits are
apart, as a multiple of the share. *uncorrected*: the interval for sampling alone. *corrected topics*: those that were read often enough.

{classifier}

By outlet, with 200 articles read and 1,000 in the period:

{outlets}

## Periods that differ

What corrects the shares of a period was read in all periods, as if the classifier erred alike in all. The mean error (root mean square, in
points) of shares of real periods, beside how much the true shares differ from those of all periods; topics that 40 articles have.
*adjusted count* corrects by the shares of articles with and without a topic that get it (Forman, 2008), as quantification libraries do.

{periods}
"""


class Outlet(NamedTuple):
    """What is known of an outlet's articles, in the order of `rows`: true topics, topics given, and the day of each."""

    name: str
    y_true: np.ndarray
    y_pred: np.ndarray
    days: np.ndarray
    periods: np.ndarray


def main() -> None:
    """Measure, and write the page."""
    days, checked, periods = [], [], []
    for outlet in read_outlets(read_materials()):
        print(outlet.name, flush=True)
        days += sampling(outlet) if outlet.name in DATED else []
        checked += correction(outlet)
        periods += filter(None, [real_periods(outlet)])
    PAGE.write_text(page(*map(pd.DataFrame, (days, checked, periods))), encoding="utf-8")


def page(days: pd.DataFrame, checked: pd.DataFrame, periods: pd.DataFrame) -> str:
    """Return the page, from rows as `sampling`, `correction` and `real_periods` return them."""
    keys = ["articles", "read"]
    means = checked.groupby(keys, as_index=False)[["corrected", "uncorrected", "width", "corrected topics"]].mean()
    means.insert(3, "least", checked.groupby(keys).corrected.min().to_numpy())
    usual = checked[(checked["articles"] == SIZES[-1]) & (checked["read"] == 200)].drop(columns=keys)
    return _PAGE.format(
        months=MONTHS,
        drawings=DRAWINGS,
        least=LEAST,
        low=NOMINAL[0],
        high=NOMINAL[1],
        sampling=markdown(days),
        classifier=markdown(means.round(3)),
        outlets=markdown(usual.round(3)),
        periods=markdown(periods),
    )


def read_outlets(news: Materials) -> Iterator[Outlet]:
    """Yield the outlets, tagged by a model that has not seen them."""
    classifier = TopicClassifier()
    features = _features(news, classifier)
    names = sorted(set(news.news.outlet))
    rows = {name: np.flatnonzero(news.news.outlet == name) for name in names}
    print("fitting", flush=True)
    targets = 2 * news.y_true.astype(np.float32) - 1
    fitted = fit_ridge(features, classifier.base_lexicon().unit_vectors(), targets, *SETTINGS, list(rows.values()))
    written = pd.read_parquet(SHARED / "news.parquet", columns=["id", "date"]).set_index("id").date
    dates = written.reindex(news.news.index).astype("str").str[:10]
    for name in names:
        left_out = _left_out(fitted, features, news, rows[name])
        scores = left_out.log_odds(fitted.group_scores[rows[name]], features.words[rows[name]])
        y_pred = (sigmoid(scores) >= left_out.found.thresholds).astype(np.int8)
        days = dates.iloc[rows[name]]
        yield Outlet(name, news.y_true[rows[name]], y_pred, number_days(days), name_periods(days))


def number_days(days: pd.Series) -> np.ndarray:
    """Return a number for each day, -1 where it is not known."""
    return pd.factorize(days.where(days.str.len() == len("2023-05-01")))[0]


def name_periods(days: pd.Series) -> np.ndarray:
    """Return the quarter of each article, or its year if its day is not known."""
    has_day = days.str.len() == len("2023-05-01")
    quarters = pd.to_datetime(days.where(has_day)).dt.to_period("Q").astype("str")
    return quarters.where(has_day, days.str[:4]).to_numpy()


def sampling(outlet: Outlet) -> Iterator[dict[str, object]]:
    """Draw archives from the days of an outlet, and yield how often intervals contain the true shares."""
    dated = np.flatnonzero(outlet.days >= 0)
    known = dated[np.bincount(outlet.days[dated])[outlet.days[dated]] >= LEAST]
    sizes = np.bincount(pd.factorize(outlet.days[known])[0])
    given = np.stack([np.bincount(pd.factorize(outlet.days[known])[0], column) for column in outlet.y_true[known].T], 1)
    for length, reprints in ((7, False), (30, False), (30, True)):
        yield {"outlet": outlet.name, "days": length, "reprints": "yes" if reprints else "no"} | _covered_months(
            sizes, given.astype(int), length, reprints=reprints
        )


def _covered_months(sizes: np.ndarray, given: np.ndarray, length: int, *, reprints: bool) -> dict[str, object]:
    random = np.random.RandomState(0)
    true, measured = given.sum(axis=0) / sizes.sum(), given.sum(axis=0) >= LEAST
    hits: dict[str, list[np.ndarray]] = {"trends": [], "no days": [], "percentiles": []}
    articles = []
    for _ in range(DRAWINGS):
        drawn = random.randint(len(sizes), size=(MONTHS, length))
        counts = _reprinted(sizes, given, drawn, random) if reprints else _counts(sizes[drawn], given[drawn])
        table = estimate(counts, "month", TOPICS, min_articles=0)
        shares = table.share.to_numpy().reshape(MONTHS, -1)
        all_articles = table.all_articles.to_numpy().reshape(MONTHS, -1)
        limits = {
            "trends": (table.low.to_numpy().reshape(MONTHS, -1), table.high.to_numpy().reshape(MONTHS, -1)),
            "no days": wilson(shares, all_articles.astype(float), quantile()),
            "percentiles": _percentiles(counts, random),
        }
        articles.append(all_articles.mean())
        for name, (low, high) in limits.items():
            hits[name].append(((low <= true + 1e-9) & (true <= high + 1e-9)).mean(axis=0)[measured])
    covered = {name: np.mean(values, axis=0) for name, values in hits.items()}
    return {"articles": round(np.mean(articles)), "topics": int(measured.sum())} | {
        name: f"{rates.mean():.3f} ({((rates >= NOMINAL[0]) & (rates <= NOMINAL[1])).mean():.0%})"
        for name, rates in covered.items()
    }


def _counts(sizes: np.ndarray, given: np.ndarray, blocks: np.ndarray | None = None) -> Counts:
    """Return counts of blocks of each month: sizes, (months, blocks), and articles of topics, (months, blocks, topics)."""
    months, number = sizes.shape
    frame = pd.DataFrame({"period": np.repeat(np.arange(months), number), "group": "", "number": sizes.ravel()})
    frame["block"] = np.tile(np.arange(number), months).astype(str) if blocks is None else blocks.ravel().astype(str)
    month, block, topic = np.nonzero(given)
    topics = pd.DataFrame(
        {
            "period": month,
            "group": "",
            "block": frame["block"].to_numpy()[month * number + block],
            "topic": np.array(TOPICS)[topic],
            "number": given[month, block, topic],
        }
    )
    none = pd.DataFrame({"period": [], "group": [], "topic": [], "number": []})
    return Counts(frame[frame["number"] > 0], topics, none, 0, 0, 0, 0)


def _reprinted(sizes: np.ndarray, given: np.ndarray, drawn: np.ndarray, random: np.random.RandomState) -> Counts:
    """Return counts in which each tenth article is printed again one to five times: a block of its own."""
    days, topics = sizes[drawn], given[drawn]
    again = random.binomial(days, 0.1)
    most = int(again.sum(axis=1).max())
    own = np.zeros((len(drawn), most), int)
    own_topics = np.zeros((len(drawn), most, topics.shape[2]), int)
    days, topics = days.copy(), topics.copy()
    for month in range(len(drawn)):
        place = 0
        for day in np.flatnonzero(again[month]):
            for _ in range(again[month, day]):
                # The article is taken from its day; each topic goes with it as often as the day's articles have it.
                has = random.random_sample(topics.shape[2]) < topics[month, day] / days[month, day]
                copies = random.randint(2, 7)
                own[month, place], own_topics[month, place] = copies, copies * has
                days[month, day] -= 1
                topics[month, day] -= has
                place += 1
    return _counts(np.hstack([days, own]), np.concatenate([topics, own_topics], axis=1))


def _percentiles(counts: Counts, random: np.random.RandomState) -> tuple[np.ndarray, np.ndarray]:
    """Return the limits that percentiles of a bootstrap of blocks give, (months, topics) each."""
    lows, highs = [], []
    for month, blocks in counts.blocks.groupby("period"):
        sizes = blocks.set_index("block")["number"]
        given = counts.topics[counts.topics.period == month].pivot_table(
            index="block", columns="topic", values="number", fill_value=0
        )
        given = given.reindex(index=sizes.index, columns=TOPICS, fill_value=0).to_numpy()
        weights = random.multinomial(len(sizes), np.full(len(sizes), 1 / len(sizes)), size=REPLICATES)
        shares = (weights @ given) / (weights @ sizes.to_numpy())[:, None]
        low, high = np.percentile(shares, [2.5, 97.5], axis=0)
        lows.append(low)
        highs.append(high)
    return np.array(lows), np.array(highs)


def correction(outlet: Outlet) -> Iterator[dict[str, object]]:
    """Draw archives and articles to read, and yield how often corrected intervals contain the true shares."""
    random = np.random.RandomState(0)
    true = outlet.y_true.mean(axis=0)
    for size in SIZES:
        for number in CHECKED:
            drawn = [_correct_once(outlet, size, number, random) for _ in range(DRAWINGS)]
            tables = pd.concat(drawn)
            right = tables.topic.map(dict(zip(TOPICS, true, strict=True)))
            known = tables.corrected.notna()
            corrected = (tables.corrected_low <= right) & (right <= tables.corrected_high)
            uncorrected = (tables.low <= right) & (right <= tables.high)
            width = (tables.corrected_high - tables.corrected_low) / right
            yield {
                "outlet": outlet.name,
                "articles": size,
                "read": number,
                "corrected": corrected[known].mean(),
                "uncorrected": uncorrected[known].mean(),
                "width": width[known].mean(),
                "corrected topics": known.mean(),
            }


def _correct_once(outlet: Outlet, size: int, number: int, random: np.random.RandomState) -> pd.DataFrame:
    rows, read = random.randint(len(outlet.y_true), size=size), random.randint(len(outlet.y_true), size=number)
    table = estimate(_counts(np.ones((1, size), int), outlet.y_pred[rows][None]), "month", TOPICS, min_articles=0)
    return correct(table, _checked(outlet.y_true[read], outlet.y_pred[read]))


def _checked(y_true: np.ndarray, y_pred: np.ndarray) -> dict[str, Checked]:
    right, added, missed = (y_true & y_pred).sum(0), (y_pred > y_true).sum(0), (y_true > y_pred).sum(0)
    neither = len(y_true) - right - added - missed
    numbers = np.stack([right, added, missed, neither], axis=1).tolist()
    return {topic: Checked(*four) for topic, four in zip(TOPICS, numbers, strict=True)}


def real_periods(outlet: Outlet) -> dict[str, object] | None:
    """Return how far the shares of real periods are from the truth; None if there are too few."""
    names, places = np.unique(outlet.periods, return_inverse=True)
    large = [place for place in range(len(names)) if (places == place).sum() >= 150]
    if len(large) < 2:
        return None
    often = outlet.y_true.sum(axis=0) >= 40
    y_true, y_pred = outlet.y_true[:, often], outlet.y_pred[:, often]
    right = (y_true & y_pred).sum(0)
    precision, omitted = right / y_pred.sum(0), (y_true > y_pred).sum(0) / (1 - y_pred).sum(0)
    recall, fallout = right / y_true.sum(0), (y_pred > y_true).sum(0) / (1 - y_true).sum(0)
    errors = []
    for place in large:
        share, true = y_pred[places == place].mean(0), y_true[places == place].mean(0)
        adjusted = np.clip((share - fallout) / (recall - fallout), 0, 1)
        corrected = share * precision + (1 - share) * omitted
        errors.append([true - y_true.mean(0), share - true, corrected - true, adjusted - true])
    points = 100 * np.sqrt((np.array(errors) ** 2).mean(axis=(0, 2)))
    measures = dict(zip(("true change", "uncorrected", "corrected", "adjusted count"), points.round(2), strict=True))
    return {"outlet": outlet.name, "periods": len(large), "topics": int(often.sum())} | measures


if __name__ == "__main__":
    main()
