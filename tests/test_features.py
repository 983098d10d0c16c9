import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

from classifier.features import STEP, ArticleFeatures, tfidf, to_steps
from classifier.lemmas import MEMO, lemmas
from classifier.lexicon import Lexicon
from classifier.text import tokens
from tests.conftest import CASES
from tests.test_vocabulary import TRICKY

WORDS, HEADLINE = 8, 3


def opening(text):
    """Lemmas of the opening by the plain way: its words, then those of the headline once more."""
    start = tokens(text)[:WORDS]
    return [MEMO[token] for token in start + start[:HEADLINE] if MEMO[token]]


def assert_same_bits(one, other):
    assert one.shape == other.shape and one.dtype == other.dtype
    for part in ("indptr", "indices", "data"):
        np.testing.assert_array_equal(getattr(one, part), getattr(other, part))


def assert_counts_are_stock(features, texts):
    """Counts of scikit-learn's vectorizer with the same vocabulary and the plain way from a text to its lemmas."""
    for found, analyzer in zip(features.counts(texts)[:2], (lemmas, opening), strict=True):
        stock = CountVectorizer(analyzer=analyzer, vocabulary=features.lexicon.lemmas, dtype=np.float32)
        assert_same_bits(found, stock.transform(texts))


def lexicon(*lemmas, vectors=None):
    given = np.zeros((len(lemmas), 2)) if vectors is None else vectors
    return Lexicon(list(lemmas), np.ones(len(lemmas), np.float32), np.array(given, np.int8), 1)


@pytest.fixture(scope="module")
def features(small):
    return ArticleFeatures(Lexicon.learn(small.texts, dimensions=5, min_df=1), WORDS, HEADLINE)


def test_counts_are_the_stock_ones_bit_for_bit(features, small):
    assert_counts_are_stock(features, [*TRICKY, *small.texts, *TRICKY])


@given(texts=st.lists(st.text(alphabet="суд матч\nпогоды,-1е\u0301ё", max_size=60), max_size=5))
def test_on_any_texts(features, texts):
    assert_counts_are_stock(features, texts)


FOREIGN = [
    line.split(" => ")
    for line in (CASES / "foreign.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


@pytest.mark.parametrize("text", [text for _, text in FOREIGN], ids=[language for language, _ in FOREIGN])
def test_another_language_or_encoding_is_not_judged(shipped, text):
    assert not shipped.features.transform([text]).russian.any()
    assert shipped.topics([text]) == [[]] and not shipped.predict_proba([text]).any()


@pytest.mark.parametrize(
    "text",
    [
        "Матч",
        "Хоккеист Ыгдырахов забил",
        "Apple, Google и Microsoft выпустили обновления Windows, iPhone и Android",
        "Министр обсудил поставки вооружений. The minister discussed arms supplies with the ambassador.",
        "Президент України Володимир Зеленський заявил, что переговоры о поставках вооружений продолжатся в Варшаве.",
    ],
)
def test_mixed_and_short_texts_with_russian_in_them_are_judged(shipped, text):
    assert shipped.features.transform([text]).russian.all()


@pytest.mark.corpus
def test_real_news_is_russian(shipped, shared):
    assert shipped.features.transform(shared.texts).russian.all()


@pytest.mark.corpus
def test_on_the_corpus(shipped, shared):
    assert_counts_are_stock(ArticleFeatures(shipped.features.lexicon, WORDS, HEADLINE), shared.texts[::4])


def test_tfidf_is_the_stock_one(features, small):
    for counts in features.counts([*small.texts, ""])[:2]:
        stock = TfidfTransformer(sublinear_tf=True).fit(counts)
        np.testing.assert_allclose(tfidf(counts, stock.idf_).toarray(), stock.transform(counts).toarray(), rtol=1e-6)


def test_a_text_and_its_opening_stand_side_by_side():
    found = ArticleFeatures(lexicon("матч", "суд"), 2, 1).transform(["Суд матч матч"])
    text = np.array([1 + np.log(2), 1]) / np.hypot(1 + np.log(2), 1)  # матч twice, суд once
    start = np.array([1, 1 + np.log(2)]) / np.hypot(1, 1 + np.log(2))  # суд in the headline
    np.testing.assert_allclose(found.text.toarray(), [text], rtol=1e-6)
    np.testing.assert_allclose(found.opening.toarray(), [start], rtol=1e-6)


def test_a_headline_is_no_longer_than_the_opening(small):
    one, other = (ArticleFeatures(lexicon("суд", "матч"), 2, headline).counts(small.texts)[1] for headline in (2, 9))
    assert_same_bits(one, other)


def test_an_article_vector_is_the_centred_mean_of_its_openings_words():
    words = lexicon("матч", "суд", vectors=[[100, 0], [0, 50]])  # only directions count
    center = np.array([0.5, 0], np.float32)
    found = ArticleFeatures(words, 8, 0, center).transform(["Матч", "Суд", "Матч и суд"])
    both = np.array([np.sqrt(0.5) - 0.5, np.sqrt(0.5)])
    expected = [[1, 0], np.array([-0.5, 1]) / np.hypot(0.5, 1), both / np.hypot(*both)]
    np.testing.assert_allclose(found.vectors, expected, atol=STEP)


def test_sums_of_products_of_steps_are_exact_in_any_order():
    random = np.random.RandomState(0)
    one, other = to_steps(random.normal(size=500)), to_steps(random.normal(size=500))
    assert len({(one * other)[random.permutation(500)].sum() for _ in range(50)}) == 1


def test_they_are_pickled_without_their_table(features, small):
    before = pickle.dumps(features)
    features.transform(small.texts)
    assert pickle.dumps(features) == before
    for one, other in zip(pickle.loads(before).transform(small.texts), features.transform(small.texts), strict=True):
        assert (one != other).sum() == 0
