"""The page in the browser: its HTML, in the language of whoever opens it."""

import json

from classifier.pages import render
from classifier.pages.messages import LANGUAGES, Language, catalogue, messages

_PREFIX = "service_"
_ALSO = ("articles", "column_topic", "column_share")  # messages of other pages that the scripts of this one need


def render_page(language: Language, model: str, *, feedback: bool = False) -> str:
    """Return the HTML of the page.

    Parameters
    ----------
    language
        In which it is first shown; the page has both.
    model
        What its foot says of the model.
    feedback
        Whether wrong topics can be corrected.
    """
    keys = [key for key in catalogue() if key.startswith(_PREFIX) or key in _ALSO]
    texts = {each: {key: catalogue()[key][each] for key in keys} for each in LANGUAGES}
    said = json.dumps(texts, ensure_ascii=False)
    return render("service.html", say=messages(language), messages=said, model=model, feedback=feedback)


def choose_language(asked: str, accepted: str) -> Language:
    """Return the language of the page.

    Parameters
    ----------
    asked
        What the address or the command asks for; empty: nothing.
    accepted
        What the browser accepts, as in its header ``Accept-Language``.

    >>> choose_language("", "de-DE, ru;q=0.7, en;q=0.3"), choose_language("", "de")
    ('ru', 'en')
    """
    wishes = [wish.partition(";") for wish in accepted.split(",")]
    weighed = sorted(wishes, key=lambda wish: -_weight(wish[2]))
    names = [asked, *(name.strip().lower().partition("-")[0] for name, _, rest in weighed if _weight(rest) > 0)]
    return next((language for name in names for language in LANGUAGES if language == name), "en")


def _weight(parameter: str) -> float:
    """Return the quality of a wish, 0 to 1 (RFC 9110, section 12.4.2); one that is not a number counts nothing."""
    if not parameter.strip():
        return 1.0
    try:
        return float(parameter.strip().lower().removeprefix("q="))
    except ValueError:
        return 0.0
