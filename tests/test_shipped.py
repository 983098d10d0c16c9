"""The shipped model, on sample texts written for this project and on the held-out split of the corpus."""

import json

import pandas as pd
import pytest

from classifier.articles import read
from classifier.store import manifest
from classifier.text import with_title
from classifier.topics import taxonomy
from classifier.train import results
from tests.conftest import AMENDMENTS, CASES, EXAMPLES


def cases():
    """Parameters of the golden cases; what is known to fail is expected to, strictly."""
    for line in (CASES / "topics.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        known = case.get("expect") == "fail"
        marks = [pytest.mark.xfail(strict=True, reason=case["why"])] if known else []
        yield pytest.param(case, id=case["title"] or case["text"][:40], marks=marks)


def test_an_interview_on_arms_supplies_and_a_visit_is_defense_cooperation_and_diplomacy_not_war(shipped):
    (interview,) = read([EXAMPLES / "articles" / "interview.txt"])
    topics = shipped.topics([interview.text])[0]
    assert set(topics[:2]) == {"defense-cooperation", "diplomacy"}
    assert "armed-conflict" not in topics


@pytest.mark.parametrize("case", list(cases()))
def test_a_case_gets_its_topics_and_not_the_others(case, shipped):
    topics = set(shipped.topics([with_title(case["title"], case["text"])])[0])
    assert topics >= set(case["topics"])
    assert not topics & set(case["not"])


def test_it_knows_the_taxonomy_in_its_order(shipped):
    assert shipped.classes == list(taxonomy()) == manifest()["topics"]


def test_the_readme_tells_the_scores_of_the_manifest():
    f1 = {row["topic"]: row["f1"] for row in manifest()["report"]["scores"]}
    told = " | ".join(f"{f1[topic]:.3f}" for topic in ("macro", "micro", "diplomacy", "defense-cooperation"))
    assert f"| {told} |" in (CASES.parents[1] / "README.md").read_text(encoding="utf-8")


@pytest.mark.corpus
def test_the_scores_in_its_manifest_are_those_of_the_held_out_split(shipped, shared):
    measured = results(shipped, shared.parted()[1]).scores()["f1"]
    told = {row["topic"]: row["f1"] for row in manifest()["report"]["scores"]}
    assert measured.to_dict() == pytest.approx(told, abs=1e-3)


@pytest.mark.corpus
def test_it_is_better_than_a_throw_away_script(shipped, shared):
    f1 = results(shipped, shared.parted()[1]).scores()["f1"]
    assert f1["macro"] >= 0.79 and f1["micro"] >= 0.79


@pytest.mark.corpus
def test_amendments_are_of_fitted_articles_only(shared):
    amended = set(pd.read_csv(AMENDMENTS).id)
    assert amended <= set(shared.parted()[0].ids)


@pytest.mark.corpus
def test_it_was_trained_on_the_train_split_alone(shared):
    known, held_out = shared.parted()
    facts = manifest()["data"]
    assert facts["sha256"] == known.sha256()
    assert facts["articles"] == len(known.ids) and not set(known.ids) & set(held_out.ids)
