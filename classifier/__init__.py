r"""Topics of Russian news articles: lemmas, TF-IDF, word vectors and one calibrated linear model per topic.

>>> import classifier
>>> model = classifier.load()
>>> model.topics(["Хоккей\nСборная России обыграла команду Финляндии в финале и выиграла чемпионат мира."])
[['sport']]
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.10.0"
__all__ = [
    "Error",
    "LemmaVectorizer",
    "Lexicon",
    "TopicClassifier",
    "lemmatize",
    "load",
    "read_rules",
    "tag_frame",
    "taxonomy",
    "with_title",
]

if TYPE_CHECKING:
    from classifier.data.articles import with_title as with_title
    from classifier.errors import Error as Error
    from classifier.model.estimator import TopicClassifier as TopicClassifier
    from classifier.model.estimator import load as load
    from classifier.model.rules import read_rules as read_rules
    from classifier.tagging.frames import tag_frame as tag_frame
    from classifier.text.lemmas import lemmatize as lemmatize
    from classifier.text.lexicon import Lexicon as Lexicon
    from classifier.text.vectorizer import LemmaVectorizer as LemmaVectorizer
    from classifier.topics import taxonomy as taxonomy

_MODULES = {
    "Error": "errors",
    "LemmaVectorizer": "text.vectorizer",
    "Lexicon": "text.lexicon",
    "TopicClassifier": "model.estimator",
    "lemmatize": "text.lemmas",
    "load": "model.estimator",
    "read_rules": "model.rules",
    "tag_frame": "tagging.frames",
    "taxonomy": "topics",
    "with_title": "data.articles",
}


def __getattr__(name: str) -> Any:
    """Import a public name on first use: importing scikit-learn takes a second, which ``--help`` need not wait for."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
