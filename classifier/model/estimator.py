"""The scikit-learn estimator: lemma TF-IDF and article vectors, one calibrated linear model per topic."""

from collections.abc import Iterable, Sequence
from functools import reduce
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from classifier.arrays import Float64Array, IndicatorArray
from classifier.errors import UsageError
from classifier.model.attribution import explain
from classifier.model.axes import to_axes
from classifier.model.calibration import calibrate
from classifier.model.curves import log_odds, sigmoid
from classifier.model.explanation import Explanation
from classifier.model.features import FeatureExtractor, Moments
from classifier.model.labels import check_examples, encode_labels, micro_f1
from classifier.model.predictions import Mode
from classifier.model.predictor import TopicPredictor, load_predictor, read_with_manifest
from classifier.model.ridge import RidgeFit, Weights, fit_ridge
from classifier.model.rules import Rules
from classifier.model.shards import LeftOut, Shard, encode_groups, group_rows
from classifier.text.lexicon import Lexicon, distinct_tokens, document_frequencies
from classifier.text.validation import check_texts

_REAL = ("alpha", "semantic_smoothing")  # settings that may have a fraction
_MAX_REAL = 1_000_000  # with larger ones, the regression has no solution in single precision
_MAX_COUNT = 2**31 - 1  # words and dimensions, as a model file stores them
# Texts fitted at once: 21,254 take a minute and 4 GB on two cores. OpenBLAS 0.3.30 factors a matrix of 25,000 rows with
# two threads; at 27,300 it breaks off with a segmentation fault.
SHARD = 22_000


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


class TopicClassifier(ClassifierMixin, BaseEstimator):
    r"""Tags Russian news articles with topics.

    A text is one string. Its headline, if it has one, is the first line: ``title + "\n" + text``.

    The score of a topic is linear in the TF-IDF of the lemmas of the text, in that of its lead, in an article vector,
    and in the products of every two of its dimensions. The article vector is a sum of word vectors: those of a sentence
    encoder, distilled, and those of co-occurrence. Products tell what occurs together, arms and another state for
    instance. The weights come from ridge regression. Lemmas with like word vectors are assumed to have like weights, so
    that words of no labelled text have weights too. What each part is worth: tests/benchmarks/ablation.md.

    Parameters
    ----------
    alpha
        Strength of regularization, as in `sklearn.linear_model.Ridge`.
    semantic_smoothing
        How strongly lemmas with like word vectors share their weights; 0: not at all.
    vector_dimensions
        Dimensions of the article vectors that come from co-occurrence; the distilled ones come on top.
    lead_words, headline_words
        The first `lead_words` words are a block of features of their own, in which the first `headline_words` count
        twice.
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
    left_out_
        Raw scores of the training texts by models that did not see the text, or its outlet, from which
        `classifier.comparison.left_out.reference` tells what to expect of other outlets. As `loo_proba_`, not stored.
    """

    def __init__(
        self,
        *,
        alpha: float = 4.0,
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

    def fit(
        self,
        X: Iterable[str],
        y: ArrayLike | Sequence[Sequence[str]] | Sequence[str],
        groups: Iterable[str] | None = None,
    ) -> Self:
        """Learn topics from texts.

        More than 22,000 texts are divided at random into shards, whose weights are averaged (Zhang, Duchi and
        Wainwright, 2015, Divide and conquer kernel ridge regression), so that time grows in proportion to their number.
        `classifier.dask.fit` does the same for more texts than fit into memory.

        Parameters
        ----------
        X
            Texts: any iterable of strings.
        y
            Topics of each text, in any form that `classifier.model.labels.encode_labels` takes: a list of ids, a string
            of ids separated by ``;``, an indicator matrix, or a DataFrame whose columns name the topics.
        groups
            The outlet of each text; empty if it is not known. Probabilities and thresholds are then set for outlets
            that the model has not seen: each is left out in turn, which takes no further fit. A topic needs three
            outlets with five texts of it each; those with fewer, and all if None, are set for texts of the same
            outlets.

        Raises
        ------
        UsageError
            `X`, `y`, `groups` or a setting is malformed, they differ in length, or a topic has (or lacks) fewer than 3
            texts. It is a ValueError.
        """
        self.check_settings()
        texts = check_texts(X)
        classes, y_true = encode_labels(y)
        if len(texts) != len(y_true):
            raise UsageError(f"{len(texts)} texts but {len(y_true)} rows of topics")
        if not len(classes):
            raise UsageError("y names no topic: there is nothing to learn")
        check_examples(classes, y_true.sum(axis=0), len(texts))
        outlets = encode_groups(groups, len(texts))
        known = self.base_lexicon()
        new = document_frequencies(texts, without=set(known.lemmas))
        lexicon = known.extend(new, len(texts), self.min_df, distinct_tokens(texts))
        extractor = self.new_extractor(lexicon)
        whole = Shard(*extractor.uncentred(texts), y_true, outlets)
        extractor = extractor.learn_center(Moments.of(whole.sums))
        weights, self.left_out_ = self._fit_shards(whole, extractor, lexicon)
        self.loo_proba_ = self.finish_fit(classes, extractor, weights, self.left_out_)
        return self

    def _fit_shards(self, whole: Shard, extractor: FeatureExtractor, lexicon: Lexicon) -> tuple[Weights, LeftOut]:
        """Fit the texts in shards; returns the mean of the weights, and what is left out of each."""
        texts = len(whole.y_true)
        shards = np.array_split(np.random.RandomState(0).permutation(texts), -(-texts // SHARD))
        fits = [self.fit_shard(whole.rows(rows), extractor, lexicon) for rows in shards]
        weights = reduce(Weights.plus, (fitted.weights.scaled(1 / len(shards)) for fitted in fits))
        back = np.argsort(np.concatenate(shards))
        loo, group = (np.concatenate(scores)[back] for scores in zip(*(fitted[1:] for fitted in fits), strict=True))
        return weights, LeftOut.of(whole, RidgeFit(weights, loo, group))

    def check_settings(self) -> None:
        """Refuse settings of a wrong kind or range: a `UsageError`."""
        for name, value in self.get_params().items():
            is_number = isinstance(value, int | float | np.number) and np.isfinite(value)
            in_range = is_number and 0 <= value <= (_MAX_REAL if name in _REAL else _MAX_COUNT)
            is_right = in_range and (name in _REAL or value == int(value))
            if (name != "lexicon" and not is_right) or (name == "alpha" and value == 0):
                kind = "positive number" if name == "alpha" else "number from 0 on"
                limit = f", at most {_MAX_REAL:,}" if name in _REAL else ""
                raise UsageError(f"{name} is {value!r:.40}, not a {'' if name in _REAL else 'whole '}{kind}{limit}")

    # The steps of a fit. `classifier.dask.fit` runs the same ones on a cluster.

    def base_lexicon(self) -> Lexicon:
        """Return the lexicon that a fit starts from."""
        return self.lexicon or load_predictor().lexicon

    def new_extractor(self, lexicon: Lexicon) -> FeatureExtractor:
        """Return a feature extractor with these settings, whose center is still to be learned."""
        return FeatureExtractor(lexicon.truncate(self.vector_dimensions), self.lead_words, self.headline_words)

    def fit_shard(self, shard: Shard, extractor: FeatureExtractor, lexicon: Lexicon) -> RidgeFit:
        """Fit the texts of a shard."""
        return fit_ridge(
            shard.features._replace(vectors=extractor.centred(shard.sums)),
            lexicon.unit_vectors(),
            2 * shard.y_true.astype(np.float32) - 1,
            self.alpha,
            self.semantic_smoothing,
            group_rows(shard.outlets),
        )

    def finish_fit(
        self, classes: NDArray[np.object_], extractor: FeatureExtractor, weights: Weights, left_out: LeftOut
    ) -> Float64Array:
        """Calibrate the weights on texts left out, and set the predictor; returns `loo_proba_`."""
        found = calibrate(left_out.loo_scores, left_out.group_scores, left_out.y_true, group_rows(left_out.outlets))
        quadratic = weights.quadratic * found.slopes[:, None, None]
        axes, axis_weights, constants = to_axes(weights.linear * found.slopes, quadratic, weights.moments)
        predictor = TopicPredictor.rounded(
            classes.tolist(),
            extractor,
            weights.coef * found.slopes,
            axes=axes,
            axis_weights=axis_weights,
            intercept=weights.intercept * found.slopes + found.shifts + constants,
            curves=found.curves,
            thresholds=found.thresholds,
        )
        self.set_predictor(predictor)
        scores = left_out.loo_scores * found.slopes + found.shifts
        return sigmoid(log_odds(scores, found.curves, left_out.words))

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

    def topics(self, X: Iterable[str], mode: Mode | float = "balanced", rules: Rules | None = None) -> list[list[str]]:
        """Return the topic ids of each text, most probable first; none for a text that cannot be judged.

        `mode` is ``balanced``, ``sure`` (fewer topics, more of them right), ``complete`` (more, fewer of them missed)
        or a least probability. `rules` are what `read_rules` gives.
        """
        check_is_fitted(self)
        return self.predictor_.topics(X, mode, rules)

    def explain(
        self, text: str, also: Iterable[str] = (), mode: Mode | float = "balanced", rules: Rules | None = None
    ) -> Explanation:
        """Return which words of a text count for and against each of its topics, and each of those in `also`.

        Parameters and errors are those of `classifier.model.attribution.explain`. Jupyter shows the answer as a page.
        """
        check_is_fitted(self)
        return explain(self.predictor_, text, also, mode, rules)

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
