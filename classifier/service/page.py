"""The page for people."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from classifier.pages import page as whole_page


async def page(_: Request) -> Response:
    """Show the page."""
    return HTMLResponse(whole_page("news-topics", "<p>news-topics</p>"))
