"""Rivals choose their settings and cutoffs by macro-F1 on the rows of `dev` that they are scored on, in their favour.

Cutoffs are one for all topics, or one for each topic from scores that cross-validation gives the articles fitted: half
of the best F1 as a probability of Platt's sigmoid (Lipton et al., 2014), as ours does it, or where F1 was best. The same
cutoffs serve when an outlet is left out, although its labels had a part in them: in favour of the rivals again.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from tests.benchmarks.quality.contenders import Answer, Model, Rival, Scores, Trial
from tests.benchmarks.quality.figures import macro_f1
from tests.benchmarks.quality.materials import FULL, Inputs, Materials, Split

CUTOFFS = np.round(np.arange(-5, 5.001, 0.02), 2) + 0.0  # without a minus zero
FOLDS = 3
Settings = dict[str, Any]
Keep = Callable[[Settings], None]


def tune(rival: Rival, news: Materials, dev: Split, known: Settings, keep: Keep) -> Settings:
    """Return the best trial of a rival and its cutoff; what is `known` is not tried again, what is new is kept."""
    tried = known.setdefault("tried", {})
    for trial in rival.trials:
        if trial.settings not in tried:
            f1, cutoff = best_cutoff(news.y_true[dev.test], dev_scores(trial, news, dev))
            tried[trial.settings] = {"macro-F1": round(f1, 4), "cutoff": cutoff}
            print(f"  {trial.settings}, cutoff {cutoff}: {f1:.4f}", flush=True)
            keep(known)
    best = max(tried, key=lambda settings: tried[settings]["macro-F1"])
    if known.get("settings") != best:
        known |= {"settings": best} | choose_cutoffs(trial_of(rival, best), tried[best], news, dev)
        keep(known)
    return known


def trial_of(rival: Rival, settings: str) -> Trial:
    """Return the trial of a rival with some settings."""
    return next(trial for trial in rival.trials if trial.settings == settings)


def choose_cutoffs(trial: Trial, one: dict[str, float], news: Materials, dev: Split) -> Settings:
    """Return whether one cutoff or cutoffs by topic are best on `dev`, and the cutoffs, (topics,)."""
    y_true, scores = news.y_true[dev.test], dev_scores(trial, news, dev)
    crossed = cross_validated(trial, news, dev)
    cutoffs = {"one": np.full(scores.shape[1], one["cutoff"])}
    cutoffs |= {name: rule(news.y_true[dev.fit], crossed) for name, rule in RULES.items()}
    found = {name: round(macro_f1(y_true, scores >= each), 4) for name, each in cutoffs.items()}
    print(f"  cutoffs: {found}", flush=True)
    best = max(found, key=found.__getitem__)
    return {"rule": best, "macro-F1 by rule": found, "cutoffs": cutoffs[best].round(3).tolist()}


def dev_scores(trial: Trial, news: Materials, dev: Split) -> Scores:
    """Return the scores of the tested rows as full text."""
    return scored(trial, news, dev, news.inputs(dev.test, FULL))


def scored(trial: Trial, news: Materials, split: Split, inputs: Inputs) -> Scores:
    """Return the scores of a freshly fitted rival."""
    scores = trial.fit(news, split)(inputs)
    assert scores is not None, "every rival scores full texts"
    return scores


def cross_validated(trial: Trial, news: Materials, split: Split) -> Scores:
    """Return the scores of the articles to fit, each by a model that has not seen it."""
    scores = np.zeros((len(split.fit), news.y_true.shape[1]))
    for seen, held in KFold(FOLDS, shuffle=True, random_state=0).split(split.fit):
        fold = split._replace(fit=split.fit[seen], test=split.fit[held])
        scores[held] = scored(trial, news, fold, news.inputs(fold.test, FULL))
    return scores


def best_cutoff(y_true: NDArray[np.int8], scores: Scores) -> tuple[float, float]:
    """Return the best macro-F1 with one cutoff for all topics, and the cutoff."""
    found = [macro_f1(y_true, scores >= cutoff) for cutoff in CUTOFFS]
    best = int(np.argmax(found))
    return float(found[best]), float(CUTOFFS[best])


def half_of_best(y_true: NDArray[np.int8], scores: Scores) -> Scores:
    """Return for each topic the score whose probability is half of the best F1."""
    cutoffs = []
    for column, truth in zip(scores.T, y_true.T, strict=True):
        platt = LogisticRegression(C=100).fit(column[:, None], truth)
        slope = max(platt.coef_[0, 0], 1e-9)
        cutoffs.append((logit(f1_curve(truth, column).max() / 2) - platt.intercept_[0]) / slope)
    return np.array(cutoffs)


def best_seen(y_true: NDArray[np.int8], scores: Scores) -> Scores:
    """Return for each topic the score at which F1 is best."""
    pairs = zip(scores.T, y_true.T, strict=True)
    return np.array([-np.sort(-column)[np.argmax(f1_curve(truth, column))] for column, truth in pairs])


def f1_curve(y_true: NDArray[np.int8], scores: Scores) -> Scores:
    """Return the F1 of one topic if the first, the first two, ... texts by score get it."""
    hits = np.cumsum(y_true[np.argsort(-scores, kind="stable")])
    return 2 * hits / (np.arange(1, len(y_true) + 1) + y_true.sum())


RULES = {"by topic, half of the best F1": half_of_best, "by topic, where F1 was best": best_seen}


def tuned_model(rival: Rival, settings: Settings, news: Materials, split: Split) -> Model:
    """Fit a rival with its settings and cutoffs, which are the same for all splits."""
    cutoffs = np.array(settings["cutoffs"])
    score = trial_of(rival, settings["settings"]).fit(news, split)

    def answer(inputs: Inputs) -> Answer | None:
        scores = score(inputs)
        return None if scores is None else Answer(scores, (scores >= cutoffs).astype(np.int8), cutoffs)

    return answer
