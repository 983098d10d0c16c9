"""What a model knows of the articles that it is scored on."""

from typing import NamedTuple

from classifier.pages.messages import Messages


class Known(NamedTuple):
    """How many articles a model was trained on, of those that it was to be scored on.

    Attributes
    ----------
    articles
        All of them.
    seen
        Those that the model was trained on.
    near
        Those that nearly repeat one of training.
    micro_f1
        Of the model on those seen or near, which are left out.
    """

    articles: int
    seen: int
    near: int
    micro_f1: float

    def remark(self, say: Messages) -> str:
        """Return what a reader must know before the scores; nothing if all articles are new to the model."""
        new = self.articles - self.seen - self.near
        if new == self.articles:
            return ""
        if not new:
            return say("known_all_near") if self.near else say("known_all")
        return say("known_left_out", why=self._why(say), f1=say.decimal(self.micro_f1, 3), number=new)

    def _why(self, say: Messages) -> str:
        def of_articles(count: int) -> str:
            return say("of_articles", n=self.articles, articles=count)

        seen = say("known_seen", counted=of_articles(self.seen))
        near = say("known_near", counted=of_articles(self.near))
        if self.seen and self.near:
            return say("both", first=seen, second=near)
        return seen if self.seen else near
