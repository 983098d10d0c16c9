"""What each word of a text adds to the score of a topic, exactly."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from classifier.arrays import ColumnArray, Float64Array, IndexArray
from classifier.errors import UsageError
from classifier.model.curves import sigmoid
from classifier.model.explanation import Explanation, Reason, Word
from classifier.model.features import TEXT_WEIGHT, FeatureExtractor, Features
from classifier.model.predictions import Mode
from classifier.model.predictor import TopicPredictor
from classifier.model.products import row_slices
from classifier.model.rules import Effect, Rules
from classifier.model.sparse import SparseRows
from classifier.model.thresholds import apply_thresholds, mode_thresholds, rank_topics
from classifier.text.tokens import token_spans
from classifier.topics import check_known

if TYPE_CHECKING:
    import pandas as pd

_FREQUENT = np.log(2000) + 1  # inverse document frequency of a lemma that one in 2,000 texts contains


def explain(
    predictor: TopicPredictor,
    text: str,
    also: Iterable[str] = (),
    mode: Mode | float = "balanced",
    rules: Rules | None = None,
) -> Explanation:
    """Explain why a text has its topics.

    A word adds to the score its share of the TF-IDF times the weight of its lemma, in the text and in the lead, and its
    share of the article vector's part. That part consists of projections on axes, each a sum over words, and of their
    squares. A word that adds ``b`` to a projection ``a`` has the share ``a * b`` in the square, which is its Shapley
    value. Projections are measured from that of the mean article.

    Parameters
    ----------
    predictor
        The model.
    text
        One article.
    also
        Ids of more topics: why does the text not get them? If the text gets no topic and none is asked for, the most
        probable one is explained; if the text cannot be judged, none is.
    mode
        Which topics the text gets; as in `TopicPredictor.tag`.
    rules
        Give topics and take them away; those of the model that they do this to are explained too.

    Raises
    ------
    UsageError
        The model does not know a topic, or `text` is not a string or `also` is one.
    """
    if not isinstance(text, str):
        raise UsageError(f"give one text to explain, not {type(text).__name__} {text!r:.40}")
    if isinstance(also, str):
        raise UsageError(f"also is a list of topics: [{also!r:.40}]")
    effects, topics = _apply_rules(predictor, text, mode, rules)
    touched = [effect.rule.topic for effect in effects or [] if effect.rule.topic in predictor.classes]
    features = predictor.extractor.extract([text])
    (log_odds,) = predictor.log_odds(features)
    scores = np.where(features.is_russian[0], predictor.score(features)[0], -np.inf)
    probabilities = sigmoid(log_odds)
    thresholds = mode_thresholds(predictor.thresholds, mode)
    new = set(rules.topics if rules else ()) - set(predictor.classes)  # of these, only the rules can be told
    asked = [topic for topic in [*also, *touched] if topic not in new]
    chosen = _chosen_topics(predictor.classes, probabilities, thresholds, asked)
    lexicon = predictor.lexicon
    columns, _ = lexicon.forms.columns_of([text])
    places = np.flatnonzero((columns >= 0) & features.is_russian)
    weights = _word_weights(predictor, features, columns[places], places, chosen, scores[chosen])
    spans = token_spans(text)
    known = [(*spans[place], text[slice(*spans[place])], lexicon.lemmas[columns[place]]) for place in places]
    reasons = [
        Reason(
            topic=predictor.classes[column],
            words=[Word(*word, weight) for word, weight in zip(known, topic_weights.tolist(), strict=True)],
            intercept=float(predictor.intercept[column]),
            score=float(scores[column]),
            log_odds=float(log_odds[column]),
            probability=float(probabilities[column]),
            threshold=float(thresholds[column]),
        )
        for column, topic_weights in zip(chosen, weights.T, strict=True)
    ]
    return Explanation(text, reasons, effects, topics)


def _apply_rules(
    predictor: TopicPredictor, text: str, mode: Mode | float, rules: Rules | None
) -> tuple[list[Effect], list[str]] | tuple[None, None]:
    """Return the rules that apply to a text, and the topics that it has then."""
    if rules is None:
        return None, None
    return rules.effects(text), rules.apply(predictor.tag([text], mode), [text]).columns()["topics"][0]


def _chosen_topics(
    classes: Sequence[str], probabilities: Float64Array, thresholds: Float64Array, also: Iterable[str]
) -> list[int]:
    """Return the columns of the topics to explain: those of the text, those asked for, or else the most probable."""
    y_pred = apply_thresholds(probabilities, thresholds)
    (given,) = rank_topics(probabilities[None], y_pred[None])
    asked = [_column(classes, topic) for topic in also]
    nearest = [int(probabilities.argmax())] if probabilities.any() else []
    return list(dict.fromkeys(given + asked)) or nearest


def _column(classes: Sequence[str], topic: str) -> int:
    check_known(topic, classes)
    return classes.index(topic)


def _word_weights(
    predictor: TopicPredictor,
    features: Features,
    columns: ColumnArray,
    places: IndexArray,
    topics: list[int],
    scores: Float64Array,
) -> Float64Array:
    """Return what each known word adds to the scores of some topics, (words, topics).

    `columns` are those of the words' lemmas, `places` the positions of the words in the text.
    """
    extractor = predictor.extractor
    in_text = _shares(features.text, columns, np.ones(len(columns)))
    in_lead = _shares(features.lead, columns, extractor.lead_weights(places))
    coef = predictor.weights.of(columns, topics)
    weights: Float64Array = in_text[:, None] * coef[0] + in_lead[:, None] * coef[1]
    axes, axis_weights = predictor.axes[:, :, topics], predictor.axis_weights[:, topics]
    projections = predictor.projections(features.vectors)[0][:, topics]
    in_vector = (in_lead + TEXT_WEIGHT * in_text)[:, None]
    sums = in_vector * extractor.word_vectors(columns)
    length = np.linalg.norm((sums.sum(axis=0) - extractor.center) * extractor.scale)
    factors = axis_weights * np.concatenate([np.ones_like(projections[:1]), projections[1:]])
    partial = sums * extractor.scale @ np.einsum("dat,at->dt", axes, factors) / max(length, 1e-9)
    share = in_vector / in_vector.sum(axis=0)
    rest = (projections * factors).sum(axis=0) - partial.sum(axis=0)  # of the mean article, and of rounding
    weights += partial + share * rest
    weights += share * (scores - predictor.intercept[topics] - weights.sum(axis=0))  # rounding in single precision
    return weights


def _shares(tfidf: SparseRows, columns: ColumnArray, weights: NDArray[Any]) -> Float64Array:
    """Return each word's part of the TF-IDF of its lemma: that of its weight among the forms of the lemma, (words,)."""
    if not len(tfidf.indices):
        return np.zeros(len(columns))
    totals = np.bincount(columns, weights)[columns]
    places = np.minimum(np.searchsorted(tfidf.indices, columns), len(tfidf.indices) - 1)
    values = np.where(tfidf.indices[places] == columns, tfidf.data[places], 0)
    return np.asarray(values * weights / np.maximum(totals, 1))


def _single_words(extractor: FeatureExtractor, lemmas: slice) -> Features:
    """Return the features of texts of one word each, by the columns of their lemmas."""
    columns = np.arange(len(extractor.lexicon.lemmas), dtype=np.int32)[lemmas]
    ones = np.ones(len(columns), np.float32)
    rows = SparseRows(ones, columns, np.arange(len(columns) + 1, dtype=np.int32))
    vectors = extractor.centred(extractor.sums_of_vectors(rows._replace(data=np.float32(1 + TEXT_WEIGHT) * ones)))
    return Features(rows, rows, vectors, ones, ones > 0, ones > 0)


def strongest_lemmas(predictor: TopicPredictor, number: int) -> "pd.DataFrame":
    """Return the lemmas that count most for each topic, and against it.

    Returns
    -------
    DataFrame
        Columns ``topic``, ``lemma`` and ``weight``: how much higher the score of a text of that one word is than that
        of the median word. For each topic at most `number` lemmas of positive weight, strongest first, then as many of
        negative. Lemmas that fewer than one in 2,000 texts contain are left out: they are mostly names.
    """
    import pandas as pd

    extractor, lemmas = predictor.extractor, np.array(predictor.lexicon.lemmas)
    scores = [predictor.score(_single_words(extractor, rows)) for rows in row_slices(len(lemmas))]
    frequent = extractor.lexicon.idf <= max(_FREQUENT, extractor.lexicon.idf.min(initial=np.inf))
    lemmas, weights = lemmas[frequent], np.concatenate([np.empty((0, len(predictor.classes))), *scores])[frequent]
    weights -= np.median(weights, axis=0)
    order = np.argsort(-weights, axis=0, kind="stable")
    tables = []
    for column, topic in enumerate(predictor.classes):
        weight, best, worst = weights[:, column], order[:number, column], order[::-1][:number, column]
        rows = np.concatenate([best[weight[best] > 0], worst[weight[worst] < 0]])
        tables.append(pd.DataFrame({"topic": topic, "lemma": lemmas[rows], "weight": weight[rows]}))
    return pd.concat(tables, ignore_index=True)
