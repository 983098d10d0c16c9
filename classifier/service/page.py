"""The page in the browser: its HTML, in the reader's language."""

import json

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from classifier import __version__
from classifier.pages import render
from classifier.pages.messages import LANGUAGES, Language, catalogue, messages
from classifier.service.core import Service, service_of
from classifier.service.predicting import MAX_EXPLAINED
from classifier.text.display import visible

VARY = {"Vary": "Accept-Language"}  # header of pages
_PREFIX = "service_"
_ALSO = ("articles", "column_topic", "column_share")  # messages of other pages that the scripts of this one need


async def page(request: Request) -> Response:
    """Show the page, in the language of its address, of the command or of the browser."""
    return HTMLResponse(render_page(language_of(request), service_of(request)), headers=VARY)


def language_of(request: Request) -> Language:
    """Return the language of a page: that of its address, of the command or of the browser."""
    asked = request.query_params.get("lang") or service_of(request).settings.language or ""
    return choose_language(asked, request.headers.get("Accept-Language", ""))


def render_page(language: Language, service: Service) -> str:
    """Return the HTML of the page; it is shown in one language at first, and has both."""
    keys = [key for key in catalogue() if key.startswith(_PREFIX) or key in _ALSO]
    texts = {each: {key: catalogue()[key][each] for key in keys} for each in LANGUAGES}
    return render(
        "service.html",
        say=messages(language),
        messages=json.dumps(texts, ensure_ascii=False),
        model=visible(str(service.model.now.manifest.get("created", "?"))[:10]),
        version=__version__,
        feedback=service.feedback is not None,
        max_body=service.settings.max_body,
        max_explained=MAX_EXPLAINED,
    )


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
