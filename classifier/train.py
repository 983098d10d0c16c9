"""The training recipe: fit, score on articles that were held out, store."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.model_selection import GroupKFold

from classifier.arrays import Float32Array, IndexArray
from classifier.comparison.left_out import News, reference
from classifier.data.corpus import Corpus
from classifier.duplicates.splits import split_groups
from classifier.errors import UsageError
from classifier.evaluation.metrics import by_topic
from classifier.evaluation.model_card import render_card
from classifier.evaluation.results import evaluate
from classifier.model.calibration import MIN_GROUPS, MIN_TEXTS, is_spread
from classifier.model.distillation import distill
from classifier.model.estimator import TopicClassifier
from classifier.model.shards import encode_groups, group_rows
from classifier.model.thresholds import apply_thresholds
from classifier.storage.model_folder import check_target, write_model
from classifier.text.lexicon import Lexicon
from classifier.text.reprints import hash_texts

MIN_EXAMPLES = 10  # of a topic: two for each fold of cross-validation, on average
FEW_TEXTS = 5000  # a lexicon of fewer knows too few words to judge other articles
_FOLDS = 5


@dataclass(frozen=True)
class Unlabelled:
    """Texts to learn word vectors from, labelled or not, and what a sentence encoder says of them, if it was asked.

    Attributes
    ----------
    texts
        The texts.
    encoded
        The encoder's vectors, (texts, dimensions); None: there are none.
    sources
        The outlet of each text, empty where it is not known; None: it is known of none.
    """

    texts: Sequence[str]
    encoded: Float32Array | None = None
    sources: Sequence[str] | None = None


@dataclass(frozen=True)
class TrainOptions:
    """What a user may say about training.

    Attributes
    ----------
    min_examples, drop_rare
        Topics with fewer examples are refused, or left out.
    about
        Markdown for the top of the model card.
    at_random
        Ids of articles that were labelled because chance chose them: archives are compared with outlets on these, as
        `comparison.left_out.reference` says.
    """

    min_examples: int = MIN_EXAMPLES
    drop_rare: bool = False
    about: str = ""
    at_random: Collection[str] = ()


def train(
    corpus: Corpus,
    target: Path,
    *,
    model: TopicClassifier | None = None,
    vectors_from: Unlabelled | None = None,
    options: TrainOptions = TrainOptions(),
    progress: Callable[[str], None] = lambda _: None,
) -> pd.DataFrame:
    """Fit a classifier, score it on articles it has not seen, store it, and return the scores.

    Parameters
    ----------
    corpus
        Rows of the split ``train`` are fitted and the others scored, but for those that repeat articles of training,
        whose labels the model knows. Without splits all are fitted, and the scores come from 5-fold cross-validation,
        where articles that repeat each other are in one fold. Where it tells the sources, probabilities are set for
        outlets not seen.
    target
        Model folder to write.
    model
        The classifier to fit; None: one with the settings of the shipped model.
    vectors_from
        What to learn word vectors from; None: the model's lexicon is used.
    options
        Which topics are learned, and what the card says.
    progress
        Called with a sentence at each stage.

    Returns
    -------
    DataFrame
        As from `evaluation.metrics.by_topic`.

    Raises
    ------
    UsageError
        A topic has too few examples, or `target` is a folder of something else.
    """
    check_target(target)
    labelled, held_out = corpus.train_test_split()
    classes = _classes(labelled, options)
    model = model or TopicClassifier()
    if vectors_from is not None:
        model = clone(model).set_params(lexicon=_learn_lexicon(model, vectors_from, progress))
    progress(f"Fitting {len(classes)} topics on {len(labelled.texts):,} articles")
    fitted = clone(model).fit(labelled.texts, labelled.indicator(classes), groups=labelled.sources)
    progress(_about_outlets(labelled, classes))
    if held_out.texts:
        new = _leave_out_repeated(labelled, held_out, progress)
        progress(f"Scoring {len(new.texts):,} held-out articles")
        measure = f"on {len(new.texts):,} held-out articles"
        scores = evaluate(fitted.predictor_, new).scores()
    else:
        measure = f"by {_FOLDS}-fold cross-validation"
        scores = _cross_validate(model, labelled, classes, progress)
    progress(f"Writing {target}")
    metadata = _metadata(
        fitted, labelled, {"measure": measure, "scores": scores.round(4).reset_index().to_dict("records")}
    )
    metadata["reference"] = _reference(fitted, labelled, vectors_from, options)
    predictor = replace(fitted.predictor_, trained_on=np.unique(hash_texts(labelled.texts)))
    write_model(target, predictor.to_content(), metadata, render_card(metadata, options.about))
    return scores


def _learn_lexicon(model: TopicClassifier, source: Unlabelled, progress: Callable[[str], None]) -> Lexicon:
    progress(f"Learning word vectors from {len(source.texts):,} articles")
    if len(source.texts) < FEW_TEXTS:
        progress(f"fewer than {FEW_TEXTS:,} articles teach few words: those of the shipped model may serve better")
    lexicon = Lexicon.learn(source.texts)
    if source.encoded is None:
        return lexicon
    progress("Distilling the encoder's vectors into vectors of words")
    return distill(
        lexicon, source.texts, source.encoded, lead_words=model.lead_words, headline_words=model.headline_words
    )


def _about_outlets(corpus: Corpus, classes: Sequence[str]) -> str:
    """Say for how many topics the outlets suffice to set probabilities for outlets not seen."""
    outlets = encode_groups(corpus.sources, len(corpus.texts))
    enough = int(is_spread(corpus.indicator(classes).to_numpy(), group_rows(outlets)).sum())
    number = len(np.unique(outlets[outlets >= 0]))
    return (
        f"Probabilities of {enough} of {len(classes)} topics are set for outlets not seen ({number} outlets known; "
        f"a topic needs {MIN_GROUPS} with {MIN_TEXTS} articles of it each)"
    )


def _reference(
    fitted: TopicClassifier, labelled: Corpus, vectors_from: Unlabelled | None, options: TrainOptions
) -> dict[str, dict[str, float]]:
    """Return the measures of each outlet left out, with which `news-topics compare` compares an archive."""
    learned = None
    if vectors_from is not None:
        learned = News(vectors_from.texts, vectors_from.sources or [""] * len(vectors_from.texts))
    chosen = frozenset(options.at_random)
    at_random = [row for row, id in enumerate(labelled.ids) if id in chosen]
    return reference(fitted, News(labelled.texts, labelled.sources), lexicon_from=learned, at_random=at_random)


def _metadata(fitted: TopicClassifier, labelled: Corpus, report: dict[str, Any]) -> dict[str, Any]:
    """Return what the manifest says about a model."""
    predictor = fitted.predictor_
    parameters = {name: value for name, value in fitted.get_params().items() if name != "lexicon"}
    return {
        "topics": predictor.classes,
        "thresholds": [round(float(threshold), 4) for threshold in predictor.thresholds],
        "parameters": {
            name: getattr(value, "tolist", lambda value=value: value)() for name, value in parameters.items()
        },
        "data": {"articles": len(labelled.texts), "sha256": labelled.sha256(), "examples": labelled.counts()},
        "lexicon": {"lemmas": len(predictor.lexicon.lemmas), "texts": predictor.lexicon.texts},
        "report": report,
    }


def _classes(labelled: Corpus, options: TrainOptions) -> list[str]:
    """Return the topics with enough examples."""
    counts = labelled.counts()
    rare = {topic: count for topic, count in counts.items() if count < options.min_examples}
    if rare and not options.drop_rare:
        listed = ", ".join(f"{topic} {count}" for topic, count in rare.items())
        raise UsageError(
            f"too few examples (under {options.min_examples}) of: {listed}; label more articles, "
            "merge topics, leave these out with --drop-rare, or lower --min-examples"
        )
    if not counts.keys() - rare.keys():
        raise UsageError("no topic has enough examples: nothing to train")
    return [topic for topic in counts if topic not in rare]


def _leave_out_repeated(labelled: Corpus, held_out: Corpus, progress: Callable[[str], None]) -> Corpus:
    """Return the held-out articles that repeat no article of training, of which the model knows the labels."""
    groups = _groups([*labelled.texts, *held_out.texts], progress)
    is_repeated = np.isin(groups[len(labelled.texts) :], groups[: len(labelled.texts)])
    if is_repeated.all():
        progress("All held-out articles repeat articles of training: the scores say nothing about new ones")
        return held_out
    if is_repeated.any():
        progress(f"Held-out articles that repeat articles of training, and are not scored: {is_repeated.sum():,}")
    return held_out.where(~is_repeated)


def _groups(texts: Sequence[str], progress: Callable[[str], None]) -> IndexArray:
    groups, remark = split_groups(texts)
    if remark:
        progress(remark)
    return groups


def _folds(texts: Sequence[str], progress: Callable[[str], None]) -> list[tuple[IndexArray, IndexArray]]:
    """Return the rows that are seen and held in each fold; texts that repeat each other are in one fold."""
    groups = _groups(texts, progress)
    different = len(np.unique(groups))
    if different < _FOLDS:
        raise UsageError(f"only {different} of {len(texts):,} articles differ, too few to learn from: label others")
    if different < len(texts):
        progress(f"Articles that repeat others, and stay in one fold with them: {len(texts) - different:,}")
    # Without repetitions these are the folds of KFold.
    return list(GroupKFold(_FOLDS, shuffle=True, random_state=0).split(texts, groups=groups))


def _cross_validate(
    model: TopicClassifier, corpus: Corpus, classes: list[str], progress: Callable[[str], None]
) -> pd.DataFrame:
    """Return the scores of models that did not see the articles they are scored on."""
    y_true = corpus.indicator(classes).to_numpy()
    probabilities, y_pred = np.zeros(y_true.shape), np.zeros(y_true.shape, np.int8)
    for number, (seen, held) in enumerate(_folds(corpus.texts, progress), 1):
        progress(f"Cross-validating: fold {number} of {_FOLDS}")
        texts, sources = ([column[row] for row in seen] for column in (corpus.texts, corpus.sources))
        fold = clone(model).fit(texts, y_true[seen], groups=sources)
        probabilities[held] = fold.predict_proba([corpus.texts[row] for row in held])
        y_pred[held] = apply_thresholds(probabilities[held], fold.predictor_.thresholds)
    return by_topic(y_true, y_pred, probabilities, classes)
