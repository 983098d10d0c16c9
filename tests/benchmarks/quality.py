"""How good the topics are, beside rivals trained on the same labels: ``make quality`` writes ``quality.md``.

Every model is fitted on articles of the split ``train``. One model is tested on the split ``dev``. For each outlet, one
more is fitted without that outlet and tested on all its labelled articles. Ours learns its word vectors anew each time,
without the outlet and without ``dev``. Articles that nearly repeat a tested one are not used for fitting.

Rivals are tuned on the rows of ``dev`` that they are scored on, in their favour; ours is not. It all takes an hour or two.
"""

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import KFold
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import LinearSVC

from classifier import LemmaVectorizer, Lexicon, TopicClassifier, lemmatize, taxonomy, with_title
from classifier.data.corpus import read_corpus
from classifier.evaluation import metrics
from classifier.model.thresholds import apply_thresholds
from tests.conftest import AMENDMENTS, SHARED

HERE = Path(__file__)
TOPICS = list(taxonomy())
KEY = ["defense-cooperation", "diplomacy"]
LEAD = 60  # words after the headline: what the labels are based on
TWINS = 0.8  # cosine of TF-IDF from which two articles count as one
SAMPLES = 1000  # of the bootstrap
JOBS = 2  # processes
WORD = re.compile(r"\w+")


class Split(NamedTuple):
    """Rows of the labelled articles to fit and to test on, and the outlet (or None) that no model may have seen."""

    name: str
    fit: NDArray[np.int64]
    test: NDArray[np.int64]
    outlet: str | None


@dataclass
class Materials:
    """Labelled news, and all news from which word vectors may be learned."""

    news: pd.DataFrame  # title, text, outlet, split of the labelled articles
    y_true: NDArray[np.int8]
    texts: list[str]
    unlabelled: pd.DataFrame  # text, outlet; without dev
    lexicons: dict[str | None, Lexicon] = field(default_factory=dict)

    def splits(self) -> Iterator[Split]:
        """Yield `dev`, then every outlet; RIA of two years is one outlet."""
        twins, train = list(self._twins()), (self.news.split == "train").to_numpy()
        outlets = self.news.outlet.to_numpy()
        for name, test in {"dev": ~train, **{outlet: outlets == outlet for outlet in sorted(set(outlets))}}.items():
            seen = train & ~test & ~np.array([test[rows].any() for rows in twins])
            yield Split(name, np.flatnonzero(seen), np.flatnonzero(test), None if name == "dev" else name)

    def _twins(self) -> Iterator[NDArray[np.int64]]:
        """Yield the rows that nearly repeat each article, itself among them."""
        tfidf = LemmaVectorizer(min_df=2, sublinear_tf=False).fit_transform(self.texts)
        for start in range(0, len(self.texts), 500):  # all at once take 6 GB
            for row in (tfidf[start : start + 500] @ tfidf.T) > TWINS:
                yield row.indices

    def lexicon(self, outlet: str | None) -> Lexicon:
        """Return word vectors that know nothing of an outlet, nor of `dev`; they are learned once."""
        if outlet not in self.lexicons:
            self.lexicons[outlet] = Lexicon.learn(self.unlabelled.text[self.unlabelled.outlet != outlet].tolist())
        return self.lexicons[outlet]

    def texts_of(self, rows: NDArray[np.int64]) -> list[str]:
        """Return the texts of some rows."""
        return [self.texts[row] for row in rows]


def materials() -> Materials:
    """Read the shared corpus with amended labels."""
    labelled = read_corpus(SHARED / "news.parquet", [SHARED / "labels.csv", AMENDMENTS])
    news = pd.read_parquet(SHARED / "news.parquet", columns=["id", "source", "title", "text"]).fillna({"title": ""})
    news["outlet"] = news.source.str.replace(r"\d+$", "", regex=True)
    chosen = news.set_index("id").loc[labelled.ids].assign(split=labelled.splits)
    free = news[~news.id.isin(chosen.index[chosen.split != "train"])]
    unlabelled = pd.DataFrame({"text": map(with_title, free.title, free.text), "outlet": free.outlet.tolist()})
    return Materials(chosen, labelled.indicator(TOPICS).to_numpy(), labelled.texts, unlabelled)


class Answer(NamedTuple):
    """Probabilities or other scores of some texts, and the topics they get, (texts, topics)."""

    scores: NDArray[np.float64]
    y_pred: NDArray[np.int8]


Model = Callable[[Sequence[str]], Answer]
Build = Callable[..., Model]  # takes `news` and `split`, and a `cutoff` if it is a rival


def ours(news: Materials, split: Split) -> Model:
    """Fit our classifier with its defaults."""
    model = TopicClassifier(lexicon=news.lexicon(split.outlet))
    return partial(answer_of, model.fit(news.texts_of(split.fit), news.y_true[split.fit]))


def answer_of(model: TopicClassifier, texts: Sequence[str]) -> Answer:
    """Return probabilities and topics from our fitted classifier."""
    probabilities = model.predict_proba(texts)
    return Answer(probabilities, apply_thresholds(probabilities, model.predictor_.thresholds))


def usual(estimator: Any, cutoff: float, news: Materials, split: Split) -> Model:
    """Fit the usual recipe: TF-IDF of lemmas and a linear model for each topic, with one cutoff for all topics."""
    vectorizer = LemmaVectorizer(min_df=2)
    matrix = vectorizer.fit_transform(news.texts_of(split.fit))
    model = OneVsRestClassifier(estimator).fit(matrix, news.y_true[split.fit])

    def answer(texts: Sequence[str]) -> Answer:
        scores = model.decision_function(vectorizer.transform(texts))
        return Answer(scores, (scores >= cutoff).astype(np.int8))

    return answer


def fasttext(words: Callable[[str], list[Any]], options: dict, cutoff: float, news: Materials, split: Split) -> Model:
    """Fit fastText with one-against-all loss; with the option `vectors` it starts from our word vectors."""
    options = dict(options)
    with TemporaryDirectory() as folder:
        if options.pop("vectors", False):
            options |= {"pretrainedVectors": str(_vectors_file(news.lexicon(split.outlet), Path(folder))), "dim": 300}
        file = Path(folder) / "train.txt"
        file.write_text("".join(_labelled_lines(words, news, split)), "utf-8")
        model = train_fasttext(file, options)

    def answer(texts: Sequence[str]) -> Answer:
        labels, values = model.predict([" ".join(words(text)) for text in texts], k=-1)
        probabilities = np.zeros((len(texts), len(TOPICS)))
        for row, (names, numbers) in enumerate(zip(labels, values, strict=True)):
            for name, number in zip(names, numbers, strict=True):
                probabilities[row, TOPICS.index(name.removeprefix("__label__"))] = number
        return Answer(probabilities, (probabilities >= cutoff).astype(np.int8))

    return answer


def train_fasttext(file: Path, options: dict) -> Any:
    """Train a fastText model; if its loss diverges, train again with half the learning rate."""
    import fasttext

    try:
        return fasttext.train_supervised(str(file), loss="ova", thread=1, verbose=0, **options)
    except RuntimeError:
        return train_fasttext(file, options | {"lr": options["lr"] / 2})


def _labelled_lines(words: Callable[[str], list[str]], news: Materials, split: Split) -> Iterator[str]:
    for row in split.fit:
        labels = [f"__label__{TOPICS[column]}" for column in np.flatnonzero(news.y_true[row])]
        if labels:
            yield " ".join([*labels, *words(news.texts[row])]) + "\n"


def _vectors_file(lexicon: Lexicon, folder: Path) -> Path:
    file = folder / "words.vec"
    rows = (
        f"{lemma} {' '.join(f'{x:.4f}' for x in row)}\n"
        for lemma, row in zip(lexicon.lemmas, lexicon.unit_vectors(), strict=True)
    )
    file.write_text(f"{len(lexicon.lemmas)} 300\n" + "".join(rows), "utf-8")
    return file


def vowpal(
    words: Callable[[str], list[str]], options: str, passes: int, cutoff: float, news: Materials, split: Split
) -> Model:
    """Fit Vowpal Wabbit, one against all with logistic loss."""
    from vowpalwabbit import Workspace

    def line(text: str) -> str:
        return "| " + " ".join(words(text))  # a word has neither colon nor bar

    command = f"--multilabel_oaa {len(TOPICS)} --loss_function logistic --probabilities --quiet -b 22 {options}"
    workspace = Workspace(command)
    order = np.random.RandomState(0).permutation(split.fit)
    examples = [f"{','.join(map(str, np.flatnonzero(news.y_true[row])))} {line(news.texts[row])}" for row in order]
    for _ in range(passes):
        for example in examples:
            workspace.learn(example)

    def answer(texts: Sequence[str]) -> Answer:
        answers = [workspace.predict(line(text)) for text in texts]  # 9.11 appends to old content of reused memory
        probabilities = np.array([scores[-len(TOPICS) :] for scores in answers])
        return Answer(probabilities, (probabilities >= cutoff).astype(np.int8))

    return answer


def surface(text: str) -> list[str]:
    """Return the words of a text in lower case."""
    return WORD.findall(text.lower())


class Trial(NamedTuple):
    """Settings of a rival in words, and what fits it with them."""

    settings: str
    build: Build


KINDS = {"words": surface, "lemmas": lemmatize}
LINEAR = {
    "LinearSVC": (LinearSVC(class_weight="balanced"), (0.1, 0.3, 1.0, 3.0, 10.0)),
    "LogisticRegression": (LogisticRegression(class_weight="balanced", solver="liblinear"), (100.0, 1000.0, 10_000.0)),
}
FASTTEXT = [
    {"epoch": epoch, "lr": rate, "wordNgrams": ngrams} for epoch, rate in ((25, 0.5), (50, 0.5)) for ngrams in (1, 2)
]
FROM_VECTORS = [{"epoch": 25, "lr": 0.5}, {"epoch": 25, "lr": 0.2}, {"epoch": 10, "lr": 0.2}]
VOWPAL = [("", 5), ("", 15), ("--ngram 2", 5)]
PROBABILITIES = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)  # cutoffs
DISTANCES = tuple(np.round(np.arange(-3, 3.01, 0.05), 2).tolist())  # cutoffs of a decision function


def trials() -> dict[str, tuple[Sequence[float], list[Trial]]]:
    """Return the cutoffs and settings that each rival may choose from."""
    rivals = {
        f"usual recipe, lemmas and {name}": (
            DISTANCES,
            [Trial(f"balanced, C {c}", partial(usual, clone(estimator).set_params(C=c))) for c in strengths],
        )
        for name, (estimator, strengths) in LINEAR.items()
    }
    fast = [
        Trial(f"{kind}, {described(options)}", partial(fasttext, words, options))
        for kind, words in KINDS.items()
        for options in FASTTEXT
    ]
    from_vectors = [
        Trial(described(options), partial(fasttext, lemmatize, options | {"vectors": True})) for options in FROM_VECTORS
    ]
    wabbit = [
        Trial(f"{kind}, {passes} passes {options}".strip(), partial(vowpal, words, options, passes))
        for kind, words in KINDS.items()
        for options, passes in VOWPAL
    ]
    return rivals | {
        "fastText": (PROBABILITIES, fast),
        "fastText from our vectors": (PROBABILITIES, from_vectors),
        "Vowpal Wabbit": (PROBABILITIES, wabbit),
    }


def described(options: dict) -> str:
    """Return options in words."""
    return ", ".join(f"{name} {value}" for name, value in options.items())


def tune(cutoffs: Sequence[float], choices: Sequence[Trial], news: Materials, split: Split) -> Trial:
    """Return the settings and the cutoff with the best macro-F1 on the rows tested."""
    y_true = news.y_true[split.test]

    def measure(trial: Trial) -> tuple[float, Trial]:
        scores = trial.build(cutoff=0, news=news, split=split)(news.texts_of(split.test)).scores
        f1 = {cutoff: f1_score(y_true, scores >= cutoff, average="macro", zero_division=0) for cutoff in cutoffs}
        cutoff = max(f1, key=f1.__getitem__)
        settings = f"{trial.settings}, cutoff {cutoff}"
        print(f"  {settings}: {f1[cutoff]:.3f}", flush=True)
        return f1[cutoff], Trial(settings, partial(trial.build, cutoff=cutoff))

    measured = Parallel(JOBS)(delayed(measure)(trial) for trial in choices)
    return max(measured, key=lambda pair: pair[0])[1]


def contenders(news: Materials, dev: Split) -> Iterator[tuple[str, Build]]:
    """Yield ours, and the rivals with their best settings."""
    yield "ours", ours
    for name, (cutoffs, choices) in trials().items():
        best = tune(cutoffs, choices, news, dev)
        yield f"{name} ({best.settings})", best.build


def figures(y_true: NDArray[np.int8], y_pred: NDArray[np.int8]) -> dict[str, str]:
    """Return macro-F1, micro-F1 and the F1 of the key topics with 95 % intervals of the bootstrap."""
    hits, predicted, positive = (matrix.astype(float) for matrix in (y_true & y_pred, y_pred, y_true))
    present = y_true.sum(axis=0) > 0

    def scores(times: NDArray[np.float64]) -> list[float]:
        hit, sums = times @ hits, times @ (predicted + positive)
        f1 = 2 * hit / np.maximum(sums, 1)
        return [f1[present].mean(), 2 * hit.sum() / max(sums.sum(), 1), *(f1[TOPICS.index(topic)] for topic in KEY)]

    random = np.random.RandomState(0)
    point = scores(np.ones(len(y_true)))
    drawn = [scores(random.multinomial(len(y_true), [1 / len(y_true)] * len(y_true))) for _ in range(SAMPLES)]
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    names = ["macro-F1", "micro-F1", *KEY]
    return {name: f"{a:.3f} ({b:.3f} to {c:.3f})" for name, a, b, c in zip(names, point, low, high, strict=True)}


def lengths(news: Materials, rows: NDArray[np.int64]) -> dict[str, tuple[NDArray[np.int64], list[str]]]:
    """Return the tested rows as full text, as headline and lead, and, if there is a headline, as headline alone."""
    titles, texts = news.news.title.to_numpy(), news.news.text.to_numpy()
    leads = [with_title(titles[row], " ".join(texts[row].split()[:LEAD])) for row in rows]
    headed = np.array([row for row in rows if titles[row]], dtype=int)
    return {
        "full text": (rows, news.texts_of(rows)),
        f"headline and {LEAD} words": (rows, leads),
        "headline alone": (headed, [titles[row] for row in headed]),
    }


class Result(NamedTuple):
    """Labels and predictions of the tested rows of one split at one length."""

    outlet: str | None
    length: str
    y_true: NDArray[np.int8]
    y_pred: NDArray[np.int8]


def results(name: str, build: Build, news: Materials, splits: Sequence[Split]) -> list[Result]:
    """Return the results of a contender on the tested rows of all splits."""
    print(name, flush=True)
    return [
        each for part in Parallel(JOBS)(delayed(score_split)(build, news, split) for split in splits) for each in part
    ]


def score_split(build: Build, news: Materials, split: Split) -> list[Result]:
    """Return the results of a contender on the tested rows of one split."""
    model = build(news=news, split=split)
    inputs = lengths(news, split.test).items()
    return [
        Result(split.outlet, length, news.y_true[rows], model(texts).y_pred)
        for length, (rows, texts) in inputs
        if texts
    ]


def summary(name: str, found: Sequence[Result]) -> Iterator[dict[str, str]]:
    """Yield rows of the table: on `dev`, and on all left-out outlets together."""
    for place, kind in {"`dev`": True, "outlets never seen": False}.items():
        for length in dict.fromkeys(result.length for result in found):
            parts = [result for result in found if result.length == length and (result.outlet is None) == kind]
            yield {"model": name, "tested on": place, "as": length} | together(parts)


def together(parts: Sequence[Result]) -> dict[str, str]:
    """Return the number of articles and the figures of some results."""
    y_true = np.concatenate([part.y_true for part in parts])
    return {"articles": f"{len(y_true):,}"} | figures(y_true, np.concatenate([part.y_pred for part in parts]))


def main() -> None:
    """Measure and write the tables."""
    if not (SHARED / "news.parquet").exists():
        sys.exit(f"No corpus in {SHARED}: quality cannot be measured without it; set NEWS_CORPUS to its folder.")
    news = materials()
    splits = list(news.splits())
    outlets = [split.outlet for split in splits]
    news.lexicons = dict(zip(outlets, Parallel(JOBS)(delayed(news.lexicon)(outlet) for outlet in outlets), strict=True))
    found = {name: results(name, build, news, splits) for name, build in contenders(news, splits[0])}
    of_outlets = [part for part in found["ours"] if part.outlet and part.length == "full text"]
    tables = {
        "Contenders": pd.DataFrame(row for name, parts in found.items() for row in summary(name, parts)),
        "Ours on each outlet, which it has never seen": pd.DataFrame(
            {"outlet": part.outlet} | together([part]) for part in of_outlets
        ),
        **alone(news, splits[0]),
    }
    pages = [f"## {name}\n\n{markdown(table)}\n" for name, table in tables.items()]
    text = "# Quality\n\nWritten by `make quality`; `quality.py` says how it is measured.\n\n" + "\n".join(pages)
    print(text)
    HERE.with_suffix(".md").write_text(text, "utf-8")


def alone(news: Materials, dev: Split) -> dict[str, pd.DataFrame]:
    """Return the tables about our classifier alone."""
    lexicon = news.lexicon(dev.outlet)
    model = TopicClassifier(lexicon=lexicon).fit(news.texts_of(dev.fit), news.y_true[dev.fit])
    probabilities, y_true = model.predict_proba(news.texts_of(dev.test)), news.y_true[dev.test]
    return {
        "Reliability": reliability(*out_of_fold(model, news, dev.fit)),
        "`predict --min-probability` on `dev`": coverage(y_true, probabilities),
        "Robustness on `dev`": robustness(model, news, dev.test),
    }


def out_of_fold(model: TopicClassifier, news: Materials, rows: NDArray[np.int64]) -> tuple[NDArray, NDArray]:
    """Return labels, and probabilities from models that have not seen the articles."""
    probabilities = np.zeros((len(rows), len(TOPICS)))
    for seen, held in KFold(5, shuffle=True, random_state=0).split(rows):
        fold = clone(model).fit(news.texts_of(rows[seen]), news.y_true[rows[seen]])
        probabilities[held] = fold.predict_proba(news.texts_of(rows[held]))
    return news.y_true[rows], probabilities


def reliability(y_true: NDArray[np.int8], probabilities: NDArray[np.float64]) -> pd.DataFrame:
    """Return how often topics of some probability are right, all topics together."""
    rows = [
        {
            "probability": f"{lower:.1f} to {lower + 1 / metrics.BINS:.1f}",
            "tags": f"{row.tags:,.0f}",
            "mean probability": f"{row.probability:.3f}",
            "right": f"{row.right:.3f}",
        }
        for lower, row in metrics.reliability(y_true, probabilities).iterrows()
    ]
    errors = metrics.calibration_error(y_true, probabilities)
    worst = int(np.argmax(errors))
    label = f"expected calibration error, mean over topics; worst {TOPICS[worst]} {errors[worst]:.3f}"
    return pd.DataFrame(
        [*rows, {"probability": label, "tags": "", "mean probability": "", "right": f"{np.mean(errors):.4f}"}]
    )


def coverage(y_true: NDArray[np.int8], probabilities: NDArray[np.float64]) -> pd.DataFrame:
    """Return precision, recall and the share of articles with a topic for several least probabilities."""
    rows = []
    for least in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95):
        y_pred = probabilities >= least
        rows.append(
            {
                "P": least,
                "articles with a topic": f"{y_pred.any(axis=1).mean():.3f}",
                "precision": f"{y_true[y_pred].mean():.3f}",
                "recall": f"{y_pred[y_true == 1].mean():.3f}",
            }
        )
    return pd.DataFrame(rows)


CHANGES: dict[str, Callable[[str], str]] = {
    "ё written as е": lambda text: text.replace("ё", "е").replace("Ё", "Е"),
    "plain quotes and dashes": lambda text: re.sub("[—–]", "-", re.sub("[«»„“”]", '"', text)),
    "upper case": str.upper,
    "dateline removed": lambda text: re.sub(r"(?m)^[А-ЯЁ -]+, \d+ \w+ [—–-] РИА Новости[^.]*\.", "", text),
    f"headline and {LEAD} words only": lambda text: " ".join(text.split()[: LEAD + 10]),
    "second half removed": lambda text: text[: len(text) // 2],
}


def robustness(model: TopicClassifier, news: Materials, rows: NDArray[np.int64]) -> pd.DataFrame:
    """Return how much the answer changes with changes that should matter little or not at all."""
    texts = news.texts_of(rows)
    before = answer_of(model, texts)
    lines = []
    for name, change in CHANGES.items():
        changed = [change(text) for text in texts]
        touched = np.array([one != other for one, other in zip(texts, changed, strict=True)])
        after = answer_of(model, changed)
        moved = np.abs(before.scores - after.scores)[before.y_pred == 1]
        lines.append(
            {
                "change": name,
                "articles it touches": int(touched.sum()),
                "of these, same topics": f"{(before.y_pred == after.y_pred).all(axis=1)[touched].mean():.3f}",
                "mean change of a given topic's probability": f"{moved.mean():.4f}",
                "micro-F1 after": f"{f1_score(news.y_true[rows], after.y_pred, average='micro'):.3f}",
            }
        )
    return pd.DataFrame(lines)


def markdown(table: pd.DataFrame) -> str:
    """Return a table in Markdown."""
    lines = [table.columns, ["---"] * len(table.columns), *table.itertuples(index=False)]
    return "\n".join("|" + "|".join(map(str, line)) + "|" for line in lines)


if __name__ == "__main__":
    main()
