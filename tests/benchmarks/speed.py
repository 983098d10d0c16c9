"""Speed beside the usual recipe and fastText, in one run on one core: ``make bench`` writes ``speed.md``.

Measured on articles of the shared corpus that have no labels; without the corpus, on the example articles,
repeated. Every figure is the median of five rounds in which all take turns, so that a busy machine slows all of them.
"""

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import HashingVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from classifier import LemmaVectorizer, TopicClassifier, lemmatize, with_title
from classifier.data.corpus import Corpus, read_corpus
from classifier.data.reading import read
from classifier.model.predictor import TopicPredictor, load_predictor
from classifier.text.columns import NO_LEMMA, UNKNOWN
from classifier.text.lemmas import MEMO
from classifier.text.lexicon import compile_forms
from classifier.text.tokens import tokenize
from tests.benchmarks.quality.encoders import use
from tests.benchmarks.quality.rivals import train_fasttext
from tests.conftest import EXAMPLES, SHARED

ROUNDS = 5
ARTICLES = 2000  # in a measurement
FEW, USUAL = 500, 100  # articles for rivals that are slow, and for those that are very slow
OUTLETS = ("fontanka", "rt", "telegram")
ARCHIVES = (2000, 10_000, 80_000)  # articles for one process and for two
EPOCHS = 25  # of fastText: 50 or 100 take two or four times as long and gain 0.1 points of micro-F1
HERE = Path(__file__)
WORD = re.compile(r"\w+")
INTRODUCTION = """\
# Speed

Written by `make bench`; `speed.py` says how it is measured.

All rows come from one run on one core, on articles without labels. The last column is the speed beside
ours (for `--jobs 2`: beside `--jobs 1`; for the vectorizers: beside `LemmaVectorizer`), or the time beside ours for
training. *Warm* means that the words have occurred before in this process. The usual recipe runs pymorphy3 on every
word, then stock `TfidfVectorizer` and `OneVsRestClassifier(LogisticRegression())`. fastText is trained on the same
labels. A word is *not found by its form* if its lemma is one of the model's, and its form was not compiled because it
occurs in this outlet alone: all other words get the column that an analysis by pymorphy3 gives.
"""


Row = tuple[str, str, str, str]


def main() -> None:
    """Measure, print and write the table."""
    rows = list(commands())  # first, while this process is small
    known, texts = materials()
    rows += [*training(known), *vectorizers(texts), *prediction(known, texts), *word_forms(), *processes(texts)]
    table = pd.DataFrame(rows, columns=["what", "how", "figure", "beside ours"])
    lines = ["|".join(["", *map(str, row), ""]) for row in table.itertuples(index=False)]
    markdown = "\n".join(["|" + "|".join(table.columns) + "|", "|---|---|---|---|", *lines])
    print(markdown)
    if (SHARED / "news.parquet").exists():
        HERE.with_suffix(".md").write_text(f"{INTRODUCTION}\n{markdown}\n", "utf-8")


def materials() -> tuple[Corpus, list[str]]:
    """Return labelled articles to train on and unlabelled ones to tag."""
    if not (SHARED / "news.parquet").exists():
        print(f"No corpus in {SHARED}: measuring on the example articles, repeated. speed.md is not changed.")
        known = read_corpus(EXAMPLES / "train.csv")
        sample = [article.text for article in read([EXAMPLES / "articles"])] + known.texts
        return known, sample * (max(ARCHIVES) // len(sample))
    labels = pd.read_csv(SHARED / "labels.csv")
    known, _ = read_corpus(SHARED / "news.parquet", SHARED / "labels.csv").train_test_split()
    news = pd.read_parquet(SHARED / "news.parquet", columns=["id", "title", "text"])
    unlabelled = news[~news.id.isin(labels.id)]
    unlabelled = unlabelled.sample(min(max(ARCHIVES), len(unlabelled)), random_state=0)
    return known, [with_title(row.title, row.text) for row in unlabelled.itertuples()]


def commands() -> Iterable[Row]:
    """Measure the command in a new process, its memory, and the loading of the model."""
    command = Path(sys.executable).with_name("news-topics")
    article = [command, "predict", EXAMPLES / "articles" / "interview.txt"]
    for what, arguments in {"`news-topics --help`": [command, "--help"], "one article": article}.items():
        seconds = median(clock(partial(subprocess.run, arguments, capture_output=True)) for _ in range(ROUNDS))
        yield "a new process", what, f"{seconds:.2f} s", ""
    code = (
        "from classifier.model.predictor import load_predictor\n"
        "load_predictor().topics(['Матч']); print(open('/proc/self/status').read())"
    )
    status = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    megabytes = int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) / 1024
    yield "memory", "the shipped model, one article", f"{megabytes:.0f} MB", ""
    yield "loading", "the shipped model", f"{median(clock(load_predictor) for _ in range(ROUNDS)):.2f} s", ""


def training(known: Corpus) -> Iterable[Row]:
    """Measure training on the same labelled articles, once each; fastText has the number of epochs that serves it best."""
    what = f"training, {len(known.texts):,} articles"
    ours = clock(lambda: TopicClassifier().fit(known.texts, known.topics))
    yield what, "ours, with leave-one-out calibration and thresholds", f"{ours:.0f} s", "1"
    theirs = clock(lambda: fasttext_model(known))
    yield what, f"fastText, {EPOCHS} epochs, one thread", f"{theirs:.0f} s", f"{theirs / ours:.1f}"


def vectorizers(texts: list[str]) -> Iterable[Row]:
    """Measure our vectorizer beside the stock one with the same lemmas, on words that both have met before."""
    texts = texts[:ARTICLES]
    rivals = {
        "`LemmaVectorizer().transform`": LemmaVectorizer().fit(texts),
        "`TfidfVectorizer(analyzer=lemmatize, sublinear_tf=True).transform`": TfidfVectorizer(
            analyzer=lemmatize, sublinear_tf=True
        ).fit(texts),
    }
    words = sum(len(tokenize(text)) for text in texts)
    times: dict[str, list[float]] = {name: [] for name in rivals}
    for turn in range(ROUNDS + 1):
        for name, vectorizer in rivals.items():
            seconds = clock(partial(vectorizer.transform, texts))
            times[name] += [seconds] if turn else []  # the first turn only warms up
    speeds = {name: words / median(measured) for name, measured in times.items()}
    ours = next(iter(speeds.values()))
    for name, speed in speeds.items():
        yield "raw text to TF-IDF, warm", name, f"{speed / 1e6:.3g} M words/s", f"{speed / ours:.2g}"


def prediction(known: Corpus, texts: list[str]) -> Iterable[Row]:
    """Measure raw text to topics, in words a second."""
    seen, unseen = texts[:ARTICLES], texts[ARTICLES:]
    fast = fasttext_model(known)
    split = [surface(text) for text in seen]
    some = known.where([row < 2000 for row in range(len(known.ids))])  # more would not change how fast they predict
    predictor = load_predictor()
    rivals: dict[str, tuple[Callable[[list[str]], object], int]] = {
        "fastText": (lambda raw: fast([surface(text) for text in raw]), ARTICLES),
        "fastText, words split beforehand": (lambda _: fast(split), ARTICLES),
        "`HashingVectorizer`, words as they are, and logistic regression": (stock_recipe(some), FEW),
        "Vowpal Wabbit, words as they are": (vowpal_model(some), FEW),
        "multilingual Universal Sentence Encoder and logistic regression": (encoder_recipe(some), USUAL),
        "usual recipe": (usual_recipe(some), USUAL),
    }
    speeds: dict[str, list[float]] = {}

    def measure(name: str, predict: Callable[[list[str]], object], given: list[str]) -> None:
        words = sum(len(tokenize(text)) for text in given)
        speeds.setdefault(name, []).append(words / clock(partial(predict, given)))

    for turn in range(ROUNDS):
        measure("ours, first articles after loading", partial(ours, load_predictor()), seen)
        measure("ours, later articles", partial(ours, predictor), unseen[turn * ARTICLES : (turn + 1) * ARTICLES])
        for name, (predict, articles) in rivals.items():
            measure(name, predict, seen[:articles])
    first = median(speeds["ours, first articles after loading"])
    for name, speed in ((name, median(measured)) for name, measured in speeds.items()):
        yield "raw text to topics", name, f"{speed / 1e6:.3g} M words/s", f"{speed / first:.2g}"


def word_forms() -> Iterable[Row]:
    """Tell of how many words the shipped lemmas are missed, if the outlet's texts are unknown when forms are compiled."""
    if not (SHARED / "news.parquet").exists():
        return
    lemmas = load_predictor().lexicon.lemmas
    column_of = {"": NO_LEMMA, **{lemma: column for column, lemma in enumerate(lemmas)}}
    news = pd.read_parquet(SHARED / "news.parquet", columns=["title", "text", "source"])
    news["text"] = [with_title(row.title, row.text) for row in news.itertuples()]
    for outlet in OUTLETS:
        is_outlet = news.source == outlet
        forms = compile_forms(lemmas, {token for text in news.text[~is_outlet] for token in tokenize(text)})
        texts = news.text[is_outlet].head(ARCHIVES[0]).tolist()
        analysed = [column_of.get(MEMO[token], UNKNOWN) for text in texts for token in tokenize(text)]
        changed = (forms.columns_of(texts)[0] != np.array(analysed)).mean() * 1e6
        yield "words not found by their form", f"{outlet}, of a million words", f"{changed:.0f}", ""


def processes(texts: list[str]) -> Iterable[Row]:
    """Measure the command on archives of growing size, with one process and with two."""
    with TemporaryDirectory() as folder:
        for articles in ARCHIVES:
            one, two = (predict_file(texts[:articles], ".jsonl", Path(folder), "--jobs", jobs) for jobs in ("1", "2"))
            how = "`--jobs 2`; beside `--jobs 1`"
            yield f"`predict`, {len(texts[:articles]):,} articles", how, f"{two:.2f} s", f"{one / two:.2f}"
        for ending in (".jsonl", ".csv", ".parquet"):
            seconds = predict_file(texts, ending, Path(folder))
            each = f"{seconds / len(texts) * 1e6:.0f} µs each"
            yield f"`predict`, {len(texts):,} articles", f"{ending} to {ending}", f"{seconds:.1f} s, {each}", ""


def predict_file(texts: list[str], ending: str, folder: Path, *options: str) -> float:
    """Return the seconds that the command takes for a file, the best of three."""
    source, target = folder / f"news{ending}", folder / f"topics{ending}"
    write = {
        ".jsonl": partial(pd.DataFrame.to_json, orient="records", lines=True, force_ascii=False),
        ".csv": partial(pd.DataFrame.to_csv, index=False),
        ".parquet": pd.DataFrame.to_parquet,
    }
    write[ending](pd.DataFrame({"text": texts}), source)
    command = [Path(sys.executable).with_name("news-topics"), "predict", source, "-o", target, "--force", *options]
    return min(clock(partial(subprocess.run, command, capture_output=True, check=True)) for _ in range(3))


def surface(text: str) -> str:
    """Return words as fastText takes them: in lower case, separated by spaces."""
    return " ".join(WORD.findall(text.lower()))


def ours(predictor: TopicPredictor, texts: list[str]) -> None:
    """Give topics in batches, as `news-topics predict` does."""
    for start in range(0, len(texts), 1000):
        predictor.topics(texts[start : start + 1000])


def fasttext_model(known: Corpus) -> Callable[[list[str]], object]:
    """Train fastText on the labels; its epochs and learning rate were tuned on the held-out split, in its favour."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "train.txt"
        labels = [" ".join(f"__label__{topic}" for topic in topics) for topics in known.topics]
        lines = [f"{label} {surface(text)}\n" for label, text in zip(labels, known.texts, strict=True)]
        file.write_text("".join(line for line in lines if line.startswith("__label__")), "utf-8")
        model = train_fasttext(file, {"epoch": EPOCHS, "lr": 0.5})
    return partial(model.predict, k=-1, threshold=0.15)


def usual_recipe(known: Corpus) -> Callable[[list[str]], object]:
    """Fit what notebooks often do: pymorphy3 on every word, stock TF-IDF, logistic regression one against the rest."""
    from pymorphy3 import MorphAnalyzer

    analyzer = MorphAnalyzer()
    vectorizer = TfidfVectorizer(
        tokenizer=lambda text: [analyzer.parse(word)[0].normal_form for word in WORD.findall(text)], token_pattern=None
    )
    return linear_model(known, vectorizer.fit(known.texts[:500]).transform)


def stock_recipe(known: Corpus) -> Callable[[list[str]], object]:
    """Fit scikit-learn's fastest recipe, which knows no lemmas."""
    return linear_model(known, HashingVectorizer(alternate_sign=False).transform)


def encoder_recipe(known: Corpus) -> Callable[[list[str]], object]:
    """Fit a linear model on what a sentence encoder says of a headline and 90 words."""
    encode = use()
    return linear_model(known, lambda texts: encode([" ".join(text.split()[:90]) for text in texts]), 200)


def linear_model(
    known: Corpus, transform: Callable[[list[str]], Any], articles: int | None = None
) -> Callable[[list[str]], object]:
    """Fit logistic regression for each topic on features of articles."""
    y_true = known.indicator(list(known.counts())).iloc[:articles].to_numpy()
    some = y_true[:, y_true.any(axis=0)]
    model = OneVsRestClassifier(LogisticRegression(max_iter=200)).fit(transform(known.texts[:articles]), some)
    return lambda texts: model.predict(transform(texts))


def vowpal_model(known: Corpus) -> Callable[[list[str]], object]:
    """Fit Vowpal Wabbit, one against all."""
    from vowpalwabbit import Workspace

    topics = list(known.counts())
    workspace = Workspace(f"--multilabel_oaa {len(topics)} --loss_function logistic --quiet -b 22")
    for text, given in zip(known.texts, known.topics, strict=True):
        workspace.learn(f"{','.join(str(topics.index(topic)) for topic in given)} | {surface(text)}")
    return lambda texts: [workspace.predict(f"| {surface(text)}") for text in texts]


def clock(work: Callable[[], object]) -> float:
    """Return the seconds that a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
