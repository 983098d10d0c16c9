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

import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from classifier import LemmaVectorizer, TopicClassifier, lemmatize, with_title
from classifier.data.corpus import Corpus, read_corpus
from classifier.data.reading import read
from classifier.model.predictor import TopicPredictor, load_predictor
from classifier.text.lemmas import MEMO
from classifier.text.tokens import tokenize
from tests.benchmarks.quality.rivals import train_fasttext
from tests.conftest import EXAMPLES, SHARED

ROUNDS = 5
ARTICLES = 2000  # in a measurement
WARMING = 40_000  # articles seen before unseen ones are measured
USUAL = 100  # articles for the usual recipe, which is about 100 times as slow
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
word, then stock `TfidfVectorizer` and `OneVsRestClassifier(LogisticRegression())`. fastText is trained on the same labels.
"""


Row = tuple[str, str, str, str]


def main() -> None:
    """Measure, print and write the table."""
    rows = list(commands())  # first, while this process is small
    known, texts = materials()
    rows += [*training(known), *vectorizers(texts), *prediction(known, texts), *processes(texts)]
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
    fast, usual = fasttext_model(known), usual_recipe(known)
    seen, unseen = texts[:ARTICLES], texts[WARMING:]
    split = [surface(text) for text in seen]
    predictor = load_predictor()
    speeds: dict[str, list[float]] = {}

    def measure(name: str, predict: Callable[[list[str]], object], given: list[str], counted: list[str]) -> None:
        words = sum(len(tokenize(text)) for text in counted)
        speeds.setdefault(name, []).append(words / clock(partial(predict, given)))

    for _ in range(ROUNDS):
        MEMO.clear()
        measure("ours, first articles of a process", partial(ours, load_predictor()), seen, seen)
    ours(predictor, texts[:WARMING])
    for turn in range(ROUNDS):
        measure("ours, warm", partial(ours, predictor), seen, seen)
        news = unseen[turn * ARTICLES : (turn + 1) * ARTICLES]
        if news:
            measure(f"ours, on unseen text after {WARMING:,} articles", partial(ours, predictor), news, news)
        measure("fastText", lambda raw: fast([surface(text) for text in raw]), seen, seen)
        measure("fastText, words split beforehand", fast, split, seen)
        measure("usual recipe", usual, seen[:USUAL], seen[:USUAL])
    warm = median(speeds["ours, warm"])
    for name, speed in ((name, median(measured)) for name, measured in speeds.items()):
        yield "raw text to topics", name, f"{speed / 1e6:.3g} M words/s", f"{speed / warm:.2g}"


def processes(texts: list[str]) -> Iterable[Row]:
    """Measure the command on archives of growing size, with one process and with two."""
    command = [Path(sys.executable).with_name("news-topics"), "predict"]
    with TemporaryDirectory() as folder:
        source, target = Path(folder) / "news.jsonl", Path(folder) / "topics.jsonl"
        for articles in ARCHIVES:
            pd.DataFrame({"text": texts[:articles]}).to_json(source, orient="records", lines=True, force_ascii=False)
            runs = [[*command, source, "-o", target, "--jobs", str(jobs)] for jobs in (1, 2)]
            one, two = (clock(partial(subprocess.run, run, capture_output=True, check=True)) for run in runs)
            yield (
                f"`predict`, {len(texts[:articles]):,} articles",
                "`--jobs 2`; beside `--jobs 1`",
                f"{two:.1f} s",
                f"{one / two:.2f}",
            )


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
    some = known.where([row < 500 for row in range(len(known.ids))])  # more would not change how fast it predicts
    model = OneVsRestClassifier(LogisticRegression(max_iter=200))
    model.fit(vectorizer.fit_transform(some.texts), some.indicator(list(some.counts())))
    return lambda texts: model.predict(vectorizer.transform(texts))


def clock(work: Callable[[], object]) -> float:
    """Return the seconds that a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
