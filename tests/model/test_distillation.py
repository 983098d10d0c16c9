"""Word vectors that tell what an encoder says: here of made-up articles, whose vectors are known."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from classifier.errors import UsageError
from classifier.model import distillation
from classifier.model.distillation import distill
from classifier.model.features import FeatureExtractor
from classifier.text.lexicon import Lexicon

WORDS = "матч суд погода выборы театр банк завод школа море лес"
MEANINGS = np.random.RandomState(0).normal(size=(10, 6))  # what the encoder says of each word


@pytest.fixture(scope="module")
def archive():
    """Texts of three words each, a lexicon of these, and an encoder's vectors: means of the words' meanings, and noise."""
    random, words = np.random.RandomState(1), np.array(WORDS.split())
    chosen = [random.choice(10, 3, replace=False) for _ in range(600)]
    texts = [" ".join(words[each]) for each in chosen]
    encoded = np.array([MEANINGS[each].mean(axis=0) for each in chosen]) + random.normal(size=(600, 6)) / 50
    return texts, Lexicon.learn(texts, dimensions=3, min_df=1), encoded.astype(np.float32)


def cosines(one, other):
    one, other = (each - each.mean(axis=0) for each in (one, other))
    return (one * other).sum(axis=1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)


def article_sums(lexicon, texts):
    """What the distilled vectors say of texts."""
    sums = FeatureExtractor(lexicon, 60, 12).uncentred(texts)[1]
    return sums[:, : lexicon.distilled.shape[1]]


def test_sums_of_distilled_vectors_are_like_the_encoders_vectors(archive):
    texts, lexicon, encoded = archive
    taught = distill(lexicon, texts[:400], encoded[:400], dimensions=6)
    found, wanted = article_sums(taught, texts[400:]), encoded[400:] / encoded[:400].std(axis=0)
    # The axes are turned, so compare which articles are alike.
    alike = [
        np.corrcoef((each - each.mean(axis=0)) @ (each - each.mean(axis=0)).T)[np.triu_indices(200, 1)]
        for each in (found, wanted)
    ]
    assert np.corrcoef(*alike)[0, 1] > 0.95


def test_the_first_axes_say_most(archive):
    texts, lexicon, encoded = archive
    spread = article_sums(distill(lexicon, texts, encoded, dimensions=6), texts).std(axis=0)
    assert list(spread) == sorted(spread, reverse=True)
    assert distill(lexicon, texts, encoded, dimensions=2).distilled.shape == (10, 2)


@pytest.mark.parametrize("frequent", [1, 4, 10])
def test_the_weights_are_those_of_ridge_regression(archive, monkeypatch, frequent):
    monkeypatch.setattr("classifier.model.products._FREQUENT", frequent)
    monkeypatch.setattr(distillation, "_ENOUGH", 1e-5)
    texts, lexicon, encoded = archive
    features, _ = FeatureExtractor(lexicon, 60, 12).uncentred(texts)
    matrix = (features.lead + 0.5 * features.text).tocsr().astype(np.float32)
    targets = distillation._standardized(encoded)
    found = distillation._ridge(distillation.SplitMatrix(matrix), targets)
    stock = Ridge(alpha=1.5, fit_intercept=False).fit(matrix.toarray(), targets)
    np.testing.assert_allclose(found, stock.coef_.T, atol=1e-3)


def test_other_parts_of_the_lexicon_stay(archive):
    texts, lexicon, encoded = archive
    taught = distill(lexicon, texts, encoded)
    assert taught.lemmas == lexicon.lemmas and (taught.vectors == lexicon.vectors).all()
    assert not lexicon.distilled.size


def test_a_lexicon_without_lemmas_stays_empty():
    assert distill(Lexicon.learn(["", ""]), ["", ""], np.eye(2), dimensions=5).distilled.shape == (0, 2)


def test_texts_and_vectors_must_be_pairs(archive):
    texts, lexicon, encoded = archive
    for count in (0, 1, 3):
        with pytest.raises(UsageError, match=f"{count} texts and 2 vectors of an encoder"):
            distill(lexicon, texts[:count], encoded[:2])
