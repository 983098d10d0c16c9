r"""Topics of Russian news articles: lemmas, TF-IDF, word vectors and one calibrated linear model a topic.

>>> import classifier
>>> model = classifier.load()
>>> model.topics(["Хоккей\nСборная России обыграла команду Финляндии в финале и выиграла чемпионат мира."])
[['sport']]
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.4.0"
__all__ = ["Error", "Lexicon", "TopicClassifier", "load", "tag_frame", "taxonomy", "with_title"]

if TYPE_CHECKING:
    from classifier.errors import Error as Error
    from classifier.frames import tag_frame as tag_frame
    from classifier.lexicon import Lexicon as Lexicon
    from classifier.model import TopicClassifier as TopicClassifier
    from classifier.model import load as load
    from classifier.text import with_title as with_title
    from classifier.topics import taxonomy as taxonomy

_HOME = {
    "Error": "errors",
    "Lexicon": "lexicon",
    "TopicClassifier": "model",
    "load": "model",
    "tag_frame": "frames",
    "taxonomy": "topics",
    "with_title": "text",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: scikit-learn costs a second, `news-topics --help` need not pay it."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
