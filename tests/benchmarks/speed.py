"""Speed against the usual recipe and fastText, side by side in one run on one core: ``make bench``.

Measured on articles of the shared corpus that nobody was trained on; without it on the bundled sample, repeated. Every
number is the median of five rounds in which the contenders take turns, so that a busy machine slows them all.
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

from classifier import corpus, store
from classifier.articles import read
from classifier.corpus import Corpus
from classifier.lemmas import MEMO
from classifier.model import TopicClassifier
from classifier.text import tokens, with_title
from tests.conftest import EXAMPLES, SHARED

ROUNDS = 5
ARTICLES = 2000  # in a measurement
WARMING = 40_000  # articles seen before unseen ones are measured
USUAL = 100  # articles for the usual recipe, which is about 100 times as slow
ARCHIVES = (2000, 10_000, 80_000)  # articles for one process and for two
EPOCHS = 25  # of fastText: 50 or 100 take two or four times as long and gain it 0.1 points of micro-F1
README = Path(__file__).parents[2] / "README.md"
WORD = re.compile(r"\w+")


def main() -> None:
    """Measure, print and write the table into the README."""
    rows = list(commands())  # first, while this process is small
    known, texts = materials()
    rows += [*training(known), *prediction(known, texts), *processes(texts)]
    table = pd.DataFrame(rows, columns=["what", "how", "figure", "against ours"])
    lines = ["|".join(["", *map(str, row), ""]) for row in table.itertuples(index=False)]
    markdown = "\n".join(["|" + "|".join(table.columns) + "|", "|---|---|---|---|", *lines])
    print(markdown)
    if (SHARED / "news.parquet").exists():
        marks = re.compile(r"(?<=<!-- bench -->\n).*(?=<!-- /bench -->)", re.DOTALL)
        README.write_text(marks.sub(lambda _: markdown + "\n", README.read_text("utf-8")), "utf-8")


def materials() -> tuple[Corpus, list[str]]:
    """Labelled articles to train on and unlabelled ones to tag."""
    if not (SHARED / "news.parquet").exists():
        print(f"No corpus in {SHARED}: measuring on the bundled sample, repeated. The README is left as it is.")
        known = corpus.read(EXAMPLES / "train.csv")
        sample = [article.text for article in read([EXAMPLES / "articles"])] + known.texts
        return known, sample * (max(ARCHIVES) // len(sample))
    known, _ = corpus.read(SHARED / "news.parquet", SHARED / "labels.csv").parted()
    news = pd.read_parquet(SHARED / "news.parquet", columns=["id", "title", "text"])
    labels = pd.read_csv(SHARED / "labels.csv")
    unlabelled = news[~news.id.isin(labels.id)].sample(max(ARCHIVES), random_state=0)
    return known, [with_title(row.title, row.text) for row in unlabelled.itertuples()]


def commands() -> Iterable[tuple[str, ...]]:
    """The command from cold, the memory it takes, and the loading of the model."""
    command = Path(sys.executable).with_name("news-topics")
    article = [command, "predict", EXAMPLES / "articles" / "interview.txt"]
    for what, arguments in {"`news-topics --help`": [command, "--help"], "one article": article}.items():
        seconds = median(clock(partial(subprocess.run, arguments, capture_output=True)) for _ in range(ROUNDS))
        yield "from cold", what, f"{seconds:.2f} s", ""
    code = "from classifier import store; store.load_tagger().topics(['Матч']); print(open('/proc/self/status').read())"
    status = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    megabytes = int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) / 1024
    yield "memory", "the shipped model, one article", f"{megabytes:.0f} MB", ""
    yield "loading", "the shipped model", f"{median(clock(store.load_tagger) for _ in range(ROUNDS)):.2f} s", ""


def training(known: Corpus) -> Iterable[tuple[str, ...]]:
    """Training on the same labelled articles, once each; fastText's is with the epochs that serve it best."""
    what = f"training, {len(known.texts):,} articles"
    ours = clock(lambda: TopicClassifier().fit(known.texts, known.topics))
    yield what, "ours, with calibration and thresholds out of fold", f"{ours:.0f} s", "1"
    theirs = clock(lambda: fasttext_model(known))
    yield what, f"fastText, {EPOCHS} epochs, one thread", f"{theirs:.0f} s", f"{theirs / ours:.1f}"


def prediction(known: Corpus, texts: list[str]) -> Iterable[tuple[str, ...]]:
    """Raw text to topics, in words a second."""
    fast, usual = fasttext_model(known), usual_recipe(known)
    seen, unseen = texts[:ARTICLES], texts[WARMING:]
    parted = [part(text) for text in seen]
    tagger = store.load_tagger()
    speeds: dict[str, list[float]] = {}

    def measure(name: str, predict: Callable[[list[str]], object], given: list[str], counted: list[str]) -> None:
        words = sum(len(tokens(text)) for text in counted)
        speeds.setdefault(name, []).append(words / clock(partial(predict, given)))

    for _ in range(ROUNDS):
        MEMO.clear()
        measure("ours, first articles of a process", partial(ours, store.load_tagger()), seen, seen)
    ours(tagger, texts[:WARMING])
    for turn in range(ROUNDS):
        measure("ours, warm", partial(ours, tagger), seen, seen)
        news = unseen[turn * ARTICLES : (turn + 1) * ARTICLES]
        if news:
            measure(f"ours, on unseen text after {WARMING:,} articles", partial(ours, tagger), news, news)
        measure("fastText", lambda raw: fast([part(text) for text in raw]), seen, seen)
        measure("fastText, words parted beforehand", fast, parted, seen)
        measure("usual recipe", usual, seen[:USUAL], seen[:USUAL])
    warm = median(speeds["ours, warm"])
    for name, speed in ((name, median(measured)) for name, measured in speeds.items()):
        yield "raw text to topics", name, f"{speed / 1e6:.3g} M words/s", f"{speed / warm:.2g}"


def processes(texts: list[str]) -> Iterable[tuple[str, ...]]:
    """The command on archives of growing size, by one process and by two."""
    command = [Path(sys.executable).with_name("news-topics"), "predict"]
    with TemporaryDirectory() as folder:
        source, target = Path(folder) / "news.jsonl", Path(folder) / "topics.jsonl"
        for articles in ARCHIVES:
            pd.DataFrame({"text": texts[:articles]}).to_json(source, orient="records", lines=True, force_ascii=False)
            runs = [[*command, source, "-o", target, "--jobs", str(jobs)] for jobs in (1, 2)]
            one, two = (clock(partial(subprocess.run, run, capture_output=True, check=True)) for run in runs)
            yield (
                f"`predict`, {articles:,} articles",
                "`--jobs 2`; against `--jobs 1`",
                f"{two:.1f} s",
                f"{one / two:.2f}",
            )


def part(text: str) -> str:
    """Words as fastText wants them: lower-case, spaces between."""
    return " ".join(WORD.findall(text.lower()))


def ours(tagger: store.Tagger, texts: list[str]) -> None:
    """Topics in batches, as `news-topics predict` does."""
    for start in range(0, len(texts), 1000):
        tagger.topics(texts[start : start + 1000])


def fasttext_model(known: Corpus) -> Callable[[list[str]], object]:
    """FastText trained on the labels; its epochs and learning rate were tuned on the held-out split, in its favour."""
    import fasttext

    with TemporaryDirectory() as folder:
        file = Path(folder) / "train.txt"
        labels = [" ".join(f"__label__{topic}" for topic in topics) for topics in known.topics]
        lines = [f"{label} {part(text)}\n" for label, text in zip(labels, known.texts, strict=True)]
        file.write_text("".join(line for line in lines if line.startswith("__label__")), "utf-8")
        rate = 0.5 if len(lines) > 1000 else 0.05  # the bundled sample is so small that 0.5 diverges
        model = fasttext.train_supervised(str(file), loss="ova", epoch=EPOCHS, lr=rate, thread=1, verbose=0)
    return partial(model.predict, k=-1, threshold=0.15)


def usual_recipe(known: Corpus) -> Callable[[list[str]], object]:
    """What notebooks do: pymorphy3 on every token, stock TF-IDF, logistic regression one against the rest."""
    from pymorphy3 import MorphAnalyzer

    analyzer = MorphAnalyzer()
    vectorizer = TfidfVectorizer(
        tokenizer=lambda text: [analyzer.parse(word)[0].normal_form for word in WORD.findall(text)], token_pattern=None
    )
    some = known.where([row < 500 for row in range(len(known.ids))])  # more would not change how fast it predicts
    topics = sorted({topic for row in some.topics for topic in row})
    model = OneVsRestClassifier(LogisticRegression(max_iter=200))
    model.fit(vectorizer.fit_transform(some.texts), some.indicator(topics))
    return lambda texts: model.predict(vectorizer.transform(texts))


def clock(work: Callable[[], object]) -> float:
    """Seconds that a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
