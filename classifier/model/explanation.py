"""An explanation as data, and how it shows itself: in a terminal, as HTML, as JSON, as a DataFrame."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from classifier.model.rules import Effect
from classifier.pages.messages import Language, default_language, messages
from classifier.text.display import visible
from classifier.topics import topic_name

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
_LEVELS = (0.1, 0.3, 0.6)  # shares of the strongest word's weight from which a word is shown weak, clear, strong
_STRONG = 1.0  # log-odds, a factor of e: where all words weigh less, none is shown as strong


class Word(NamedTuple):
    """A word of a text, from character `start` to `end`, its lemma, and what it adds to the score."""

    start: int
    end: int
    form: str
    lemma: str
    weight: float


class Lemma(NamedTuple):
    """What all forms of a lemma in a text add to the score together; `forms` as the text writes them, in order."""

    lemma: str
    forms: list[str]
    times: int
    weight: float

    def __str__(self) -> str:
        times = f" ×{self.times}" if self.times > 1 else ""
        return f"{visible(self.forms[0])}{times} {self.weight:+.2f}"


@dataclass(frozen=True)
class Reason:
    """Why a text has a topic, or does not have it.

    Attributes
    ----------
    topic
        Its id.
    words
        The words that the model knows, in order.
    intercept
        The score of a text without words.
    score
        The sum of `intercept` and the weights of all `words`; minus infinity if there are no words.
    log_odds
        What the score means in a text of this length, by the topic's calibration curve.
    probability
        ``1 / (1 + exp(-log_odds))``.
    threshold
        Probability from which a text gets the topic.
    """

    topic: str
    words: list[Word]
    intercept: float
    score: float
    log_odds: float
    probability: float
    threshold: float

    @property
    def given(self) -> bool:
        """Whether the text gets the topic."""
        return self.probability >= self.threshold

    def summary(self, language: Language = "en") -> str:
        """Return in two sentences how the words give the score, the probability and the decision."""
        say = messages(language)
        if not self.words:
            return say("not_russian")
        score = say(
            "score_parts",
            score=say.decimal(self.score, 2),
            intercept=say.decimal(self.intercept, 2),
            pro=say.signed(sum(word.weight for word in self.words if word.weight > 0), 2),
            contra=say.signed(sum(word.weight for word in self.words if word.weight < 0), 2),
        )
        means = {
            "words": say("known_words", n=len(self.words)),
            "log_odds": say.decimal(self.log_odds, 2),
            "probability": say.decimal(self.probability, 3),
            "threshold": say.decimal(self.threshold, 3),
        }
        decision = say("score_reaches", **means) if self.given else say("score_is_below", **means)
        return f"{score} {decision}"

    def levels(self) -> list[int]:
        """Return how strong each word is beside the strongest: 3, 2, 1 for the topic, 0, or -1, -2, -3 against it."""
        weights = np.array([word.weight for word in self.words])
        shares = np.abs(weights) / np.abs(weights).max(initial=_STRONG)
        levels: list[int] = (np.digitize(shares, _LEVELS) * np.sign(weights)).astype(int).tolist()
        return levels

    def lemmas(self) -> list[Lemma]:
        """Return the words by lemma, from the strongest for the topic to the strongest against it."""
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
        """Return the strongest lemmas for the topic and against it, at most `number` of each, strongest first."""
        lemmas = self.lemmas()
        return {
            "for": [lemma for lemma in lemmas[:number] if lemma.weight > 0],
            "against": [lemma for lemma in lemmas[: -number - 1 : -1] if lemma.weight < 0],
        }


@dataclass(frozen=True, repr=False)
class Explanation:
    """A text and the reasons for and against some topics, those it gets first; Jupyter shows it in colours.

    If there are rules, `effects` are those that apply to the text, and `topics` is what it gets in the end; else None.
    """

    text: str
    reasons: list[Reason]
    effects: list[Effect] | None = None
    topics: list[str] | None = None

    def is_given(self, topic: str) -> bool:
        """Return whether the text gets a topic in the end."""
        return self._is_given_by_model(topic) if self.topics is None else topic in self.topics

    def verdict(self, topic: str, language: Language = "en") -> str:
        """Return whether the text gets a topic, and if the model alone does not decide that, which rule does."""
        say, given = messages(language), self.is_given(topic)
        if given == self._is_given_by_model(topic):
            return say("given") if given else say("not_given")
        rules = (effect for effect in self.effects or [] if effect.rule.topic == topic)
        number = next(effect.number for effect in rules if (effect.rule.action == "add") == given)
        return say("given_by_rule", number=number) if given else say("removed_by_rule", number=number)

    def _is_given_by_model(self, topic: str) -> bool:
        return any(reason.given for reason in self.reasons if reason.topic == topic)

    def effect_lines(self, language: Language = "en") -> list[str]:
        """Return in one line for each rule that applies what it does, and the phrases that it has found."""
        say, lines = messages(language), []
        for number, rule, spans in self.effects or []:
            acts = {"add": say("rule_adds"), "remove": say("rule_removes"), "block": say("rule_blocks")}
            forms = dict.fromkeys(" ".join(self.text[start:end].split()) for start, end in spans)
            found = f": {', '.join(forms)}" if forms else ""
            lines.append(visible(say("rule", number=number, acts=acts[rule.action], topic=rule.topic) + found))
        return lines

    def phrases(self) -> Iterator[tuple[str, bool]]:
        """Return the text in pieces, each with whether it is a phrase of a rule that applies; joined, they are it."""
        end = 0
        for start, stop in sorted(span for effect in self.effects or [] for span in effect.spans):
            if stop > end:
                yield self.text[end : max(start, end)], False
                yield self.text[max(start, end) : stop], True
                end = stop
        yield self.text[end:], False

    def pieces(self, reason: Reason) -> Iterator[tuple[str, int]]:
        """Return the text in pieces, each with its strength as of `Reason.levels`; joined, they are the text."""
        end = 0
        for word, level in zip(reason.words, reason.levels(), strict=True):
            if level:
                yield self.text[end : word.start], 0
                yield word.form, level
                end = word.end
        yield self.text[end:], 0

    def html(self, language: Language | None = None) -> str:
        """Return HTML with the text, a switch for each topic, and the words highlighted. It runs no script.

        Parameters
        ----------
        language
            Of what it says beside the text; Russian if the user's locale is Russian, else English.
        """
        from classifier.pages import render

        say = messages(language or default_language())
        return render("explanation.html", explanation=self, topic_name=topic_name, visible=visible, say=say)

    def _repr_html_(self) -> str:
        return self.html()

    def __repr__(self) -> str:
        verdicts = [(reason, self.verdict(reason.topic)) for reason in self.reasons]
        topics = (
            f"{reason.topic} {reason.probability:.2f}{'' if verdict == 'given' else f' ({verdict})'}"
            for reason, verdict in verdicts
        )
        return f"<Explanation of {', '.join(topics) or 'no topic'}>"

    def __rich_console__(self, *_: Any) -> "Iterator[Text]":
        from rich.text import Text

        if self.effects:
            marked = ((visible(piece), "reverse" if is_phrase else "") for piece, is_phrase in self.phrases())
            yield Text("\n".join(self.effect_lines()), "bold")
            yield Text.assemble("\n", *marked, "\n")
        if not self.reasons:
            yield Text(messages("en")("not_russian"))
        for reason in self.reasons:
            said = self.verdict(reason.topic)
            verdict = (said, "bold green" if self.is_given(reason.topic) else "bold red")
            name = visible(topic_name(reason.topic, "ru"))
            yield Text.assemble((name, "bold"), "  ", (visible(reason.topic), "cyan"), "  ", verdict)
            yield Text(reason.summary().replace("−", "-"))  # cp1251, as on old consoles, has no minus
            yield Text.assemble("\n", *((visible(piece), _STYLES[level]) for piece, level in self.pieces(reason)), "\n")
            for side, lemmas in reason.sides().items():
                if lemmas:
                    yield Text.assemble((f"{side:9}", "bold"), ", ".join(map(str, lemmas)))
            yield Text()

    def to_dict(self) -> dict[str, Any]:
        """Return the reasons as plain lists and dicts."""
        return {
            "topics": [
                {
                    "id": reason.topic,
                    "given": self.is_given(reason.topic),
                    "probability": reason.probability,
                    "threshold": reason.threshold,
                    "score": reason.score if reason.words else None,  # JSON has no infinity
                    "log_odds": reason.log_odds if reason.words else None,
                    "intercept": reason.intercept,
                    "words": [word._asdict() for word in reason.words],
                }
                for reason in self.reasons
            ],
            **({} if self.effects is None else {"rules": [self._effect(effect) for effect in self.effects]}),
        }

    def _effect(self, effect: Effect) -> dict[str, Any]:
        """Return a rule that applies as a plain dict."""
        forms = [{"start": start, "end": end, "form": self.text[start:end]} for start, end in effect.spans]
        return {"rule": effect.number, "topic": effect.rule.topic, "action": effect.rule.action, "phrases": forms}

    def to_frame(self) -> "pd.DataFrame":
        """Return a row for each topic and word: ``topic``, ``start``, ``end``, ``form``, ``lemma``, ``weight``."""
        import pandas as pd

        rows = [
            (reason.topic, word.start, word.end, word.form, word.lemma, word.weight)
            for reason in self.reasons
            for word in reason.words
        ]
        return pd.DataFrame(rows, columns=["topic", "start", "end", "form", "lemma", "weight"])
