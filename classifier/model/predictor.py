"""A trained model: texts to topics, without scikit-learn, whose import takes a second."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from classifier.arrays import BoolArray, Float32Array, Float64Array, IndexArray, IndicatorArray
from classifier.errors import Error
from classifier.model.content import ARRAYS, check_content, lexicon_content, read_lexicon
from classifier.model.curves import log_odds, sigmoid
from classifier.model.features import STEP, FeatureExtractor, Features
from classifier.model.lemma_weights import LemmaWeights
from classifier.model.predictions import NO_WORDS, NOT_RUSSIAN, Mode, Predictions
from classifier.model.thresholds import apply_thresholds, mode_thresholds
from classifier.storage import model_file
from classifier.storage.model_folder import read_manifest, read_model, shipped_folder
from classifier.text.lexicon import Lexicon
from classifier.text.reprints import hash_texts
from classifier.text.validation import check_texts

if TYPE_CHECKING:
    from classifier.model.rules import Rules

BATCH = 1000  # texts: enough for words to repeat, few enough that an archive in memory needs little more for tagging
_ROWS = 200  # texts whose projections, 4 KB each, stay in the cache: 5.3 µs a text, where 1,000 at once take 7.3

_UNKNOWN = np.empty(0, np.int64)


@dataclass(frozen=True, eq=False, repr=False)
class TopicPredictor:
    """What `TopicClassifier.fit` learns and a model folder stores.

    Attributes
    ----------
    classes
        Topic ids, in the order of the columns below.
    extractor
        Turns texts into features.
    weights, intercept
        Weights of lemmas, and of no word at all, (topics,).
    axes, axis_weights
        Directions in the space of article vectors, (dimensions, axes, topics), and their weights, (axes, topics). Of
        each topic, the projection of an article vector on the first axis counts as it is, those on the others squared.
    curves
        What scores mean, (topics, 3); see `classifier.model.curves.log_odds`.
    thresholds
        Probability from which a text gets a topic, (topics,).
    trained_on
        Hashes of the texts that it was trained on, as `hash_texts` gives them, (texts,); empty if they are not known.
    """

    classes: list[str]
    extractor: FeatureExtractor
    weights: LemmaWeights
    axes: Float32Array
    axis_weights: Float32Array
    intercept: Float64Array
    curves: Float64Array
    thresholds: Float64Array
    trained_on: IndexArray = field(default_factory=lambda: _UNKNOWN)

    def __repr__(self) -> str:
        return f"<TopicPredictor of {len(self.classes)} topics with {self.extractor.lexicon}>"

    @classmethod
    def rounded(cls, classes: list[str], extractor: FeatureExtractor, coef: Any, **arrays: Any) -> Self:
        """Return a predictor with numbers as they are stored; `coef` are weights of lemmas, (2, lemmas, topics)."""
        arrays["axis_weights"] = arrays["axis_weights"].astype(np.float32)
        return cls(classes, extractor, LemmaWeights.rounded(coef), **arrays)

    def __reduce__(self) -> tuple[Any, ...]:
        return TopicPredictor.from_content, (self.to_content(),)

    @property
    def lexicon(self) -> Lexicon:
        """The lemmas it knows."""
        return self.extractor.lexicon

    def decision_function(self, texts: Iterable[str]) -> Float64Array:
        """Return the log-odds of each topic, (texts, topics); minus infinity for a text that cannot be judged."""
        texts = check_texts(texts)
        batches = (self.extractor.extract(texts[start : start + BATCH]) for start in range(0, len(texts), BATCH))
        return np.concatenate([np.empty((0, len(self.classes))), *map(self.log_odds, batches)])

    def score(self, features: Features) -> Float64Array:
        """Return the score of each topic, a sum over the words of a text, (texts, topics)."""
        scores = self.weights.times(features.text, features.lead) + self.intercept
        for start in range(0, len(scores), _ROWS):
            rows = slice(start, start + _ROWS)
            terms = self.projections(features.vectors[rows])
            np.square(terms[:, 1:], out=terms[:, 1:])
            terms *= self.axis_weights
            for axis in terms.transpose(1, 0, 2):  # NumPy's sum adds in another order if there is one topic
                scores[rows] += axis
        return scores

    def log_odds(self, features: Features) -> Float64Array:
        """Return the log-odds that the scores mean, (texts, topics); minus infinity if a text cannot be judged."""
        odds = log_odds(self.score(features), self.curves, features.words)
        odds[~features.is_russian] = -np.inf
        return odds

    def predict_features(self, features: Features) -> IndicatorArray:
        """Return 1 where a text gets a topic, else 0, (texts, topics), from its features."""
        return apply_thresholds(sigmoid(self.log_odds(features)), self.thresholds)

    def projections(self, vectors: Float32Array) -> Float32Array:
        """Return the projections of article vectors on the axes, (texts, axes, topics)."""
        projected: Float32Array = vectors @ self.axes.reshape(len(self.axes), self.axis_weights.size)
        return projected.reshape(len(vectors), *self.axis_weights.shape)

    def predict_proba(self, texts: Iterable[str]) -> Float64Array:
        """Return the calibrated probability of each topic, (texts, topics); zero for a text that cannot be judged."""
        return sigmoid(self.decision_function(texts))

    def predict(self, texts: Iterable[str]) -> IndicatorArray:
        """Return 1 where a text gets a topic, else 0, (texts, topics)."""
        return apply_thresholds(self.predict_proba(texts), self.thresholds)

    def topics(
        self, texts: Iterable[str], mode: Mode | float = "balanced", rules: "Rules | None" = None
    ) -> list[list[str]]:
        """Return the topic ids of each text, most probable first; none for a text that cannot be judged.

        `mode` is as in `tag`; `rules` give topics and take them away.
        """
        texts = check_texts(texts)
        topics: list[list[str]] = []
        for start in range(0, len(texts), BATCH):
            batch = texts[start : start + BATCH]
            said = self.tag(batch, mode)
            topics += (rules.apply(said, batch) if rules else said).columns()["topics"]
        return topics

    def tag(self, texts: list[str], mode: Mode | float = "balanced") -> Predictions:
        """Return all that is to be said about one batch of texts.

        Parameters
        ----------
        texts
            Are taken as they are and held in memory together with their features.
        mode
            ``balanced``: each topic by its own threshold; ``sure``: fewer topics, more of them right; ``complete``:
            more topics, fewer of them missed. A number: topics of at least this probability.
        """
        features = self.extractor.extract(texts)
        probabilities = sigmoid(self.log_odds(features))
        thresholds = mode_thresholds(self.thresholds, mode)
        judged = zip(features.is_russian.tolist(), features.has_words.tolist(), strict=True)
        notes = ["" if is_russian else NOT_RUSSIAN if has_words else NO_WORDS for is_russian, has_words in judged]
        return Predictions(self.classes, probabilities, apply_thresholds(probabilities, thresholds), notes)

    def select(self, topics: Sequence[str]) -> "TopicPredictor":
        """Return a predictor of some of the topics."""
        columns = [self.classes.index(topic) for topic in topics]
        return replace(
            self,
            classes=list(topics),
            weights=self.weights.select(columns),
            axes=self.axes[:, :, columns],
            axis_weights=self.axis_weights[:, columns],
            intercept=self.intercept[columns],
            curves=self.curves[columns],
            thresholds=self.thresholds[columns],
        )

    def join(self, other: "TopicPredictor") -> "TopicPredictor":
        """Return a predictor with the topics of another one that has the same words.

        They replace topics of the same id, or come after the others, whose answers stay the same to the last bit.
        """
        both = [*self.classes, *other.classes]
        classes = list(dict.fromkeys(both))
        columns = [len(both) - 1 - both[::-1].index(topic) for topic in classes]  # where a topic stands last
        number = max(len(self.axis_weights), len(other.axis_weights))
        axes, axis_weights = (
            np.concatenate([_pad(getattr(model, name), axis, number) for model in (self, other)], -1)[..., columns]
            for name, axis in (("axes", 1), ("axis_weights", 0))
        )
        return replace(
            self,
            classes=classes,
            weights=self.weights.join(other.weights).select(columns),
            axes=axes,
            axis_weights=axis_weights,
            intercept=np.concatenate([self.intercept, other.intercept])[columns],
            curves=np.concatenate([self.curves, other.curves])[columns],
            thresholds=np.concatenate([self.thresholds, other.thresholds])[columns],
        )

    def has_seen(self, texts: Iterable[str]) -> BoolArray:
        """Return whether it was trained on each text, (texts,); False where that is not known."""
        return np.isin(hash_texts(texts), self.trained_on)

    def to_content(self) -> dict[str, Any]:
        """Return the model as plain data: what `storage.model_file.pack` takes.

        Raises
        ------
        Error
            It could not be read again, because a number is out of range.
        """
        arrays = {
            "center": self.extractor.center,
            "scale": self.extractor.scale,
            "values": self.weights.values,
            "value_scale": self.weights.scale,
            "part": self.weights.part,
            "axes": self.axes / STEP,
            "axis_weights": self.axis_weights,
            "intercept": self.intercept,
            "curves": self.curves,
            "thresholds": self.thresholds,
        }
        content = {
            "classes": self.classes,
            "lead_words": self.extractor.lead_words,
            "headline_words": self.extractor.headline_words,
            "trained_on": self.trained_on,
            **lexicon_content(self.lexicon),
            **{name: np.asarray(array, ARRAYS[name][0]) for name, array in arrays.items()},
        }
        check_content(content)
        return content

    @classmethod
    def from_content(cls, content: dict[str, Any]) -> Self:
        """Return the model of plain data, after checking it: an `Error` if it is not what `to_content` gives."""
        check_content(content)
        names = ("lead_words", "headline_words", "center", "scale")
        extractor = FeatureExtractor(read_lexicon(content), *(content[name] for name in names))
        arrays = {name: content[name] for name in ("axis_weights", "intercept", "curves", "thresholds")}
        arrays["trained_on"] = content.get("trained_on", _UNKNOWN)
        weights = LemmaWeights(content["values"], content["value_scale"], content["part"])
        return cls(content["classes"], extractor, weights, axes=content["axes"] * np.float32(STEP), **arrays)

    def to_bytes(self) -> bytes:
        """Return the model as the bytes of its file."""
        return model_file.pack(self.to_content())

    @classmethod
    def from_bytes(cls, file: bytes) -> Self:
        """Return the model of the bytes that `to_bytes` gave."""
        return cls.from_content(model_file.unpack(file))


def load_predictor(path: str | Path | None = None) -> TopicPredictor:
    """Load a model folder for predicting; None: the shipped model. Errors are those of `read_with_manifest`."""
    return read_with_manifest(path)[0]


def read_with_manifest(path: str | Path | None = None, *, refit: bool = False) -> tuple[TopicPredictor, dict[str, Any]]:
    """Load a model folder, and what its manifest says.

    Parameters and errors are those of `classifier.storage.model_folder.read_model`. A model that is not what its
    manifest or `check_content` says is damaged: an `Error` too.
    """
    manifest, content = read_model(path, refit=refit)
    try:
        predictor = TopicPredictor.from_content(content)
        if predictor.classes != manifest["topics"]:
            raise Error("the model is damaged: its topics are not those of its manifest")
    except Error as error:
        raise Error(f"{path or shipped_folder()}: {error}; fetch the folder again or train the model anew") from error
    return predictor, manifest


def cached_predictor(model: str | Path | bytes | None) -> TopicPredictor:
    """Load a model folder, or the bytes of a model file, once per process; a folder that changed is loaded again."""
    return _cached(model, "" if isinstance(model, bytes) else read_manifest(model)["sha256"])


@lru_cache(maxsize=2)
def _cached(model: str | Path | bytes | None, sha256: str) -> TopicPredictor:
    return TopicPredictor.from_bytes(model) if isinstance(model, bytes) else load_predictor(model)


def _pad(array: Float32Array, axis: int, length: int) -> Float32Array:
    """Return an array with zeros at the end of an axis."""
    widths = [(0, length - size if number == axis else 0) for number, size in enumerate(array.shape)]
    return np.pad(array, widths)
