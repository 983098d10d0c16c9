"""Why a text has a topic, or has not: what each of its words adds to the topic's score."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier.errors import UsageError
from classifier.features import Features
from classifier.tagger import BATCH, Floats, Tagger, probability
from classifier.text import spans, visible
from classifier.thresholds import ranked
from classifier.topics import name

if TYPE_CHECKING:
    import pandas as pd
    from rich.text import Text

_STYLES = {
    3: "bold black on bright_cyan",
    2: "black on cyan",
    1: "cyan",
    0: "",
    -1: "yellow",
    -2: "underline yellow",
    -3: "bold underline yellow",
}
NOT_RUSSIAN = "The text is not Russian enough to judge: the model knows too few of its words."
_LEVELS = (0.1, 0.3, 0.6)  # of the strongest word's weight: from where a word is shown weak, clear or strong
_STRONG = 1.0  # log-odds, a factor of e: the least that counts as strong


class Word(NamedTuple):
    """A word of a text, from character `start` to `end`, its lemma, and what it adds to the score, in log-odds."""

    start: int
    end: int
    form: str
    lemma: str
    weight: float


class Lemma(NamedTuple):
    """What all forms of a lemma in a text add to the score together; `forms` as written, the first one first."""

    lemma: str
    forms: list[str]
    times: int
    weight: float

    def __str__(self) -> str:
        times = f" ×{self.times}" if self.times > 1 else ""
        return f"{visible(self.forms[0])}{times} {self.weight:+.2f}"


@dataclass(frozen=True)
class Reason:
    """Why a text has a topic, or has not.

    Attributes
    ----------
    topic
        Its id.
    words
        The words that the model knows, in their order.
    intercept
        Where the score starts, whatever the text.
    score
        Log-odds: `intercept` and the weights of all `words` together; minus infinity where there are no words.
    probability
        ``1 / (1 + exp(-score))``.
    threshold
        Probability from which the topic is given.
    """

    topic: str
    words: list[Word]
    intercept: float
    score: float
    probability: float
    threshold: float

    @property
    def given(self) -> bool:
        """Whether the text has the topic."""
        return self.probability >= self.threshold

    def account(self) -> str:
        """How the words made the score, the score a probability, and the probability a decision."""
        if not self.words:
            return NOT_RUSSIAN
        for_it = sum(word.weight for word in self.words if word.weight > 0)
        against = sum(word.weight for word in self.words if word.weight < 0)
        return (
            f"Score {self.intercept:.2f} to start with, {for_it:+.2f} by words for it, {against:+.2f} by words against "
            f"it: {self.score:.2f}. Probability 1/(1 + exp({-self.score:.2f})) = {self.probability:.3f}, which "
            f"{'reaches' if self.given else 'misses'} the topic's threshold of {self.threshold:.3f}."
        )

    def levels(self) -> list[int]:
        """How strongly each word pushes beside the strongest one: 3, 2, 1 for the topic, 0, or -1, -2, -3 against it.

        A word that adds little is not shown as strong where the others add less.
        """
        weights = np.array([word.weight for word in self.words])
        shares = np.abs(weights) / np.abs(weights).max(initial=_STRONG)
        levels: list[int] = (np.digitize(shares, _LEVELS) * np.sign(weights)).astype(int).tolist()
        return levels

    def lemmas(self) -> list[Lemma]:
        """The words by lemma, from the strongest for the topic to the strongest against it."""
        groups: dict[str, list[Word]] = {}
        for word in self.words:
            groups.setdefault(word.lemma, []).append(word)
        found = []
        for lemma, words in groups.items():
            forms: dict[str, str] = {}
            for word in words:
                forms.setdefault(word.form.lower(), word.form)
            found.append(Lemma(lemma, list(forms.values()), len(words), sum(word.weight for word in words)))
        return sorted(found, key=lambda lemma: -lemma.weight)

    def sides(self, number: int = 12) -> dict[str, list[Lemma]]:
        """The strongest lemmas for the topic and against it, at the most `number` of each, the strongest first."""
        lemmas = self.lemmas()
        return {
            "for": [lemma for lemma in lemmas[:number] if lemma.weight > 0],
            "against": [lemma for lemma in lemmas[: -number - 1 : -1] if lemma.weight < 0],
        }


@dataclass(frozen=True, repr=False)
class Explanation:
    """A text and the reasons for and against some topics, the given ones first; Jupyter shows it in colours."""

    text: str
    reasons: list[Reason]

    def pieces(self, reason: Reason) -> Iterator[tuple[str, int]]:
        """The text in pieces, each with its level as of `Reason.levels`; joined they are the text."""
        end = 0
        for word, level in zip(reason.words, reason.levels(), strict=True):
            if level:
                yield self.text[end : word.start], 0
                yield word.form, level
                end = word.end
        yield self.text[end:], 0

    def html(self) -> str:
        """A piece of HTML with the text, topics as switches and the words highlighted. It runs no script."""
        from classifier.pages import render

        return render("explanation.html", explanation=self, name=name, visible=visible, not_russian=NOT_RUSSIAN)

    def _repr_html_(self) -> str:
        return self.html()

    def __repr__(self) -> str:
        topics = (
            f"{reason.topic} {reason.probability:.2f}{'' if reason.given else ' (not given)'}"
            for reason in self.reasons
        )
        return f"<Explanation of {', '.join(topics) or 'no topic'}>"

    def __rich_console__(self, *_: Any) -> "Iterator[Text]":
        from rich.text import Text

        if not self.reasons:
            yield Text(NOT_RUSSIAN)
        for reason in self.reasons:
            verdict = ("given", "bold green") if reason.given else ("not given", "bold red")
            yield Text.assemble((name(reason.topic, "ru"), "bold"), "  ", (reason.topic, "cyan"), "  ", verdict)
            yield Text(reason.account())
            yield Text.assemble("\n", *((visible(piece), _STYLES[level]) for piece, level in self.pieces(reason)), "\n")
            for side, lemmas in reason.sides().items():
                if lemmas:
                    yield Text.assemble((f"{side:9}", "bold"), ", ".join(map(str, lemmas)))
            yield Text()

    def to_dict(self) -> dict[str, Any]:
        """The reasons as plain lists and dicts."""
        return {
            "topics": [
                {
                    "id": reason.topic,
                    "given": reason.given,
                    "probability": reason.probability,
                    "threshold": reason.threshold,
                    "score": reason.score if reason.words else None,  # JSON has no infinity
                    "intercept": reason.intercept,
                    "words": [word._asdict() for word in reason.words],
                }
                for reason in self.reasons
            ]
        }

    def to_frame(self) -> "pd.DataFrame":
        """A row for each topic and word: ``topic``, ``start``, ``end``, ``form``, ``lemma``, ``weight``."""
        import pandas as pd

        rows = [
            (reason.topic, word.start, word.end, word.form, word.lemma, word.weight)
            for reason in self.reasons
            for word in reason.words
        ]
        return pd.DataFrame(rows, columns=["topic", "start", "end", "form", "lemma", "weight"])


def explain(tagger: Tagger, text: str, also: Iterable[str] = ()) -> Explanation:
    """Say why a text has its topics.

    A word adds to the score what its share of the TF-IDF weighs, in the text and in the opening, and its share of the
    article vector's squares. Of a square ``a * a``, where the extent ``a`` is a sum over words, the word that adds
    ``b`` to it has the share ``a * b``, which is its Shapley value. A word's extent is measured from that of the mean
    article.

    Parameters
    ----------
    tagger
        The model.
    text
        One article.
    also
        Ids of further topics: why are they not given? Where the text has no topic and none is asked for, the most
        probable one is explained; where no word of it is known, none.

    Raises
    ------
    UsageError
        The model does not know a topic.
    """
    found = tagger.features.transform([text])
    (scores,) = tagger.score(found)
    probabilities = probability(scores)
    chosen = _chosen(tagger, probabilities, also)
    columns, _ = tagger.features.vocabulary.look_up([text])
    places = np.flatnonzero((columns >= 0) & found.russian)
    weights = _weights(tagger, found, columns[places], places, chosen, scores[chosen])
    where, lemmas = spans(text), tagger.features.vocabulary.lemmas
    known = [(*where[place], text[slice(*where[place])], lemmas[columns[place]]) for place in places]
    reasons = [
        Reason(
            topic=tagger.classes[column],
            words=[Word(*word, weight) for word, weight in zip(known, pushes.tolist(), strict=True)],
            intercept=float(tagger.intercept[column]),
            score=float(scores[column]),
            probability=float(probabilities[column]),
            threshold=float(tagger.thresholds[column]),
        )
        for column, pushes in zip(chosen, weights.T, strict=True)
    ]
    return Explanation(text, reasons)


def _chosen(tagger: Tagger, probabilities: Floats, also: Iterable[str]) -> list[int]:
    """Columns of the topics given, most probable first, then of those asked for; else of the most probable."""
    (given,) = ranked(probabilities[None], tagger.thresholds)
    asked = [_column(tagger.classes, topic) for topic in also]
    nearest = [int(probabilities.argmax())] if probabilities.any() else []
    return list(dict.fromkeys(given + asked)) or nearest


def _column(classes: Sequence[str], topic: str) -> int:
    if topic in classes:
        return classes.index(topic)
    near = get_close_matches(topic, classes, n=1)
    advice = f"did you mean {near[0]!r}?" if near else "`news-topics topics` lists those it does"
    raise UsageError(f"the model knows no topic {topic!r}; {advice}")


def _weights(
    tagger: Tagger,
    found: Features,
    columns: NDArray[np.int32],
    places: NDArray[np.int64],
    topics: list[int],
    scores: Floats,
) -> Floats:
    """What each known word adds to the scores, (words, topics), by the columns of their lemmas and their places."""
    features = tagger.features
    whole = _shares(found.text, columns, np.ones(len(columns)))
    opening = _shares(found.opening, columns, features.weights(places))
    coef = tagger.coef[:, columns][:, :, topics]
    weights: Floats = whole[:, None] * coef[0] + opening[:, None] * coef[1]
    axes, signs = tagger.axes[:, :, topics], tagger.signs[:, topics]
    extents = tagger.extents(found.vectors)[0][:, topics]
    means = opening[:, None] * features.directions[columns]
    length = np.linalg.norm(means.sum(axis=0) - features.center)
    partial = np.einsum("wd,dat->wat", means, axes) / max(length, 1e-9)
    share = (opening if opening.any() else whole)[:, None]
    share = share / share.sum(axis=0)
    partial += share[:, None] * (extents - partial.sum(axis=0))  # of the mean article, and what `to_steps` rounds
    weights += (partial * extents * signs).sum(axis=1)
    weights += share * (scores - tagger.intercept[topics] - weights.sum(axis=0))  # what single precision rounds
    return weights


def words(tagger: Tagger, number: int) -> "pd.DataFrame":
    """The lemmas that speak strongest for each topic, and against it.

    Returns
    -------
    DataFrame
        Columns ``topic``, ``lemma`` and ``weight``: what a text of that one word would add to the topic's intercept.
        For each topic at the most `number` lemmas of positive weight, the strongest first, then as many of negative.
    """
    import pandas as pd
    from scipy.sparse import identity

    features, lemmas = tagger.features, np.array(tagger.features.vocabulary.lemmas)
    ones = identity(len(lemmas), np.float32, "csr")
    found = Features(ones, ones, features.centred(features.directions), np.ones(len(lemmas), bool))
    parts = [slice(start, start + BATCH) for start in range(0, len(lemmas), BATCH)]
    weights = np.concatenate([tagger.score(found.of(part)) for part in parts])
    weights -= tagger.intercept
    order = np.argsort(-weights, axis=0, kind="stable")
    tables = []
    for column, topic in enumerate(tagger.classes):
        weight, best, worst = weights[:, column], order[:number, column], order[::-1][:number, column]
        rows = np.concatenate([best[weight[best] > 0], worst[weight[worst] < 0]])
        tables.append(pd.DataFrame({"topic": topic, "lemma": lemmas[rows], "weight": weight[rows]}))
    return pd.concat(tables, ignore_index=True)


def _shares(tfidf: Any, columns: NDArray[np.int32], weights: NDArray[Any]) -> Floats:
    """Each word's part of the TF-IDF of its lemma, by its weight among the forms of that lemma."""
    totals = np.bincount(columns, weights, tfidf.shape[1])[columns]
    values = tfidf.toarray()[0, columns]
    return np.asarray(values * weights / np.maximum(totals, 1))
