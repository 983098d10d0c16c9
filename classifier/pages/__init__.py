"""HTML pages from the templates of this package; whatever is put into them stays text."""

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment


def render(template: str, **values: Any) -> str:
    """Return the HTML of one of ``templates/``; values are escaped."""
    return _environment().get_template(template).render(values)


def page(title: str, body: str, width: str = "48rem") -> str:
    """Return a whole page around some HTML; it loads nothing and may run nothing."""
    from markupsafe import Markup

    return render("page.html", title=title, body=Markup(body), width=width)


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("classifier.pages"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
