"""The classifier: lemma TF-IDF and article vectors, one calibrated linear model a topic."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import cho_factor, cho_solve, get_lapack_funcs
from scipy.special import logit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.preprocessing import MultiLabelBinarizer
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from classifier import store, thresholds
from classifier.explain import Explanation, explain
from classifier.features import ArticleFeatures, Features, as_texts
from classifier.lexicon import Lexicon
from classifier.tagger import Floats, Indicator, Tagger, probability

FEWEST = 3  # examples of a topic, and texts without it: with one left out, two are left to learn from
PART = 10_000  # texts fitted at once; 8,767 take 17 seconds and 1.6 GB, which grow with the third and second power
_ROWS = 1000  # of a kernel made at once
# The figures below and in docstrings are of cross-validation on `train`, see tests/benchmarks/ablation.md.
# Variance of the intercept beside that of the weights. A freer one is learned from whole articles and too low for a
# headline alone: with 1, micro-F1 on headlines is 0.621, with 0.1 it is 0.656, and the same on articles.
_INTERCEPT = 0.1
_NEAR = 0.05  # probability from which a text is near a topic
_AXES = 6  # of a topic's quadratic form; all 64 give 0.2 points of macro-F1 more, and ten times the weights


def load(path: str | Path | None = None, *, trust: bool = False) -> "TopicClassifier":
    """Load a model folder as the classifier that was fitted; None: the shipped model.

    Any other needs `trust` if it is a joblib file, for such a file can run any program. Errors as of
    `classifier.store.load_tagger`, which loads just what predicting needs, without scikit-learn.
    """
    tagger = store.load_tagger(path, refit=True, trust=trust)
    model = TopicClassifier(**store.manifest(path)["parameters"], lexicon=tagger.features.lexicon)
    model.classes_, model.tagger_ = np.array(tagger.classes), tagger
    return model


class Weights(NamedTuple):
    """Weights of all topics: of lemmas (2, lemmas, topics), forms (topics, dimensions, dimensions), intercepts."""

    coef: Floats
    forms: Floats
    intercept: Floats


class TopicClassifier(ClassifierMixin, BaseEstimator):
    r"""Tags Russian news articles with topics.

    A text is one string. A headline, where there is one, is its first line: ``title + "\n" + text``.

    A topic's score is linear in TF-IDF of the lemmas of the text, in TF-IDF of those of its opening, and in the
    products of every two dimensions of an article vector, which is a mean of word vectors: of what stands together,
    such as arms and another state. The weights come from ridge regression. Lemmas with like vectors are expected to
    have like weights, so that words which no labelled text holds have weights as well. Word vectors are worth 2.4
    points of macro-F1 on articles and 7.6 of micro-F1 on headlines.

    Parameters
    ----------
    alpha
        Strength of regularization, as in `sklearn.linear_model.Ridge`.
    kinship
        How much the weights of lemmas with like vectors are expected to agree; 0: not at all.
    dimensions
        Dimensions of the article vectors.
    opening, headline
        The first `opening` words are counted once more as features of their own, the first `headline` of them twice:
        what a story is about stands at its top. Without, macro-F1 is 0.731 instead of 0.782.
    min_df
        A lemma that the lexicon lacks is known when this many training texts have it.
    lexicon
        Rarity and vectors of words, such as `Lexicon.learn` makes of unlabelled texts; None: the shipped model's.

    Attributes
    ----------
    classes_
        Topic ids, in the order of all columns below.
    tagger_
        What was learned, in plain arrays: weights, calibrated intercepts, thresholds, lexicon.
    left_out_proba_
        Probability of each topic of each training text, (texts, topics), by a model that did not see this text: where
        it disagrees with the label, one of them is wrong. Not saved; only fitting makes it.
    """

    def __init__(
        self,
        *,
        alpha: float = 2.0,
        kinship: float = 0.3,
        dimensions: int = 64,
        opening: int = 60,
        headline: int = 12,
        min_df: int = 3,
        lexicon: Lexicon | None = None,
    ) -> None:
        self.alpha = alpha
        self.kinship = kinship
        self.dimensions = dimensions
        self.opening = opening
        self.headline = headline
        self.min_df = min_df
        self.lexicon = lexicon

    def fit(self, X: Iterable[str], y: ArrayLike | Sequence[Sequence[str]]) -> Self:
        """Learn topics from texts.

        More than 10,000 texts are parted at random, and the models of the parts averaged (Zhang, Duchi and Wainwright,
        2015, Divide and conquer kernel ridge regression), so that time and memory grow with their number and no faster.
        For more than memory holds there is `classifier.dask.fit`.

        Parameters
        ----------
        X
            Texts: any iterable of strings.
        y
            What each is about: an indicator matrix (texts, topics), as array or as DataFrame whose columns name the
            topics, or a list of topic ids for each text. Cross-validation and grid search want the matrix.

        Raises
        ------
        ValueError
            `X` and `y` differ in length, or a topic has (or lacks) fewer than 3 texts.
        """
        texts = as_texts(X)
        classes, wanted = _indicator(y)
        if len(texts) != len(wanted):
            raise ValueError(f"{len(texts)} texts but {len(wanted)} rows of topics")
        check_examples(classes, wanted.sum(axis=0), len(texts))
        lexicon = self.known_words().grown(texts, self.min_df)
        features = self.article_features(lexicon)
        found = features.learn_center(texts)
        weights, unseen = self._solve(found, lexicon.directions(), wanted)
        self.left_out_proba_ = self.finish(classes, features, weights, unseen, wanted)
        return self

    def known_words(self) -> Lexicon:
        """The lexicon with which fitting begins."""
        return self.lexicon or store.load_tagger().features.lexicon

    def article_features(self, lexicon: Lexicon) -> ArticleFeatures:
        """Features by these settings, whose center is still to be learned."""
        return ArticleFeatures(lexicon.first(self.dimensions), self.opening, self.headline)

    def finish(
        self, classes: NDArray[Any], features: ArticleFeatures, weights: "Weights", unseen: Floats, wanted: Indicator
    ) -> Floats:
        """Calibrate weights on the scores `unseen` of texts that were left out, which ends fitting.

        Returns
        -------
        array
            Probability of each topic of each text that was left out, (texts, topics).
        """
        slope, shift, cuts = _calibrate(unseen, wanted)
        axes, signs, even = _principal(weights.forms * slope[:, None, None])
        intercept = weights.intercept * slope + shift + even
        names = [str(name) for name in classes]
        self.classes_ = classes
        self.tagger_ = Tagger.rounded(names, features, weights.coef * slope, axes, signs, intercept, cuts)
        return probability(unseen * slope + shift)

    def _solve(self, found: Features, directions: NDArray[np.float32], wanted: Indicator) -> tuple[Weights, Floats]:
        """Means of the weights of `ridge` over random parts, and the scores of texts left out."""
        parts = np.array_split(np.random.RandomState(0).permutation(len(wanted)), -(-len(wanted) // PART))
        unseen = np.zeros(wanted.shape)
        means: Weights | None = None
        for part in parts:
            weights, unseen[part] = ridge(found.of(part), directions, wanted[part], self.alpha, self.kinship)
            shares = [each / len(parts) for each in weights]
            means = Weights(*(shares if means is None else map(np.add, means, shares)))
        assert means is not None
        return means, unseen

    def decision_function(self, X: Iterable[str]) -> Floats:
        """Log-odds of each topic, (texts, topics); minus infinity where the text is not Russian enough to judge."""
        check_is_fitted(self)
        return self.tagger_.decision_function(X)

    def predict_proba(self, X: Iterable[str]) -> Floats:
        """Calibrated probability of each topic, (texts, topics); zero where the text is not Russian enough to judge."""
        check_is_fitted(self)
        return self.tagger_.predict_proba(X)

    def predict(self, X: Iterable[str]) -> Indicator:
        """Indicator array (texts, topics) of the topics given."""
        check_is_fitted(self)
        return self.tagger_.predict(X)

    def topics(self, X: Iterable[str]) -> list[list[str]]:
        """Topic ids given to each text, most probable first; none to a text that is not Russian enough to judge."""
        check_is_fitted(self)
        return self.tagger_.topics(X)

    def explain(self, text: str, also: Iterable[str] = ()) -> Explanation:
        """Say which words of a text speak for and against each of its topics, and of those in `also`.

        Arguments and errors as of `classifier.explain.explain`. In Jupyter the answer shows itself as a page.
        """
        check_is_fitted(self)
        return explain(self.tagger_, text, also)

    def score(self, X: Iterable[str], y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """Micro-F1, not the subset accuracy that `ClassifierMixin` would give."""
        _, wanted = _indicator(y)
        return float(f1_score(wanted, self.predict(X), average="micro", sample_weight=sample_weight, zero_division=0))

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.classifier_tags.multi_label = True
        return tags


def check_examples(classes: Iterable[Any], positives: Iterable[int], texts: int) -> None:
    """Refuse to learn a topic from fewer than `FEWEST` texts with or without it: a ValueError."""
    for name, count in zip(classes, positives, strict=True):
        if min(count, texts - count) < FEWEST:
            raise ValueError(
                f"topic {str(name)!r} is on {count} of {texts} texts; "
                f"it takes {FEWEST} with it and {FEWEST} without to learn it"
            )


def ridge(
    found: Features, directions: NDArray[np.float32], wanted: Indicator, alpha: float, kinship: float
) -> tuple[Weights, Floats]:
    """Weights of all topics by ridge regression, and for each text the scores of a model that did not see it.

    It is solved in the kernel, whose size is that of the texts. Scores of a text left out follow in closed form
    (Rifkin and Lippert, 2007, Notes on Regularized Least Squares).
    """
    targets = 2.0 * wanted - 1
    kin = [block @ directions for block in (found.text, found.opening)]
    kernel = _kernel(found, kin, kinship)
    kernel[np.diag_indices_from(kernel)] += alpha
    factor = cho_factor(kernel.T, lower=True, overwrite_a=True, check_finite=False)
    duals = cho_solve(factor, targets, check_finite=False)
    (potri,) = get_lapack_funcs(["potri"], [factor[0]])
    inverse, _ = potri(factor[0], lower=True, overwrite_c=True)
    unseen = targets - duals / inverse.diagonal()[:, None]
    coef = [
        block.T @ duals + kinship * directions @ (mean.T @ duals)
        for block, mean in zip((found.text, found.opening), kin, strict=True)
    ]
    forms = np.stack([(found.vectors.T * column) @ found.vectors for column in duals.T])
    return Weights(np.stack(coef), forms, _INTERCEPT * duals.sum(axis=0)), unseen


def _kernel(found: Features, kin: list[NDArray[np.float32]], kinship: float) -> Floats:
    """Products of the features of every two texts, where lemmas weigh as much as `kinship` says they are alike."""
    kernel = (found.vectors @ found.vectors.T) ** 2 + _INTERCEPT
    for block, mean in zip((found.text, found.opening), kin, strict=True):
        for start in range(0, len(kernel), _ROWS):
            rows = slice(start, start + _ROWS)
            kernel[rows] += (block[rows] @ block.T).toarray() + kinship * mean[rows] @ mean.T
    return kernel


def _principal(forms: Floats) -> tuple[Floats, Floats, Floats]:
    """Axes and signs, as a `Tagger` has them, of quadratic forms (topics, dimensions, dimensions), and their constants.

    A form is cut to the principal axes that bend it most. Along the others it is taken for evenly bent, which makes a
    constant, for article vectors have length 1.
    """
    bends, axes = np.linalg.eigh(forms)
    order = np.argsort(-np.abs(bends), axis=1)
    bends, axes = np.take_along_axis(bends, order, 1), np.take_along_axis(axes, order[:, None], 2)
    rest = bends[:, _AXES:]
    even = rest.mean(axis=1) if rest.size else np.zeros(len(forms))
    bend = bends[:, :_AXES] - even[:, None]
    scaled = axes[:, :, :_AXES] * np.sqrt(np.abs(bend))[:, None]
    return scaled.transpose(1, 2, 0), np.sign(bend).T, even


def _calibrate(unseen: Floats, wanted: Indicator) -> tuple[Floats, Floats, Floats]:
    """Slopes and shifts that turn scores into log-odds, and thresholds, from scores of texts that were left out.

    The sigmoid is Platt's, as in `sklearn.calibration.CalibratedClassifierCV(ensemble=False)`. Being linear in the
    score it is folded into the weights: what is saved is one linear model whose scores are log-odds.
    """
    slopes, shifts, cuts = [], [], []
    for scores, column in zip(unseen.T[:, :, None], wanted.T, strict=True):
        sigmoid = LogisticRegression().fit(scores, column)
        slopes.append(sigmoid.coef_[0, 0])
        shifts.append(sigmoid.intercept_[0])
        cuts.append(_threshold(scores, column, sigmoid))
    return np.array(slopes), np.array(shifts), np.array(cuts)


def _threshold(scores: Floats, wanted: Indicator, sigmoid: LogisticRegression) -> float:
    """Threshold of one topic on the scale of its sigmoid.

    A sigmoid is fitted to thousands of texts that are far from the topic, and says too little where the decision falls:
    0.14 for what is right in 0.24 of cases. So the threshold is chosen on a second one, fitted without the far texts,
    which is worth a point of macro-F1. As a probability it would be worse over all.
    """
    probabilities = sigmoid.predict_proba(scores)[:, 1]
    best = thresholds.choose(wanted, probabilities)
    near = probabilities >= _NEAR
    if not wanted[near].any() or wanted[near].all():
        return best
    local = LogisticRegression().fit(scores[near], wanted[near])
    if local.coef_[0, 0] <= 0:
        return best
    score = (logit(best) - local.intercept_) / local.coef_[0]
    return float(sigmoid.predict_proba(score.reshape(1, 1))[0, 1])


def _indicator(y: Any) -> tuple[NDArray[Any], Indicator]:
    """Topic ids and indicator matrix of whatever `TopicClassifier.fit` accepts as `y`."""
    if hasattr(y, "columns"):
        return np.asarray(y.columns), np.asarray(y, dtype=np.int8)
    if hasattr(y, "toarray"):
        y = y.toarray()
    if not isinstance(y, np.ndarray):
        y = list(y)
        if y and not isinstance(y[0], (str, int)) and all(isinstance(name, str) for row in y for name in row):
            binarizer = MultiLabelBinarizer()
            wanted = binarizer.fit_transform(y).astype(np.int8)
            return binarizer.classes_, wanted
    wanted = np.asarray(y)
    if wanted.ndim != 2 or not np.isin(wanted, (0, 1)).all():
        raise ValueError("y must be an indicator matrix (texts, topics) of 0 and 1, or a list of topic ids a text")
    return np.arange(wanted.shape[1]).astype(str), wanted.astype(np.int8)
