"""The classifier: lemma TF-IDF of the text and of its opening, one calibrated linear model a topic."""

from collections.abc import Iterable, Sequence
from typing import Any, Self

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.preprocessing import MultiLabelBinarizer
from sklearn.svm import LinearSVC
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from classifier import thresholds
from classifier.features import ArticleFeatures, as_texts
from classifier.lemmas import lemmas
from classifier.tagger import Floats, Indicator, Tagger


class TopicClassifier(ClassifierMixin, BaseEstimator):
    r"""Tags Russian news articles with topics.

    A text is one string. A headline, where there is one, is its first line: ``title + "\n" + text``.

    Parameters
    ----------
    C
        Inverse strength of regularization, as in `sklearn.svm.LinearSVC`.
    min_df
        A lemma is known when this many training texts have it.
    opening, headline
        The first `opening` words are counted once more as features of their own, the first `headline` of them twice:
        what a story is about stands at its top. Macro-F1 in 5-fold cross-validation on `train`: 0.757, without the
        headline 0.754, without both 0.734.
    folds
        Folds from which the probabilities are calibrated and the thresholds chosen, and fewest examples of a topic.
    n_jobs
        Processes that fit topics; the result does not depend on it.

    Attributes
    ----------
    classes_
        Topic ids, in the order of all columns below.
    tagger_
        What was learned, in plain arrays: weights, calibrated intercepts, thresholds, vocabularies.
    """

    def __init__(
        self,
        *,
        C: float = 1.0,
        min_df: int = 3,
        opening: int = 60,
        headline: int = 12,
        folds: int = 5,
        n_jobs: int | None = None,
    ) -> None:
        self.C = C
        self.min_df = min_df
        self.opening = opening
        self.headline = headline
        self.folds = folds
        self.n_jobs = n_jobs

    def fit(self, X: Iterable[str], y: ArrayLike | Sequence[Sequence[str]]) -> Self:
        """Learn topics from texts.

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
            `X` and `y` differ in length, or a topic has (or lacks) fewer than `folds` texts.
        """
        texts = as_texts(X)
        self.classes_, wanted = _indicator(y)
        self._check(texts, wanted)
        features = _learn_features(texts, self.opening, self.headline, self.min_df)
        matrix = features.transform(texts)
        learned = Parallel(n_jobs=self.n_jobs)(  # processes: threads would share liblinear's random numbers
            delayed(_learn_topic)(matrix, column, self.C, self.folds) for column in wanted.T
        )
        weights, intercepts, cuts = zip(*learned, strict=True)
        coef = np.stack(weights, axis=1).astype(np.float32).T  # its transpose is contiguous, as the product wants it
        names = [str(name) for name in self.classes_]
        self.tagger_ = Tagger(names, features, coef, np.array(intercepts), np.array(cuts))
        return self

    def decision_function(self, X: Iterable[str]) -> Floats:
        """Log-odds of each topic, (texts, topics); minus infinity where no word of the text is known."""
        check_is_fitted(self)
        return self.tagger_.decision_function(X)

    def predict_proba(self, X: Iterable[str]) -> Floats:
        """Calibrated probability of each topic, (texts, topics); zero where no word of the text is known."""
        check_is_fitted(self)
        return self.tagger_.predict_proba(X)

    def predict(self, X: Iterable[str]) -> Indicator:
        """Indicator array (texts, topics) of the topics given."""
        check_is_fitted(self)
        return self.tagger_.predict(X)

    def topics(self, X: Iterable[str]) -> list[list[str]]:
        """Topic ids given to each text, most probable first; an empty list for a text without a known word."""
        check_is_fitted(self)
        return self.tagger_.topics(X)

    def score(self, X: Iterable[str], y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """Micro-F1, not the subset accuracy that `ClassifierMixin` would give."""
        _, wanted = _indicator(y)
        return float(f1_score(wanted, self.predict(X), average="micro", sample_weight=sample_weight, zero_division=0))

    def _check(self, texts: list[str], wanted: Indicator) -> None:
        if len(texts) != len(wanted):
            raise ValueError(f"{len(texts)} texts but {len(wanted)} rows of topics")
        positives = wanted.sum(axis=0)
        for name, count in zip(self.classes_, positives, strict=True):
            if min(count, len(texts) - count) < self.folds:
                raise ValueError(
                    f"topic {str(name)!r} is on {count} of {len(texts)} texts; "
                    f"it takes {self.folds} with it and {self.folds} without to learn it"
                )

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.classifier_tags.multi_label = True
        return tags


def _learn_features(texts: list[str], words: int, headline: int, min_df: int) -> ArticleFeatures:
    """Vocabulary and inverse document frequencies, by scikit-learn."""
    vocabulary = CountVectorizer(analyzer=lemmas, min_df=min_df).fit(texts).get_feature_names_out()
    features = ArticleFeatures(vocabulary.tolist(), words, headline)
    features.idf = np.stack([TfidfTransformer().fit(counts).idf_ for counts in features.counts(texts)])
    return features


def _learn_topic(features: csr_matrix, wanted: Indicator, C: float, folds: int) -> tuple[Floats, float, float]:
    """Weights and intercept of one topic, in log-odds, and its threshold, the last two from out-of-fold scores.

    The sigmoid is Platt's, as in `CalibratedClassifierCV(ensemble=False)`. Being linear in the score it is folded into
    the weights: what is saved is one linear model whose scores are log-odds.
    """
    svm = LinearSVC(C=C, random_state=0)
    cv = StratifiedKFold(folds, shuffle=True, random_state=0)
    unseen = cross_val_predict(svm, features, wanted, cv=cv, method="decision_function").reshape(-1, 1)
    sigmoid = LogisticRegression().fit(unseen, wanted)
    slope = sigmoid.coef_[0, 0]
    svm.fit(features, wanted)
    return (
        slope * svm.coef_[0],
        float(slope * svm.intercept_[0] + sigmoid.intercept_[0]),
        thresholds.choose(wanted, sigmoid.predict_proba(unseen)[:, 1]),
    )


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
