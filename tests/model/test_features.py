import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from classifier.model.features import STEP, FeatureExtractor, Moments, quantize
from classifier.model.sparse import SparseRows
from classifier.text.lemmas import MEMO, lemmatize
from classifier.text.lexicon import Lexicon
from classifier.text.tokens import tokenize
from tests.conftest import CASES
from tests.text.test_vocabulary import TRICKY

LEAD, HEADLINE = 8, 3


def lead_lemmas(text):
    """Return the lemmas of the lead, found the plain way: its words, then those of the headline once more."""
    lead = tokenize(text)[:LEAD]
    return [MEMO[token] for token in lead + lead[:HEADLINE] if MEMO[token]]


def assert_same_bits(one, other):
    assert one.shape == other.shape and one.dtype == other.dtype
    for part in ("indptr", "indices", "data"):
        np.testing.assert_array_equal(getattr(one, part), getattr(other, part))


def assert_counts_are_stock(extractor, texts):
    """The counts are those of scikit-learn's vectorizer with the same vocabulary and a plain analyzer."""
    for counts, analyzer in zip(count_matrices(extractor, texts), (lemmatize, lead_lemmas), strict=True):
        stock = CountVectorizer(analyzer=analyzer, vocabulary=extractor.lexicon.lemmas, dtype=np.float32)
        assert_same_bits(counts, stock.transform(texts))


def count_matrices(extractor, texts):
    """Return the counts of the text and of its lead as SciPy's matrices."""
    counts = extractor.count(texts)
    for block in (counts.text, counts.lead):
        matrix = SparseRows(block, counts.columns, counts.indptr).to_csr(len(extractor.lexicon.lemmas)).copy()
        matrix.eliminate_zeros()
        yield matrix


def lexicon(*lemmas, vectors=None):
    vectors = np.zeros((len(lemmas), 2)) if vectors is None else vectors
    return Lexicon(list(lemmas), np.ones(len(lemmas), np.float32), np.array(vectors, np.int8), 1)


@pytest.fixture(scope="module")
def extractor(small):
    return FeatureExtractor(Lexicon.learn(small.texts, dimensions=5, min_df=1), LEAD, HEADLINE)


def test_counts_are_the_stock_ones_bit_for_bit(extractor, small):
    assert_counts_are_stock(extractor, [*TRICKY, *small.texts, *TRICKY])


@given(texts=st.lists(st.text(alphabet="суд матч\nпогоды,-1е\u0301ё", max_size=60), max_size=5))
def test_counts_of_any_texts_are_the_stock_ones(extractor, texts):
    assert_counts_are_stock(extractor, texts)


@pytest.mark.corpus
def test_counts_of_real_news_are_the_stock_ones(shipped, shared):
    assert_counts_are_stock(FeatureExtractor(shipped.lexicon, LEAD, HEADLINE), shared.texts[::4])


FOREIGN = [
    line.split(" => ")
    for line in (CASES / "foreign.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


@pytest.mark.parametrize("text", [text for _, text in FOREIGN], ids=[language for language, _ in FOREIGN])
def test_another_language_or_encoding_is_not_judged(shipped, text):
    assert not shipped.extractor.transform([text]).is_russian.any()
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
    assert shipped.extractor.transform([text]).is_russian.all()


@pytest.mark.corpus
def test_real_news_is_russian(shipped, shared):
    assert shipped.extractor.transform(shared.texts).is_russian.all()


def test_a_text_and_its_lead_are_separate_blocks():
    features = FeatureExtractor(lexicon("матч", "суд"), 2, 1).transform(["Суд матч матч"])
    text = np.array([1 + np.log(2), 1]) / np.hypot(1 + np.log(2), 1)  # матч twice, суд once
    lead = np.array([1, 1 + np.log(2)]) / np.hypot(1, 1 + np.log(2))  # суд is in the headline
    np.testing.assert_allclose(features.text.toarray(), [text], rtol=1e-6)
    np.testing.assert_allclose(features.lead.toarray(), [lead], rtol=1e-6)


def test_a_headline_is_no_longer_than_the_lead(small):
    one, other = (FeatureExtractor(lexicon("суд", "матч"), 2, headline).count(small.texts) for headline in (2, 9))
    np.testing.assert_array_equal(one.lead, other.lead)


def test_an_article_vector_is_the_centred_sum_of_word_vectors_in_which_the_text_weighs_half_of_the_lead():
    words = lexicon("матч", "суд", vectors=[[100, 0], [0, 50]])  # only their directions count
    extractor = FeatureExtractor(words, 1, 0, np.array([0.5, 0], np.float32), np.array([1, 2], np.float32))
    half = 0.5 * np.sqrt(0.5)
    sums = np.array([[1.5, 0], [0, 1.5], [1 + half, half]])  # «суд» is not in the lead of the last text
    centred = (sums - [0.5, 0]) * [1, 2]
    expected = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    np.testing.assert_allclose(extractor.transform(["Матч", "Суд", "Матч и суд"]).vectors, expected, atol=STEP)


def test_the_length_of_a_distilled_vector_counts():
    words = lexicon("матч", "суд").with_distilled(np.array([[3, 0], [0, 1]], np.float32))
    vectors = FeatureExtractor(words, 8, 0).transform(["Матч суд"]).vectors
    np.testing.assert_allclose(vectors, [[3 / np.sqrt(10), 1 / np.sqrt(10), 0, 0]], atol=0.01)


def test_the_words_of_a_text_that_the_model_knows_are_counted():
    assert FeatureExtractor(lexicon("матч", "суд"), 1, 0).transform(
        ["Матч, матч и рыба", "", "суд"]
    ).words.tolist() == [
        2,
        0,
        1,
    ]


def test_learning_a_center_changes_a_copy_whose_parts_have_their_weights():
    words = lexicon("матч", "суд", vectors=[[127, 0], [0, 127]]).with_distilled(np.array([[5], [-5]], np.float32))
    extractor = FeatureExtractor(words, 8, 0)
    sums = np.array([[4, 1, 0], [-2, 0, 1]], np.float32)
    learned = extractor.learn_center(Moments.of(sums[:1]).plus(Moments.of(sums[1:])))
    assert learned.center.tolist() == [1, 0.5, 0.5] and not extractor.center.any()
    centred = (sums - learned.center) * learned.scale
    parts = np.linalg.norm(centred[:, :1], axis=1), np.linalg.norm(centred[:, 1:], axis=1)
    np.testing.assert_allclose(parts, [[1, 1], [0.7, 0.7]], rtol=1e-6)


def test_a_part_that_is_the_same_for_all_texts_does_not_count():
    words = lexicon("матч", "суд", vectors=[[127, 0], [127, 0]]).with_distilled(np.array([[5], [-5]], np.float32))
    learned = FeatureExtractor(words, 8, 0).learn_center(Moments.of(np.array([[4, 1, 0], [-2, 1, 0]], np.float32)))
    assert learned.scale.tolist() == [pytest.approx(1 / 3), 0, 0]


def test_rows_chooses_texts(extractor, small):
    some = extractor.transform(small.texts).rows(slice(3, 5))
    assert_same_bits(some.text, extractor.transform(small.texts[3:5]).text)
    assert len(some.vectors) == len(some.is_russian) == some.lead.shape[0] == 2


def test_sums_of_products_of_quantized_vectors_do_not_depend_on_the_order():
    random = np.random.RandomState(0)
    vectors = random.normal(size=(2, 500))
    one, other = quantize(0.99 * vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
    assert one.dtype == np.float32
    sums = {np.add.accumulate((one * other)[random.permutation(500)])[-1] for _ in range(50)}
    assert len(sums) == 1
    plain = vectors.astype(np.float32)
    assert len({np.add.accumulate((plain[0] * plain[1])[random.permutation(500)])[-1] for _ in range(50)}) > 1


def test_a_pickle_does_not_contain_the_table(extractor, small):
    before = pickle.dumps(extractor)
    features = extractor.transform(small.texts)
    assert pickle.dumps(extractor) == before
    for one, other in zip(pickle.loads(before).transform(small.texts), features, strict=True):
        assert (one != other).sum() == 0
