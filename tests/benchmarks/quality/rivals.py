"""Rivals on words: the usual recipe, fastText and Vowpal Wabbit, and the settings they may choose from."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from scipy.special import logit
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import LinearSVC

from classifier import LemmaVectorizer, lemmatize
from tests.benchmarks.quality.contenders import Rival, Score, Scores, Trial
from tests.benchmarks.quality.materials import TOPICS, Inputs, Materials, Split

WORD = re.compile(r"\w+")
LEAST = 1e-6  # of a probability, for its log-odds
Words = Callable[[str], list[str]]


def usual(estimator: Any, news: Materials, split: Split) -> Score:
    """Fit the usual recipe: TF-IDF of lemmas and a linear model for each topic."""
    vectorizer = LemmaVectorizer(min_df=2)
    matrix = vectorizer.fit_transform(news.texts_of(split.fit))
    model = OneVsRestClassifier(estimator).fit(matrix, news.y_true[split.fit])
    return lambda inputs: model.decision_function(vectorizer.transform(inputs.texts))


def fasttext(words: Words, options: dict[str, Any], news: Materials, split: Split) -> Score:
    """Fit fastText with one-against-all loss."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "train.txt"
        file.write_text("".join(_labelled_lines(words, news, split)), "utf-8")
        model = train_fasttext(file, options)

    def score(inputs: Inputs) -> Scores:
        labels, values = model.predict([" ".join(words(text)) for text in inputs.texts], k=-1)
        probabilities = np.zeros((len(inputs.texts), len(TOPICS)))
        for row, (names, numbers) in enumerate(zip(labels, values, strict=True)):
            columns = [TOPICS.index(name.removeprefix("__label__")) for name in names]
            probabilities[row, columns] = numbers
        return log_odds(probabilities)

    return score


def log_odds(probabilities: Scores) -> Scores:
    """Return probabilities as log-odds, finite ones."""
    return logit(np.clip(probabilities, LEAST, 1 - LEAST))


def train_fasttext(file: Path, options: dict[str, Any]) -> Any:
    """Train a fastText model; if its loss diverges, train again with half the learning rate."""
    import fasttext

    try:
        return fasttext.train_supervised(str(file), loss="ova", thread=1, verbose=0, **options)
    except RuntimeError:
        return train_fasttext(file, options | {"lr": options["lr"] / 2})


def _labelled_lines(words: Words, news: Materials, split: Split) -> Iterator[str]:
    for row in split.fit:
        labels = [f"__label__{TOPICS[column]}" for column in np.flatnonzero(news.y_true[row])]
        if labels:
            yield " ".join([*labels, *words(news.texts[row])]) + "\n"


def vowpal(words: Words, options: str, passes: int, news: Materials, split: Split) -> Score:
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

    def score(inputs: Inputs) -> Scores:
        answers = [workspace.predict(line(text)) for text in inputs.texts]
        # 9.11 appends to old content of reused memory
        return log_odds(np.array([scores[-len(TOPICS) :] for scores in answers]))

    return score


def surface(text: str) -> list[str]:
    """Return the words of a text in lower case."""
    return WORD.findall(text.lower())


KINDS: dict[str, Words] = {"words": surface, "lemmas": lemmatize}
SVC = LinearSVC(class_weight="balanced")
LOGISTIC = LogisticRegression(class_weight="balanced", solver="liblinear", tol=1e-3)
FASTTEXT = [("words", 25, 0.5, 1), ("lemmas", 25, 0.5, 1), ("lemmas", 50, 0.5, 1)]
VOWPAL = [("words", "", 5), ("lemmas", "", 5), ("lemmas", "", 10), ("lemmas", "-l 0.2", 5), ("lemmas", "--ngram 2", 5)]


def rivals_on_words() -> list[Rival]:
    """Return the rivals that read words."""
    return [
        Rival("LinearSVC", [_linear(SVC, strength) for strength in (0.3, 1.0, 3.0)]),
        Rival("Vowpal Wabbit", [_vowpal(*settings) for settings in VOWPAL]),
        Rival("logistic regression", [_linear(LOGISTIC, strength) for strength in (100.0, 1000.0)]),
        Rival("fastText", [_fasttext(*settings) for settings in FASTTEXT]),
    ]


def _linear(estimator: Any, strength: float) -> Trial:
    return Trial(f"TF-IDF of lemmas, balanced, C {strength}", partial(usual, clone(estimator).set_params(C=strength)))


def _fasttext(kind: str, epoch: int, rate: float, ngrams: int) -> Trial:
    options = {"epoch": epoch, "lr": rate, "wordNgrams": ngrams}
    return Trial(f"{kind}, epoch {epoch}, lr {rate}, ngrams {ngrams}", partial(fasttext, KINDS[kind], options))


def _vowpal(kind: str, options: str, passes: int) -> Trial:
    return Trial(f"{kind}, {passes} passes {options}".strip(), partial(vowpal, KINDS[kind], options, passes))
