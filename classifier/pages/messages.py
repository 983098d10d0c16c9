"""What the pages say, in Russian and in English, with numbers as each language writes them."""

import os
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

Language = Literal["ru", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
_RARE = 0.01  # shares below it are written with two decimals
_SEPARATORS: dict[Language, tuple[str, str]] = {"ru": ("\u00a0", ","), "en": (",", ".")}  # of thousands, of decimals


class Messages:
    """The messages of a language, as from `messages`; called with a key, it returns the text."""

    def __init__(self, language: Language, texts: dict[str, str | list[str]]) -> None:
        self.language: Language = language
        self._texts = texts

    def __call__(self, key: str, **values: Any) -> str:
        """Return the text of a key with values put in; numbers are written as the language does.

        Parameters
        ----------
        key
            Of ``messages.toml``.
        values
            For the places in braces. The number `n` chooses among the forms of a noun.

        Raises
        ------
        KeyError
            There is no such key, or a value is missing.
        """
        text = self._texts[key]
        if isinstance(text, list):
            text = text[_form(values["n"], self.language)]
        shown = {name: self.number(value) if isinstance(value, int) else value for name, value in values.items()}
        return text.format_map(shown)

    def several(self, key: str) -> list[str]:
        """Return the texts of a key that has several, such as the months."""
        texts = self._texts[key]
        if isinstance(texts, str):
            raise KeyError(key)
        return texts

    def number(self, number: int) -> str:
        """Return a whole number with its thousands apart.

        >>> messages("en").number(1240)
        '1,240'
        """
        return self._localized(f"{number:,}")

    def decimal(self, number: float, digits: int) -> str:
        """Return a number with so many decimals.

        >>> messages("ru").decimal(-0.5, 1)
        '−0,5'
        """
        return self._localized(f"{number:.{digits}f}").replace("-", "−")

    def signed(self, number: float, digits: int) -> str:
        """Return a number with its sign.

        >>> messages("en").signed(2, 2)
        '+2.00'
        """
        written = self.decimal(number, digits)
        return f"+{written}" if round(number, digits) > 0 else written if round(number, digits) else written.strip("−")

    def plain(self, number: float) -> str:
        """Return a number with no more decimals than it needs, as at an axis.

        >>> messages("ru").plain(2.5), messages("ru").plain(-10)
        ('2,5', '−10')
        """
        return self._localized(f"{round(number, 6):g}").replace("-", "−")

    def share(self, share: float) -> str:
        """Return a share, 0 to 1, in per cent.

        >>> messages("en").share(0.0421), messages("en").share(0.00421)
        ('4.2%', '0.42%')
        """
        return self("percent", number=self.decimal(100 * share, _digits(share)))

    def interval(self, low: float, high: float) -> str:
        """Return the limits of a share, 0 to 1, in per cent.

        >>> messages("en").interval(0.031, 0.056)
        '3.1–5.6%'
        """
        digits = _digits(high)
        limits = f"{self.decimal(100 * low, digits)}–{self.decimal(100 * high, digits)}"
        return self("percent", number=limits)

    def points(self, low: float, high: float | None = None) -> str:
        """Return a difference of shares, -1 to 1, or its limits, in percentage points.

        >>> messages("en").points(0.013), messages("en").points(-0.004, 0.03)
        ('+1.3 pp', '−0.4 to +3.0 pp')
        """
        largest = max(abs(low), abs(high or 0))
        written = [self.signed(100 * limit, _digits(largest)) for limit in (low, high) if limit is not None]
        return self("points", number=written[0] if high is None else self("from_to", low=written[0], high=written[1]))

    def _localized(self, number: str) -> str:
        thousands, decimals = _SEPARATORS[self.language]
        return number.translate({ord(","): thousands, ord("."): decimals})


@cache
def messages(language: Language) -> Messages:
    r"""Return the messages of a language.

    >>> [messages("ru")("articles", n=n) for n in (1, 3, 11, 1240)]
    ['1 статья', '3 статьи', '11 статей', '1\xa0240 статей']
    """
    return Messages(language, {key: texts[language] for key, texts in catalogue().items()})


@cache
def catalogue() -> dict[str, dict[Language, str | list[str]]]:
    """Return all messages: key, language, text or texts."""
    return tomllib.loads((files("classifier.pages") / "messages.toml").read_text(encoding="utf-8"))


def default_language() -> Language:
    """Return Russian if the user's locale is Russian, else English."""
    locale = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return "ru" if locale.lower().startswith("ru") else "en"


def _digits(share: float) -> int:
    return 2 if share < _RARE else 1


def _form(number: int, language: Language) -> int:
    """Return which form of a noun a number takes, by the rules of CLDR for whole numbers."""
    if language == "en":
        return int(number != 1)
    if number % 10 == 1 and number % 100 != 11:
        return 0
    return 1 if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14) else 2
