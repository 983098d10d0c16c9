"""The report as HTML; `test_pages` looks at it in a browser."""

import re

import pytest

from classifier.evaluation.results import evaluate

pytest.importorskip("matplotlib", reason="matplotlib is not installed: pip install '.[report]'")
from classifier.evaluation.report import Facts, report

MANIFEST = {"created": "2026-01-01T00:00:00", "sha256": "0123456789abcdef" * 4}


@pytest.mark.filterwarnings("ignore:ignored labels")
def test_a_model_of_a_single_topic_has_a_report(single_topic, small):
    html = report(evaluate(single_topic.predictor_, small), small, Facts(MANIFEST, "news.csv", "one", split="dev"))
    assert "<p>46 articles of news.csv, split dev. Model one, trained 2026-01-01, sha256 0123456789abcdef…." in html
    (row,) = re.findall('<th scope="row"><bdi>спорт</bdi></th>.*', html)[:1]
    assert row.count("<td") == 8  # name, five scores, threshold, calibration error
