import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

from classifier.text.lemmas import lemmatize
from classifier.text.tfidf import idf_weights, tfidf


@pytest.mark.parametrize("sublinear_tf", [True, False])
def test_weights_are_those_of_scikit_learn(small, sublinear_tf):
    counts = CountVectorizer(analyzer=lemmatize, dtype=np.float32).fit_transform([*small.texts, ""])
    stock = TfidfTransformer(sublinear_tf=sublinear_tf).fit(counts)
    idf = idf_weights(np.asarray((counts > 0).sum(axis=0), np.float32).ravel(), counts.shape[0])
    np.testing.assert_allclose(idf, stock.idf_, rtol=1e-6)
    weights = tfidf(counts.data, counts.indices, counts.indptr, idf, sublinear_tf=sublinear_tf)
    assert weights.dtype == np.float32
    np.testing.assert_allclose(weights, stock.transform(counts).data, rtol=1e-5)
