"""The shipped model, on sample texts written for this project and on the held-out split of the corpus."""

import json
import re

import pandas as pd
import pytest

from classifier.data.articles import ReadOptions, with_title
from classifier.data.reading import read
from classifier.evaluation.results import evaluate
from classifier.storage.model_folder import read_manifest, shipped_folder
from classifier.topics import taxonomy
from tests.conftest import AMENDMENTS, CASES, EXAMPLES


def cases():
    """Yield the golden cases as parameters; those with a known failure are expected to fail, strictly."""
    for line in (CASES / "topics.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        fails = case.get("expect") == "fail"
        marks = [pytest.mark.xfail(strict=True, reason=case["why"])] if fails else []
        yield pytest.param(case, id=case["title"] or case["text"][:40], marks=marks)


def test_an_interview_on_arms_supplies_and_a_visit_is_defense_cooperation_and_diplomacy_not_war(shipped):
    (interview,) = read([EXAMPLES / "articles" / "interview.txt"], ReadOptions())
    topics = shipped.topics([interview.text])[0]
    assert set(topics[:2]) == {"defense-cooperation", "diplomacy"}
    assert "armed-conflict" not in topics


@pytest.mark.parametrize("case", list(cases()))
def test_a_case_gets_its_topics_and_not_the_others(case, shipped):
    topics = set(shipped.topics([with_title(case["title"], case["text"])])[0])
    assert topics >= set(case["topics"])
    assert not topics & set(case["not"])


def test_it_has_the_topics_of_the_taxonomy_in_its_order(shipped):
    assert shipped.classes == list(taxonomy()) == read_manifest()["topics"]


def test_it_is_small():
    assert (shipped_folder() / read_manifest()["file"]).stat().st_size < 20_000_000


def test_the_readme_tells_the_scores_of_the_manifest():
    f1 = {row["topic"]: row["f1"] for row in read_manifest()["report"]["scores"]}
    (row,) = re.findall(r"^\| known.*", (CASES.parents[1] / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    told = [float(cell) for cell in row.split("|")[3:-1]]
    expected = [f1[topic] for topic in ("macro", "micro", "diplomacy", "defense-cooperation")]
    assert told == pytest.approx(expected, abs=0.0006)


@pytest.mark.corpus
def test_the_scores_in_its_manifest_are_those_of_the_held_out_split(shipped, shared):
    measured = evaluate(shipped, shared.train_test_split()[1]).scores()["f1"]
    stored = {row["topic"]: row["f1"] for row in read_manifest()["report"]["scores"]}
    assert measured.to_dict() == pytest.approx(stored, abs=1e-3)
    assert measured["macro"] >= 0.82 and measured["micro"] >= 0.82


@pytest.mark.corpus
def test_amendments_are_of_train_articles_only(shared):
    assert set(pd.read_csv(AMENDMENTS).id) <= set(shared.train_test_split()[0].ids)


@pytest.mark.corpus
def test_it_was_trained_on_the_train_split_alone(shared):
    labelled, held_out = shared.train_test_split()
    data = read_manifest()["data"]
    assert data["sha256"] == labelled.sha256() and data["articles"] == len(labelled.ids)
    assert not set(labelled.ids) & set(held_out.ids)
