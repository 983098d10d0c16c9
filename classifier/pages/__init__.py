"""HTML pages from the templates of this package; whatever is put into them stays text."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

    from classifier.pages.messages import Language


def render(template: str, **values: Any) -> str:
    """Return the HTML of one of ``templates/``; values are escaped."""
    return _environment().get_template(template).render(values)


def page(title: str, body: str, width: str = "48rem", language: "Language" = "en") -> str:
    """Return a whole page around some HTML; it loads nothing and may run nothing."""
    from markupsafe import Markup

    return render("page.html", title=title, body=Markup(body), width=width, language=language)


def is_page_of_ours(path: Path) -> bool:
    """Whether a file is a page that this package has made."""
    try:
        with path.open("rb") as file:
            return b'<meta name="generator" content="news-topics">' in file.read(200)
    except OSError:
        return False


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("classifier.pages"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
