"""A news desk's rules beside the model: a TOML file that says which phrases give a topic or take it away.

    [[rule]]
    topic = "arctic"                  # one of the model's topics, or a new one
    action = "add"                    # add (if left out), remove or block
    phrases = ["Северный морской путь", "ледокол*"]
    without = ["ледокол знаний"]      # phrases that cancel the rule
    where = "text"                    # text (if left out; the headline belongs to it) or headline

A rule applies to an article in which one of its `phrases` occurs and none of those in `without`. `add` gives the topic,
whatever the model says. `remove` takes away what the model gave, but not what another rule adds. `block` takes away
both; only a person's label stands above it. Without `phrases`, `remove` and `block` apply to every article. The order
of the rules does not matter. How phrases are matched: `classifier.text.phrases`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from classifier.arrays import BoolArray
from classifier.errors import UsageError
from classifier.model.predictions import RULE, Predictions
from classifier.text.phrases import PhraseMatcher, parse_phrase
from classifier.topics import check_id, check_known

ACTIONS = ("add", "remove", "block")
_LISTS = ("phrases", "without")
_KEYS = "a rule has topic, action, phrases, without and where"
_DEEP_KEY = re.compile(rb"(?:[\w\"'-]+\s*\.\s*){50}")
_MAX_SIZE = 10_000_000  # bytes of a file; 100 rules have about 20,000


class Rule(NamedTuple):
    """One rule; the module says what its fields mean."""

    topic: str
    action: str = "add"
    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    where: str = "text"

    @property
    def always(self) -> bool:
        """Whether it applies to every article."""
        return not self.phrases and not self.without


class Effect(NamedTuple):
    """A rule that applies to a text: its number from 1 on, and start and end of each of its phrases in the text."""

    number: int
    rule: Rule
    spans: list[tuple[int, int]]


class Rules:
    """Rules that can be applied to predictions; what is wrong with one is a `UsageError` with its number.

    >>> rules = Rules([Rule("arctic", phrases=("ледокол*",))])
    >>> rules.matches(["Атомный ледокол спущен на воду", "Матч отложен"])
    array([[ True],
           [False]])
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = list(rules)
        for number, rule in enumerate(self.rules, 1):
            with _place(number):
                _check(rule)
                _check_phrases(rule)
        _check_together(self.rules)
        self._matchers = {place: PhraseMatcher(self._phrases(place)) for place in PLACES}
        self._columns = {
            place: {phrase: column for column, phrase in enumerate(matcher.phrases)}
            for place, matcher in self._matchers.items()
        }

    @property
    def topics(self) -> list[str]:
        """The topics that the rules add."""
        return list(dict.fromkeys(rule.topic for rule in self.rules if rule.action == "add"))

    def check_topics(self, classes: Sequence[str]) -> None:
        """Refuse a rule that can never matter, because neither model nor rules give its topic: a `UsageError`."""
        for number, rule in enumerate(self.rules, 1):
            given = [*classes, *self.topics] if rule.action == "block" else classes
            if rule.action != "add":
                with _place(number, f"nothing to {rule.action}: "):
                    check_known(rule.topic, given)

    def matches(self, texts: Sequence[str]) -> BoolArray:
        """Return whether each rule applies to each text, (texts, rules)."""
        found = {place: self._matchers[place].find([PLACES[place](text) for text in texts]) for place in PLACES}
        matches = np.ones((len(texts), len(self.rules)), bool)
        for column, rule in enumerate(self.rules):
            if rule.phrases:
                matches[:, column] = found[rule.where][:, self._places(rule, rule.phrases)].any(axis=1)
            matches[:, column] &= ~found[rule.where][:, self._places(rule, rule.without)].any(axis=1)
        return matches

    def effects(self, text: str) -> list[Effect]:
        """Return the rules that apply to a text, each with the places of its phrases."""
        (matches,) = self.matches([text])
        spans = {place: self._matchers[place].spans(part(text)) for place, part in PLACES.items()}
        effects = []
        for column in np.flatnonzero(matches).tolist():
            rule = self.rules[column]
            found = [spans[rule.where][place] for place in self._places(rule, rule.phrases)]
            effects.append(Effect(column + 1, rule, sorted(chain.from_iterable(found))))
        return effects

    def apply(self, predictions: Predictions, texts: Sequence[str]) -> Predictions:
        """Return what the rules make of what a model says about some texts; what they give has the origin ``rule``."""
        matches = self.matches(texts)
        applied = [rule for rule, column in zip(self.rules, matches.T, strict=True) if column.any()]
        given = predictions.with_origins(rule.topic for rule in applied if rule.action == "add")
        assert given.origins is not None
        masks = {action: np.zeros(given.y_pred.shape, bool) for action in ACTIONS}
        for rule, column in zip(self.rules, matches.T, strict=True):
            if rule.topic in given.classes:
                masks[rule.action][:, given.classes.index(rule.topic)] |= column
        by_model = given.y_pred.astype(bool) & ~masks["remove"]
        given.origins[masks["add"] & ~by_model] = RULE
        given.y_pred[:] = (by_model | masks["add"]) & ~masks["block"]
        return given

    def _phrases(self, place: str) -> list[str]:
        """Return the phrases that are looked for in a place."""
        rules = [rule for rule in self.rules if rule.where == place]
        return list(dict.fromkeys(phrase for rule in rules for phrase in (*rule.phrases, *rule.without)))

    def _places(self, rule: Rule, phrases: Sequence[str]) -> list[int]:
        """Return the columns of some phrases of a rule in what its matcher finds."""
        return [self._columns[rule.where][phrase] for phrase in phrases]


def _parse(content: bytes) -> dict[str, Any]:
    """Return what a TOML file holds."""
    import tomllib  # 3 ms

    if _DEEP_KEY.search(content):  # tomllib takes 14 seconds and a gigabyte for a key of 20,000 parts
        raise UsageError(f"a key has more than 50 parts; {_KEYS}")
    return tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n"))


def read_rules(path: str | Path) -> Rules:
    """Read a file of rules, which the module describes.

    Raises
    ------
    UsageError
        The file cannot be read, or a rule is not written as it should be; the message names the file and the rule.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_SIZE + 1)
        if len(content) > _MAX_SIZE:
            raise UsageError(f"it has more than {_MAX_SIZE:,} bytes; name a file of rules")
        tables = _tables(_parse(content))
        return Rules([_rule(table, number) for number, table in enumerate(tables, 1)])
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from error
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not in UTF-8: save it so") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} is not TOML: {error}") from error


def _tables(content: dict[str, Any]) -> list[Any]:
    tables = content.get("rule")
    if not isinstance(tables, list) or not tables or len(content) > 1:
        raise UsageError("write [[rule]] above each rule, and nothing outside the rules")
    return tables


def _rule(table: Any, number: int) -> Rule:
    """Return the rule that a table describes."""
    with _place(number):
        if not isinstance(table, dict):
            raise UsageError("write [[rule]] above it")
        for key, value in table.items():
            if key not in Rule._fields:
                near = get_close_matches(key, Rule._fields, n=1)
                raise UsageError(f"unknown key {key!r:.40}; " + (f"did you mean {near[0]!r}?" if near else _KEYS))
            _check_type(key, value)
        if "topic" not in table:
            raise UsageError('it has no topic: add topic = "..."')
        if table.get("phrases") == []:
            raise UsageError("phrases is empty: write some, or leave it out")
        lists = {key: tuple(value) for key, value in table.items() if isinstance(value, list)}
        return Rule(**{**table, **lists})


def _check_type(key: str, value: Any) -> None:
    if key in _LISTS:
        if not isinstance(value, list) or not all(isinstance(phrase, str) for phrase in value):
            raise UsageError(f'{key} is {value!r:.40}, not a list of strings such as ["ледокол"]')
    elif not isinstance(value, str):
        raise UsageError(f"{key} is {value!r:.40}, not a string")


@contextmanager
def _place(number: int, start: str = "") -> Iterator[None]:
    """Say in the message of an error which rule it is about."""
    try:
        yield
    except UsageError as error:
        raise UsageError(f"rule {number}: {start}{error}") from error


def _check(rule: Rule) -> None:
    """Refuse a rule that is wrong in itself."""
    check_id(rule.topic)
    if rule.topic != rule.topic.strip() or not rule.topic.isprintable():
        raise UsageError(f"topic {rule.topic!r:.60} has spaces around it or control characters: leave them out")
    for name, value, allowed in (("action", rule.action, ACTIONS), ("where", rule.where, tuple(PLACES))):
        if value not in allowed:
            raise UsageError(f"{name} is {value!r:.40}: take {', '.join(allowed)}")
    if rule.action == "add" and not rule.phrases:
        raise UsageError("it adds its topic to every article: write phrases")


def _check_phrases(rule: Rule) -> None:
    """Refuse phrases that cannot be matched, repeat others, or hold one that cancels the rule."""
    for phrases in (rule.phrases, rule.without):
        known: dict[tuple[str, ...], str] = {}
        for phrase in phrases:
            if (same := known.setdefault(parse_phrase(phrase), phrase)) is not phrase:
                raise UsageError(f"phrase {phrase!r:.60} repeats {same!r:.60}: forms of a word are the same; keep one")
    plain = [phrase for phrase in rule.phrases if "*" not in phrase]
    for row, column in np.argwhere(PhraseMatcher(rule.without).find(plain)):
        raise UsageError(
            f"phrase {plain[row]!r:.60} can never count: {rule.without[column]!r:.60} in without cancels the rule"
        )


def _check_together(rules: Sequence[Rule]) -> None:
    """Refuse a rule that repeats another, or never counts because another always blocks its topic."""
    blocks = {rule.topic: number for number, rule in enumerate(rules, 1) if rule.action == "block" and rule.always}
    known: dict[Any, int] = {}
    for number, rule in enumerate(rules, 1):
        with _place(number):
            if (other := blocks.get(rule.topic, number)) != number:
                raise UsageError(f"it can never count: rule {other} blocks {rule.topic!r} always; drop one of them")
            for key in _meanings(rule):
                if (other := known.setdefault(key, number)) != number:
                    raise UsageError(f"it says what rule {other} says: drop one of them, or the phrase they share")


def _meanings(rule: Rule) -> list[Any]:
    """Return what a rule says with each of its phrases; equal for rules that say the same in other words."""
    without = frozenset(map(parse_phrase, rule.without))
    phrases = map(parse_phrase, rule.phrases) if rule.phrases else [()]
    return [(rule.topic, rule.action, rule.where, without, phrase) for phrase in phrases]


def _whole(text: str) -> str:
    return text


def _headline(text: str) -> str:
    """Return a text up to the end of its first line that is not empty."""
    start = len(text) - len(text.lstrip())
    return text[:start] + text[start:].partition("\n")[0]


PLACES = {"text": _whole, "headline": _headline}
