import pytest

from classifier.evaluation.known import Known
from classifier.pages.messages import messages


@pytest.mark.parametrize(
    ("known", "english", "russian"),
    [
        (Known(46, 0, 0, 0.0), "", ""),
        (Known(46, 46, 0, 0.9), "on all of these articles: the scores", "на всех этих статьях: о новых"),
        (Known(46, 40, 6, 0.9), "or on near copies: the scores", "или на почти таких же: о новых"),
        (Known(46, 34, 0, 0.9), "34 of 46 articles were used in training and are", "34 из 46 статей были в обучении и"),
        (Known(46, 0, 1, 0.9), "1 of 46 articles nearly repeat articles", "1 из 46 статей почти повторяют статьи"),
        (Known(46, 1, 2, 0.9), "the scores are for the other 43.", "оценки посчитаны по остальным, их 43."),
    ],
)
def test_a_reader_is_told_what_the_model_knows(known, english, russian):
    assert english in known.remark(messages("en")) and russian in known.remark(messages("ru"))
    assert bool(known.remark(messages("en"))) == bool(english)
