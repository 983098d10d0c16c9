"""The scikit-learn estimator: lemma TF-IDF and article vectors, one calibrated linear model per topic."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from classifier.arrays import Float32Array, Float64Array, IndicatorArray
from classifier.errors import UsageError
from classifier.model.attribution import explain
from classifier.model.calibration import calibrate, principal_axes
from classifier.model.explanation import Explanation
from classifier.model.features import FeatureExtractor, Features
from classifier.model.labels import check_examples, encode_labels, micro_f1
from classifier.model.predictor import TopicPredictor, load_predictor, read_with_manifest, sigmoid
from classifier.model.ridge import Weights, fit_ridge
from classifier.text.lexicon import Lexicon, document_frequencies
from classifier.text.validation import check_texts

_REAL = ("alpha", "semantic_smoothing")  # settings that may have a fraction
_MAX_COUNT = 2**31  # words and dimensions, as a model file stores them
SHARD = 10_000  # texts fitted at once; 8,767 take 17 seconds and 1.6 GB


def load(path: str | Path | None = None) -> "TopicClassifier":
    """Load a model folder as the fitted classifier it was; None: the shipped model.

    A model folder is data, and loading one runs nothing, whoever made it. Errors are those of
    `classifier.storage.model_folder.read_model`. For predicting alone, `classifier.model.predictor.load_predictor`
    needs no scikit-learn.
    """
    predictor, manifest = read_with_manifest(path, refit=True)
    try:
        model = TopicClassifier(**manifest["parameters"], lexicon=predictor.lexicon)
    except TypeError as error:
        raise UsageError(f"the manifest has parameters that TopicClassifier does not take ({error})") from error
    return model.set_predictor(predictor)


class Shard(NamedTuple):
    """Texts that are fitted together: their features, mean word vectors (texts, dimensions), and topics."""

    features: Features
    means: Float32Array
    y_true: IndicatorArray


class TopicClassifier(ClassifierMixin, BaseEstimator):
    r"""Tags Russian news articles with topics.

    A text is one string. Its headline, if it has one, is the first line: ``title + "\n" + text``.

    The score of a topic is linear in the TF-IDF of the lemmas of the text, in that of its lead, and in the products of
    every two dimensions of an article vector, which is a mean of word vectors. Such products tell what occurs together,
    arms and another state for instance. The weights come from ridge regression. Lemmas with like word vectors are
    assumed to have like weights, so that words of no labelled text have weights too. On `train`, cross-validated, word
    vectors add 2.4 points of macro-F1 for articles, and 7.6 of micro-F1 for headlines alone.

    Parameters
    ----------
    alpha
        Strength of regularization, as in `sklearn.linear_model.Ridge`.
    semantic_smoothing
        How strongly lemmas with like word vectors share their weights; 0: not at all.
    vector_dimensions
        Dimensions of the article vectors.
    lead_words, headline_words
        The first `lead_words` words are a block of features of their own, in which the first `headline_words` count
        twice. Without the block, macro-F1 is 0.731 instead of 0.782.
    min_df
        Learn a lemma that the lexicon lacks if this many training texts contain it.
    lexicon
        Rarity and vectors of words, for instance of `Lexicon.learn`; None: those of the shipped model.

    Attributes
    ----------
    classes_
        Topic ids, in the order of the columns below.
    predictor_
        What was learned, in plain arrays: weights, calibrated intercepts, thresholds, lexicon.
    loo_proba_
        Leave-one-out probabilities of the training texts, (texts, topics): each by a model that did not see the text.
        Where they contradict the label, one of the two is wrong. Only `fit` sets them; they are not stored.
    """

    def __init__(
        self,
        *,
        alpha: float = 2.0,
        semantic_smoothing: float = 0.3,
        vector_dimensions: int = 64,
        lead_words: int = 60,
        headline_words: int = 12,
        min_df: int = 3,
        lexicon: Lexicon | None = None,
    ) -> None:
        self.alpha = alpha
        self.semantic_smoothing = semantic_smoothing
        self.vector_dimensions = vector_dimensions
        self.lead_words = lead_words
        self.headline_words = headline_words
        self.min_df = min_df
        self.lexicon = lexicon

    def fit(self, X: Iterable[str], y: ArrayLike | Sequence[Sequence[str]] | Sequence[str]) -> Self:
        """Learn topics from texts.

        More than 10,000 texts are divided at random into shards, whose weights are averaged (Zhang, Duchi and
        Wainwright, 2015, Divide and conquer kernel ridge regression), so that time grows in proportion to their number.
        `classifier.dask.fit` does the same for more texts than fit into memory.

        Parameters
        ----------
        X
            Texts: any iterable of strings.
        y
            Topics of each text, in any form that `classifier.model.labels.encode_labels` takes: a list of ids, a string
            of ids separated by ``;``, an indicator matrix, or a DataFrame whose columns name the topics.

        Raises
        ------
        UsageError
            `X`, `y` or a setting is malformed, they differ in length, or a topic has (or lacks) fewer than 3 texts. It
            is a ValueError.
        """
        self._check_settings()
        texts = check_texts(X)
        classes, y_true = encode_labels(y)
        if len(texts) != len(y_true):
            raise UsageError(f"{len(texts)} texts but {len(y_true)} rows of topics")
        if not len(classes):
            raise UsageError("y names no topic: there is nothing to learn")
        check_examples(classes, y_true.sum(axis=0), len(texts))
        known = self.base_lexicon()
        new = document_frequencies(texts, without=set(known.lemmas))
        lexicon = known.extend(new, len(texts), self.min_df)
        extractor = self.new_extractor(lexicon)
        features, means = extractor.uncentred(texts)
        extractor = extractor.with_center(means.mean(axis=0))
        rows = np.array_split(np.random.RandomState(0).permutation(len(texts)), -(-len(texts) // SHARD))
        loo_scores = np.zeros(y_true.shape)
        weights: Weights | None = None
        for chosen in rows:
            shard = Shard(features.rows(chosen), means[chosen], y_true[chosen])
            fitted, loo_scores[chosen] = self.fit_shard(shard, extractor, lexicon)
            share = fitted.scaled(1 / len(rows))
            weights = share if weights is None else weights.plus(share)
        assert weights is not None
        self.loo_proba_ = self.finish_fit(classes, extractor, weights, loo_scores, y_true)
        return self

    def _check_settings(self) -> None:
        for name, value in self.get_params().items():
            is_number = isinstance(value, int | float | np.number) and np.isfinite(value)
            is_right = is_number and value >= 0 and (name in _REAL or value == int(value) < _MAX_COUNT)
            if (name != "lexicon" and not is_right) or (name == "alpha" and value == 0):
                kind = "positive number" if name == "alpha" else "number from 0 on"
                raise UsageError(f"{name} is {value!r:.40}, not a {'' if name in _REAL else 'whole '}{kind}")

    # The steps of a fit. `classifier.dask.fit` runs the same ones on a cluster.

    def base_lexicon(self) -> Lexicon:
        """Return the lexicon that a fit starts from."""
        return self.lexicon or load_predictor().lexicon

    def new_extractor(self, lexicon: Lexicon) -> FeatureExtractor:
        """Return a feature extractor with these settings, whose center is still to be learned."""
        return FeatureExtractor(lexicon.truncate(self.vector_dimensions), self.lead_words, self.headline_words)

    def fit_shard(self, shard: Shard, extractor: FeatureExtractor, lexicon: Lexicon) -> tuple[Weights, Float64Array]:
        """Fit the texts of a shard; returns as `fit_ridge` does."""
        features = shard.features._replace(vectors=extractor.centred(shard.means))
        return fit_ridge(features, lexicon.unit_vectors(), shard.y_true, self.alpha, self.semantic_smoothing)

    def finish_fit(
        self,
        classes: NDArray[np.object_],
        extractor: FeatureExtractor,
        weights: Weights,
        loo_scores: Float64Array,
        y_true: IndicatorArray,
    ) -> Float64Array:
        """Calibrate the weights on leave-one-out scores, and set the predictor; returns `loo_proba_`."""
        slopes, shifts, thresholds = calibrate(loo_scores, y_true)
        axes, signs, constants = principal_axes(weights.quadratic * slopes[:, None, None])
        predictor = TopicPredictor.rounded(
            classes.tolist(),
            extractor,
            weights.coef * slopes,
            axes,
            signs=signs,
            intercept=weights.intercept * slopes + shifts + constants,
            thresholds=thresholds,
        )
        self.set_predictor(predictor)
        return sigmoid(loo_scores * slopes + shifts)

    def set_predictor(self, predictor: TopicPredictor) -> Self:
        """Take over what a fit has learned."""
        self.classes_ = np.array(predictor.classes, dtype=object)
        self.predictor_ = predictor
        return self

    def decision_function(self, X: Iterable[str]) -> Float64Array:
        """Return the log-odds of each topic, (texts, topics); minus infinity for a text that cannot be judged."""
        check_is_fitted(self)
        return self.predictor_.decision_function(X)

    def predict_proba(self, X: Iterable[str]) -> Float64Array:
        """Return the calibrated probability of each topic, (texts, topics); zero for a text that cannot be judged."""
        check_is_fitted(self)
        return self.predictor_.predict_proba(X)

    def predict(self, X: Iterable[str]) -> IndicatorArray:
        """Return 1 where a text gets a topic, else 0, (texts, topics)."""
        check_is_fitted(self)
        return self.predictor_.predict(X)

    def topics(self, X: Iterable[str]) -> list[list[str]]:
        """Return the topic ids of each text, most probable first; none for a text that cannot be judged."""
        check_is_fitted(self)
        return self.predictor_.topics(X)

    def explain(self, text: str, also: Iterable[str] = ()) -> Explanation:
        """Return which words of a text count for and against each of its topics, and each of those in `also`.

        Parameters and errors are those of `classifier.model.attribution.explain`. Jupyter shows the answer as a page.
        """
        check_is_fitted(self)
        return explain(self.predictor_, text, also)

    def score(self, X: Iterable[str], y: Any, sample_weight: ArrayLike | None = None) -> float:
        """Return micro-F1, not the subset accuracy of `ClassifierMixin`; `y` as in `fit`."""
        return micro_f1(y, self.predict(X), self.classes_.tolist(), sample_weight)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.classifier_tags.multi_label = True
        if not hasattr(self, "predictor_"):
            # Cross-validation asks a classifier that is not fitted yet how to stratify its labels, and refuses lists of
            # topics on that occasion. To anything else it deals out texts as they come, which is right for many labels.
            # A fitted one must be cloned first.
            tags.estimator_type = None
        return tags
