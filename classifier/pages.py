"""Pages of HTML from the templates of this package: whatever is put into them stays text."""

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment


def render(template: str, **values: Any) -> str:
    """HTML of one of ``templates/``; values are escaped."""
    return _templates().get_template(template).render(values)


def page(title: str, body: str, width: str = "48rem") -> str:
    """A page that needs nothing but itself, and may load and run nothing, around a body of HTML."""
    from markupsafe import Markup

    return render("page.html", title=title, body=Markup(body), width=width)


@cache
def _templates() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(loader=PackageLoader("classifier"), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
