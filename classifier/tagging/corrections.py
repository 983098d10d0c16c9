"""What a newsroom makes of the answers of a model: rules, people's labels, and the only topics that it wants."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classifier.data.articles import Article
from classifier.model.predictions import Predictions

if TYPE_CHECKING:
    from classifier.model.rules import Rules  # 0.01 s


@dataclass(frozen=True)
class Corrections:
    """What is made of the answers of a model, in this order.

    Attributes
    ----------
    rules
        They give topics and take them away; None: there are none.
    labels
        Topics that people gave, by the id of the article, which gets no others; None: there are none.
    only
        Topics that may be given at all; None: every topic.
    """

    rules: "Rules | None" = None
    labels: Mapping[str, Sequence[str]] | None = None
    only: frozenset[str] | None = None

    @property
    def topics(self) -> list[str]:
        """Topics that rules and people give."""
        by_rules = self.rules.topics if self.rules else []
        by_people = (topic for topics in (self.labels or {}).values() for topic in topics)
        return list(dict.fromkeys([*by_rules, *by_people]))

    def select(self, topics: Iterable[str]) -> list[str]:
        """Return those of some topics that may be given."""
        return [topic for topic in topics if self.only is None or topic in self.only]

    def sha256(self) -> str:
        """Return a hash of all that changes an answer."""
        rules = None if self.rules is None else self.rules.rules
        only = None if self.only is None else sorted(self.only)
        return hashlib.sha256(json.dumps([rules, self.labels, only], sort_keys=True).encode()).hexdigest()

    def labelled(self, articles: Sequence[Article]) -> dict[int, Sequence[str]]:
        """Return the topics that people gave to some articles, by the place of the article."""
        labels = self.labels or {}
        return {row: labels[article.id] for row, article in enumerate(articles) if article.id in labels}

    def apply(self, predictions: Predictions, articles: Sequence[Article]) -> Predictions:
        """Return what becomes of the answers to some articles."""
        return self.by_people(self.by_rules(predictions, [article.text for article in articles]), articles)

    def by_rules(self, predictions: Predictions, texts: Sequence[str]) -> Predictions:
        """Return what rules make of the answers to some texts."""
        return predictions if self.rules is None else self.rules.apply(predictions, texts)

    def by_people(self, predictions: Predictions, articles: Sequence[Article]) -> Predictions:
        """Return what labels, and the topics that may be given at all, make of what rules have made."""
        if self.labels is not None:
            predictions = predictions.with_labels(self.labelled(articles))
        return predictions if self.only is None else predictions.only(self.only)
