"""How right the tags are, beside rivals trained on the same labels: ``make quality`` writes ``quality.md`` next to this.

Every model is fitted on articles of the split ``train``. One is tested on the split ``dev``; for each outlet one is
fitted without that outlet and tested on all its labelled articles. Ours learns its word vectors anew for each, without
the outlet and without ``dev``. Articles that nearly repeat a tested one are not fitted.

Rivals are tuned on the rows of ``dev`` that they are scored on, in their favour. It all takes half an hour.
"""

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import KFold
from sklearn.multiclass import OneVsRestClassifier

from classifier import corpus, evaluate
from classifier.lemmas import lemmas
from classifier.lexicon import Lexicon
from classifier.model import TopicClassifier
from classifier.text import with_title
from classifier.thresholds import apply
from classifier.topics import taxonomy
from tests.conftest import AMENDMENTS, SHARED

HERE = Path(__file__)
TOPICS = list(taxonomy())
KEY = ["defense-cooperation", "diplomacy"]
LEAD = 60  # words behind the headline: what those who labelled have seen
TWINS = 0.8  # cosine of TF-IDF from which two articles count as one
SAMPLES = 1000  # of the bootstrap
WORD = re.compile(r"\w+")


class Split(NamedTuple):
    """Rows of the labelled articles to fit and to test on, and the outlet (or none) that no model may have seen."""

    name: str
    fit: NDArray[np.int64]
    test: NDArray[np.int64]
    outlet: str | None


@dataclass
class Materials:
    """Labelled news, and all news from which word vectors may be learned."""

    news: pd.DataFrame  # title, text, outlet, split, of the labelled
    wanted: NDArray[np.int8]
    texts: list[str]
    unlabelled: pd.DataFrame  # text, outlet; without dev
    lexicons: dict[str | None, Lexicon] = field(default_factory=dict)

    def splits(self) -> Iterator[Split]:
        """`dev`, then every outlet; RIA of two years is one outlet."""
        twins, train = self._twins(), (self.news.split == "train").to_numpy()
        outlets = self.news.outlet.to_numpy()
        for name, test in {"dev": ~train, **{outlet: outlets == outlet for outlet in sorted(set(outlets))}}.items():
            seen = train & ~test & ~np.asarray(twins[:, test].sum(axis=1) > 0).ravel()
            yield Split(name, np.flatnonzero(seen), np.flatnonzero(test), None if name == "dev" else name)

    def _twins(self):
        tfidf = TfidfVectorizer(analyzer=lemmas, min_df=2).fit_transform(self.texts)
        return (tfidf @ tfidf.T) > TWINS

    def lexicon(self, outlet: str | None) -> Lexicon:
        """Word vectors that know nothing of an outlet, nor of `dev`; learned once."""
        if outlet not in self.lexicons:
            self.lexicons[outlet] = Lexicon.learn(self.unlabelled.text[self.unlabelled.outlet != outlet].tolist())
        return self.lexicons[outlet]


def materials() -> Materials:
    """The shared corpus, labels amended."""
    labelled = corpus.read(SHARED / "news.parquet", [SHARED / "labels.csv", AMENDMENTS])
    news = pd.read_parquet(SHARED / "news.parquet", columns=["id", "source", "title", "text"]).fillna({"title": ""})
    news["outlet"] = news.source.str.replace(r"\d+$", "", regex=True)
    chosen = news.set_index("id").loc[labelled.ids].assign(split=labelled.splits)
    free = news[~news.id.isin(chosen.index[chosen.split != "train"])]
    unlabelled = pd.DataFrame({"text": map(with_title, free.title, free.text), "outlet": free.outlet.tolist()})
    return Materials(chosen, labelled.indicator(TOPICS).to_numpy(), labelled.texts, unlabelled)


class Answer(NamedTuple):
    """Probabilities (or scores) of some texts and the topics given."""

    probabilities: NDArray[np.float64]
    given: NDArray[np.int8]


Model = Callable[[Sequence[str]], Answer]


def ours(news: Materials, split: Split) -> Model:
    """Our classifier with its defaults."""
    model = TopicClassifier(lexicon=news.lexicon(split.outlet))
    return partial(answered, model.fit([news.texts[row] for row in split.fit], news.wanted[split.fit]))


def answered(model: TopicClassifier, texts: Sequence[str]) -> Answer:
    """What our fitted classifier makes of texts, in one go."""
    probabilities = model.predict_proba(texts)
    return Answer(probabilities, apply(probabilities, model.tagger_.thresholds))


def usual(analyzer: Callable[[str], list[str]] | str, news: Materials, split: Split) -> Model:
    """What notebooks do: `TfidfVectorizer` and `LogisticRegression` as they come, cut at 0.5."""
    vectorizer = TfidfVectorizer(analyzer=analyzer)
    matrix = vectorizer.fit_transform([news.texts[row] for row in split.fit])
    model = OneVsRestClassifier(LogisticRegression()).fit(matrix, news.wanted[split.fit])

    def answer(texts: Sequence[str]) -> Answer:
        probabilities = model.predict_proba(vectorizer.transform(texts))
        return Answer(probabilities, (probabilities >= 0.5).astype(np.int8))

    return answer


def fasttext(part: Callable[[str], list[str]], options: dict, cut: float, news: Materials, split: Split) -> Model:
    """FastText with one-against-all loss; with `vectors` it starts from the word vectors that ours has."""
    options = dict(options)
    with TemporaryDirectory() as folder:
        if options.pop("vectors", False):
            options |= {"pretrainedVectors": str(_vectors_file(news.lexicon(split.outlet), Path(folder))), "dim": 300}
        file = Path(folder) / "train.txt"
        file.write_text("".join(_labelled_lines(part, news, split)), "utf-8")
        model = _converged(file, options)

    def answer(texts: Sequence[str]) -> Answer:
        labels, scores = model.predict([" ".join(part(text)) for text in texts], k=-1)
        probabilities = np.zeros((len(texts), len(TOPICS)))
        for row, (names, values) in enumerate(zip(labels, scores, strict=True)):
            for name, value in zip(names, values, strict=True):
                probabilities[row, TOPICS.index(name.removeprefix("__label__"))] = value
        return Answer(probabilities, (probabilities >= cut).astype(np.int8))

    return answer


def _converged(file: Path, options: dict) -> object:
    """A fastText model; where its loss diverges, one of half the learning rate."""
    import fasttext

    try:
        return fasttext.train_supervised(str(file), loss="ova", thread=1, verbose=0, **options)
    except RuntimeError:
        return _converged(file, options | {"lr": options["lr"] / 2})


def _labelled_lines(part: Callable[[str], list[str]], news: Materials, split: Split) -> Iterator[str]:
    for row in split.fit:
        labels = [f"__label__{TOPICS[column]}" for column in np.flatnonzero(news.wanted[row])]
        if labels:
            yield " ".join([*labels, *part(news.texts[row])]) + "\n"


def _vectors_file(lexicon: Lexicon, folder: Path) -> Path:
    file = folder / "words.vec"
    rows = (
        f"{lemma} {' '.join(f'{x:.4f}' for x in row)}\n"
        for lemma, row in zip(lexicon.lemmas, lexicon.directions(), strict=True)
    )
    file.write_text(f"{len(lexicon.lemmas)} 300\n" + "".join(rows), "utf-8")
    return file


def vowpal(
    part: Callable[[str], list[str]], options: str, passes: int, cut: float, news: Materials, split: Split
) -> Model:
    """Vowpal Wabbit, one against all with logistic loss."""
    from vowpalwabbit import Workspace

    def line(text: str) -> str:
        return "| " + " ".join(part(text))  # a word has neither colon nor bar

    command = f"--multilabel_oaa {len(TOPICS)} --loss_function logistic --probabilities --quiet -b 22 {options}"
    workspace = Workspace(command)
    order = np.random.RandomState(0).permutation(split.fit)
    examples = [f"{','.join(map(str, np.flatnonzero(news.wanted[row])))} {line(news.texts[row])}" for row in order]
    for _ in range(passes):
        for example in examples:
            workspace.learn(example)

    def answer(texts: Sequence[str]) -> Answer:
        answers = [workspace.predict(line(text)) for text in texts]  # 9.11 appends to what stood in recycled memory
        probabilities = np.array([scores[-len(TOPICS) :] for scores in answers])
        return Answer(probabilities, (probabilities >= cut).astype(np.int8))

    return answer


def surface(text: str) -> list[str]:
    """Words as they stand, lower-case."""
    return WORD.findall(text.lower())


CUTS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
KINDS = {"words": surface, "lemmas": lemmas}
FASTTEXT = [
    {"epoch": epoch, "lr": rate, "wordNgrams": ngrams} for epoch, rate in ((25, 0.5), (50, 0.5)) for ngrams in (1, 2)
]
VOWPAL = [("", 5), ("", 15), ("--ngram 2", 5)]


def tuned(trials: Sequence[tuple[str, Callable[..., Model]]], news: Materials, split: Split) -> tuple[str, Callable]:
    """The trial and the cut with the best macro-F1 on the rows tested."""

    def measure(how: str, build: Callable[..., Model]) -> tuple[float, str, Callable]:
        scores = build(cut=0.5, news=news, split=split)([news.texts[row] for row in split.test]).probabilities
        truth = news.wanted[split.test]
        best = {cut: f1_score(truth, scores >= cut, average="macro", zero_division=0) for cut in CUTS}
        cut = max(best, key=best.__getitem__)
        print(f"  {how}, cut {cut}: {best[cut]:.3f}", flush=True)
        return best[cut], f"{how}, cut {cut}", partial(build, cut=cut)

    return max(Parallel(2)(delayed(measure)(*trial) for trial in trials), key=lambda result: result[0])[1:]


def said(options: dict) -> str:
    """Options in words."""
    return ", ".join(f"{name} {value}" for name, value in options.items())


def contenders(news: Materials, dev: Split) -> dict[str, Callable[..., Model]]:
    """Ours and the rivals, each in its best form."""
    fast = [
        (f"{kind}, {said(options)}", partial(fasttext, part, options))
        for kind, part in KINDS.items()
        for options in FASTTEXT
    ]
    ours_inside = [
        (said(options), partial(fasttext, lemmas, options | {"vectors": True}))
        for options in ({"epoch": 25, "lr": 0.5}, {"epoch": 25, "lr": 0.2}, {"epoch": 10, "lr": 0.2})
    ]
    vw = [
        (f"{kind}, {passes} passes {options}".strip(), partial(vowpal, part, options, passes))
        for kind, part in KINDS.items()
        for options, passes in VOWPAL
    ]
    chosen = {}
    for name, trials in {"fastText": fast, "fastText from our vectors": ours_inside, "Vowpal Wabbit": vw}.items():
        how, build = tuned(trials, news, dev)
        chosen[f"{name} ({how})"] = build
    return {
        "ours": ours,
        **chosen,
        "usual recipe, lemmas": partial(usual, lemmas),
        "usual recipe, words": partial(usual, "word"),
    }


def figures(truth: NDArray[np.int8], given: NDArray[np.int8]) -> dict[str, str]:
    """Macro-, micro- and key topics' F1 in points with bootstrap 95 % intervals."""
    hits, told, wanted = (part.astype(float) for part in (truth & given, given, truth))
    present = truth.sum(axis=0) > 0

    def scores(times: NDArray[np.float64]) -> list[float]:
        hit, sums = times @ hits, times @ (told + wanted)
        f1 = 2 * hit / np.maximum(sums, 1)
        return [f1[present].mean(), 2 * hit.sum() / max(sums.sum(), 1), *(f1[TOPICS.index(topic)] for topic in KEY)]

    random = np.random.RandomState(0)
    point = scores(np.ones(len(truth)))
    drawn = [scores(random.multinomial(len(truth), [1 / len(truth)] * len(truth))) for _ in range(SAMPLES)]
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    names = ["macro-F1", "micro-F1", *KEY]
    return {name: f"{a:.3f} ({b:.3f} to {c:.3f})" for name, a, b, c in zip(names, point, low, high, strict=True)}


def lengths(news: Materials, rows: NDArray[np.int64]) -> dict[str, tuple[NDArray[np.int64], list[str]]]:
    """The tested rows as full text, as headline and lead, and, where there is one, as headline alone."""
    titles, texts = news.news.title.to_numpy(), news.news.text.to_numpy()
    leads = [with_title(titles[row], " ".join(texts[row].split()[:LEAD])) for row in rows]
    headed = np.array([row for row in rows if titles[row]], dtype=int)
    return {
        "full text": (rows, [news.texts[row] for row in rows]),
        f"headline and {LEAD} words": (rows, leads),
        "headline alone": (headed, [titles[row] for row in headed]),
    }


class Result(NamedTuple):
    """Truth and tags of the tested rows of one split at one length."""

    outlet: str | None
    length: str
    truth: NDArray[np.int8]
    given: NDArray[np.int8]


def results(name: str, build: Callable[..., Model], news: Materials, splits: Sequence[Split]) -> list[Result]:
    """What a contender makes of the tested rows of all splits."""
    print(name, flush=True)
    return [each for part in Parallel(2)(delayed(tested)(build, news, split) for split in splits) for each in part]


def tested(build: Callable[..., Model], news: Materials, split: Split) -> list[Result]:
    """What a contender makes of the tested rows of one split."""
    model = build(news=news, split=split)
    asked = lengths(news, split.test).items()
    return [
        Result(split.outlet, length, news.wanted[rows], model(texts).given) for length, (rows, texts) in asked if texts
    ]


def summary(name: str, found: Sequence[Result]) -> Iterator[dict[str, str]]:
    """Rows of the table: on `dev`, and on all outlets that were left out together."""
    for place, kind in {"`dev`": True, "outlets never seen": False}.items():
        for length in dict.fromkeys(result.length for result in found):
            parts = [result for result in found if result.length == length and (result.outlet is None) == kind]
            yield {"model": name, "tested on": place, "as": length} | together(parts)


def together(parts: Sequence[Result]) -> dict[str, str]:
    """Number of articles and figures of some results."""
    truth = np.concatenate([part.truth for part in parts])
    return {"articles": f"{len(truth):,}"} | figures(truth, np.concatenate([part.given for part in parts]))


def main() -> None:
    """Measure and write the tables."""
    if not (SHARED / "news.parquet").exists():
        sys.exit(f"No corpus in {SHARED}: quality cannot be measured without it; set NEWS_CORPUS to its folder.")
    news = materials()
    splits = list(news.splits())
    outlets = [split.outlet for split in splits]
    news.lexicons = dict(zip(outlets, Parallel(2)(delayed(news.lexicon)(outlet) for outlet in outlets), strict=True))
    found = {name: results(name, build, news, splits) for name, build in contenders(news, splits[0]).items()}
    outlets = [part for part in found["ours"] if part.outlet and part.length == "full text"]
    tables = {
        "Contenders": pd.DataFrame(row for name, parts in found.items() for row in summary(name, parts)),
        "Ours on each outlet, which it has never seen": pd.DataFrame(
            {"outlet": part.outlet} | together([part]) for part in outlets
        ),
        **alone(news, splits[0]),
    }
    pages = [f"## {name}\n\n{markdown(table)}\n" for name, table in tables.items()]
    text = "# Quality\n\nWritten by `make quality`; how it is measured stands in `quality.py`.\n\n" + "\n".join(pages)
    print(text)
    HERE.with_suffix(".md").write_text(text, "utf-8")


def alone(news: Materials, dev: Split) -> dict[str, pd.DataFrame]:
    """What is measured of ours only."""
    lexicon = news.lexicon(dev.outlet)
    model = TopicClassifier(lexicon=lexicon).fit([news.texts[row] for row in dev.fit], news.wanted[dev.fit])
    unseen = model.predict_proba([news.texts[row] for row in dev.test])
    truth = news.wanted[dev.test]
    return {
        "Reliability": reliability(*out_of_fold(model, news, dev.fit)),
        "`predict --min-probability` on `dev`": coverage(truth, unseen),
        "Robustness on `dev`": robustness(model, news, dev.test),
    }


def out_of_fold(model: TopicClassifier, news: Materials, rows: NDArray[np.int64]) -> tuple[NDArray, NDArray]:
    """Truth and probabilities of articles by models that have not seen them."""
    probabilities = np.zeros((len(rows), len(TOPICS)))
    for seen, held in KFold(5, shuffle=True, random_state=0).split(rows):
        fold = clone(model).fit([news.texts[row] for row in rows[seen]], news.wanted[rows[seen]])
        probabilities[held] = fold.predict_proba([news.texts[row] for row in rows[held]])
    return news.wanted[rows], probabilities


def reliability(truth: NDArray[np.int8], probabilities: NDArray[np.float64]) -> pd.DataFrame:
    """How often a topic is right that was given some probability, out of fold, all topics together."""
    rows = [
        {
            "probability": f"{part:.1f} to {part + 1 / evaluate.BINS:.1f}",
            "tags": f"{row.tags:,.0f}",
            "mean probability": f"{row.probability:.3f}",
            "right": f"{row.right:.3f}",
        }
        for part, row in evaluate.reliability(truth, probabilities).iterrows()
    ]
    errors = evaluate.calibration_error(truth, probabilities)
    worst = int(np.argmax(errors))
    said = f"expected calibration error, mean over topics; worst {TOPICS[worst]} {errors[worst]:.3f}"
    return pd.DataFrame(
        [*rows, {"probability": said, "tags": "", "mean probability": "", "right": f"{np.mean(errors):.4f}"}]
    )


def coverage(truth: NDArray[np.int8], probabilities: NDArray[np.float64]) -> pd.DataFrame:
    """Precision, recall and the share of articles with a topic, by the least probability asked for."""
    rows = []
    for least in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95):
        given = probabilities >= least
        rows.append(
            {
                "P": least,
                "articles with a topic": f"{given.any(axis=1).mean():.3f}",
                "precision": f"{truth[given].mean():.3f}",
                "recall": f"{given[truth == 1].mean():.3f}",
            }
        )
    return pd.DataFrame(rows)


CHANGES: dict[str, Callable[[str], str]] = {
    "ё written е": lambda text: text.replace("ё", "е").replace("Ё", "Е"),
    "quotes and dashes plain": lambda text: re.sub("[—–]", "-", re.sub("[«»„“”]", '"', text)),
    "upper case": str.upper,
    "dateline cut": lambda text: re.sub(r"(?m)^[А-ЯЁ -]+, \d+ \w+ [—–-] РИА Новости[^.]*\.", "", text),
    f"cut to headline and {LEAD} words": lambda text: " ".join(text.split()[: LEAD + 10]),
    "second half cut": lambda text: text[: len(text) // 2],
}


def robustness(model: TopicClassifier, news: Materials, rows: NDArray[np.int64]) -> pd.DataFrame:
    """How little the answer changes with what should not matter, or not much."""
    texts = [news.texts[row] for row in rows]
    before, given = answered(model, texts)
    lines = []
    for name, change in CHANGES.items():
        changed = [change(text) for text in texts]
        touched = np.array([one != other for one, other in zip(texts, changed, strict=True)])
        after, then = answered(model, changed)
        lines.append(
            {
                "change": name,
                "articles it touches": int(touched.sum()),
                "of these, same topics": f"{(given == then).all(axis=1)[touched].mean():.3f}",
                "mean change of a given topic's probability": f"{np.abs(before - after)[given == 1].mean():.4f}",
                "micro-F1 after": f"{f1_score(news.wanted[rows], then, average='micro'):.3f}",
            }
        )
    return pd.DataFrame(lines)


def markdown(table: pd.DataFrame) -> str:
    """A table in Markdown."""
    lines = [table.columns, ["---"] * len(table.columns), *table.itertuples(index=False)]
    return "\n".join("|" + "|".join(map(str, line)) + "|" for line in lines)


if __name__ == "__main__":
    main()
