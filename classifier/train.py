"""The training recipe: read, fit, score on what was held out, save."""

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.model_selection import KFold

from classifier import card, evaluate, store
from classifier.articles import Notice
from classifier.corpus import Corpus
from classifier.errors import UsageError
from classifier.evaluate import Results
from classifier.lexicon import Lexicon
from classifier.model import TopicClassifier
from classifier.tagger import Tagger
from classifier.thresholds import apply

MIN_EXAMPLES = 10  # of a topic: two for each fold of cross-validation, on average
_FOLDS = 5


def train(
    corpus: Corpus,
    target: Path,
    *,
    model: TopicClassifier | None = None,
    vectors_from: Sequence[str] | None = None,
    min_examples: int = MIN_EXAMPLES,
    drop_rare: bool = False,
    about: str = "",
    progress: Callable[[str], None] = lambda _: None,
) -> pd.DataFrame:
    """Fit a classifier, score it on articles it has not seen, save it, and return the scores.

    Parameters
    ----------
    corpus
        Rows of the split ``train`` are fitted and the others scored. Without splits all are fitted, and the scores are
        those of 5-fold cross-validation.
    target
        Model folder to write.
    model
        The classifier to fit; None: one with the settings of the shipped model.
    vectors_from
        Texts, labelled or not, from which word vectors are learned; None: the model's lexicon.
    min_examples, drop_rare
        Topics with fewer examples are refused, or left out.
    about
        Markdown for the top of the model card.
    progress
        Called with a sentence at each stage.

    Returns
    -------
    DataFrame
        As of `evaluate.by_topic`.

    Raises
    ------
    UsageError
        A topic has too few examples, or `target` is a folder of something else.
    """
    store.check_target(target)
    known, unseen = corpus.parted()
    classes = _classes(known, min_examples, drop_rare)
    model = model or TopicClassifier()
    if vectors_from is not None:
        progress(f"Learning word vectors from {len(vectors_from):,} articles")
        model = clone(model).set_params(lexicon=Lexicon.learn(vectors_from))
    progress(f"Fitting {len(classes)} topics on {len(known.texts):,} articles")
    fitted = clone(model).fit(known.texts, known.indicator(classes))
    if unseen.texts:
        progress(f"Scoring {len(unseen.texts):,} held-out articles")
        measure = f"on {len(unseen.texts):,} held-out articles"
        report = results(fitted.tagger_, unseen).scores()
    else:
        measure = f"{_FOLDS}-fold cross-validation"
        report = _cross_validated(model, known, classes, progress)
    progress(f"Saving {target}")
    lexicon = fitted.tagger_.features.lexicon
    facts: dict[str, Any] = {
        "parameters": {key: value for key, value in fitted.get_params().items() if key != "lexicon"},
        "data": {"articles": len(known.texts), "sha256": known.sha256(), "examples": known.counts()},
        "lexicon": {"lemmas": len(lexicon.lemmas), "texts": lexicon.texts},
        "report": {"measure": measure, "scores": report.round(4).reset_index().to_dict("records")},
    }
    store.save(fitted.tagger_, target, facts, card.render(facts, about))
    return report


def results(model: Tagger, corpus: Corpus) -> Results:
    """What a model says of a labelled corpus.

    Raises
    ------
    UsageError
        No article has a topic that the model knows.
    """
    if foreign := corpus.counts().keys() - set(model.classes):
        warnings.warn(f"left out, for the model does not know them: {', '.join(sorted(foreign))}", Notice, stacklevel=2)
    wanted = corpus.indicator(model.classes).to_numpy()
    if not wanted.any():
        raise UsageError("no article has a topic that the model knows: `news-topics topics` lists those it does")
    return Results(model.classes, wanted, model.predict_proba(corpus.texts), model.thresholds)


def _classes(known: Corpus, min_examples: int, drop_rare: bool) -> list[str]:
    """Topics with enough examples."""
    counts = known.counts()
    rare = {topic: count for topic, count in counts.items() if count < min_examples}
    if rare and not drop_rare:
        listed = ", ".join(f"{topic} {count}" for topic, count in rare.items())
        raise UsageError(
            f"too few examples (under {min_examples}) of: {listed}; label more articles, "
            "merge topics, leave these out with --drop-rare, or lower --min-examples"
        )
    if not counts.keys() - rare.keys():
        raise UsageError("no topic has enough examples: nothing to train")
    return [topic for topic in counts if topic not in rare]


def _cross_validated(
    model: TopicClassifier, corpus: Corpus, classes: list[str], progress: Callable[[str], None]
) -> pd.DataFrame:
    """Scores of models that did not see the article scored."""
    wanted = corpus.indicator(classes).to_numpy()
    probabilities, given = np.zeros(wanted.shape), np.zeros(wanted.shape, np.int8)
    for number, (seen, held) in enumerate(KFold(_FOLDS, shuffle=True, random_state=0).split(wanted), 1):
        progress(f"Cross-validating: fold {number} of {_FOLDS}")
        fold = clone(model).fit([corpus.texts[row] for row in seen], wanted[seen])
        probabilities[held] = fold.predict_proba([corpus.texts[row] for row in held])
        given[held] = apply(probabilities[held], fold.tagger_.thresholds)
    return evaluate.by_topic(wanted, given, probabilities, classes)
