import json

import pandas as pd
import pytest

from classifier.storage.model_folder import amend_manifest
from tests.comparison.test_archive import BAGELS, MATCH, RIDDLES
from tests.conftest import EXAMPLES

REFERENCE = {
    outlet: {
        "unknown_words": 0.5,
        "no_topic": share,
        "margin": 1.0,
        "expected_precision": 0.8,
        "precision": 0.8 - share,
    }
    for outlet, share in (("Вестник", 0.01), ("Маяк", 0.05))
}


@pytest.fixture
def archive(tmp_path):
    """An archive of two months: riddles, then bagels, and a match."""
    days = [*["2023-01-10"] * 6, *["2023-03-10"] * 6, "2023-03-11"]
    table = pd.DataFrame({"id": range(13), "date": days, "text": [*RIDDLES, *BAGELS, MATCH]})
    table.to_csv(tmp_path / "archive.csv", index=False)
    return tmp_path / "archive.csv"


@pytest.fixture
def own_model(train_folder):
    """A model with a reference."""
    folder = train_folder({})
    amend_manifest(folder, {"reference": REFERENCE})
    return folder


def test_each_measure_stands_beside_the_outlets_never_seen(run, archive, own_model):
    result = run("compare", archive, "--model", own_model)
    assert result.code == 0 and result.out.startswith("13 articles\n")
    (row,) = [line for line in result.out.splitlines() if line.startswith("articles without a topic")]
    assert "1.0 % to 5.0 %" in row
    assert "each left out of training in turn, and measured: Вестник, Маяк." in result.out
    assert "3.0 points from the true one in the mean, 5.0 at most (Маяк)." in result.out


def test_words_that_grow_come_with_an_example_and_the_next_step(run, archive):
    result = run("compare", archive)
    assert "Words that grow in the 12 articles without a topic" in result.out
    assert "from 2023-03-10" in result.out and BAGELS[0] in result.out
    assert "news-topics queue ARCHIVE --topic NEW-ID --phrase б" in result.out
    assert "only 13 articles" in result.err


def test_the_date_column_may_have_another_name(run, archive, tmp_path):
    table = pd.read_csv(archive).rename(columns={"date": "day"})
    table.to_csv(tmp_path / "renamed.csv", index=False)
    assert "from 2023-03-10" in run("compare", tmp_path / "renamed.csv", "--date-column", "day").out
    without = run("compare", tmp_path / "renamed.csv")
    assert "Words typical of the 12 articles without a topic" in without.out and "date" not in without.err
    assert "column 'published' of --date-column tells too few dates" in (
        run("compare", archive, "--date-column", "published").err
    )


def test_json_holds_all_figures(run, archive, own_model):
    found = json.loads(run("compare", archive, "--model", own_model, "--format", "json", "-n", "2").out)
    assert (found["articles"], found["judged"], found["since"]) == (13, 13, "")
    assert found["reference"] == REFERENCE
    assert {row["measure"]: row["high"] for row in found["measures"]}["no_topic"] == 0.05
    assert len(found["typical"]) == 2 and found["typical"][0].keys() == {"word", "articles", "share", "beside", "times"}


def test_a_model_without_a_reference_shows_the_figures_alone(run, archive, model):
    result = run("compare", archive, "--model", model)
    assert result.code == 0 and "outlets never seen" not in result.out
    assert "The model holds no reference to compare with" in result.out


def test_the_shipped_model_has_a_reference_of_its_outlets(run):
    found = json.loads(run("compare", EXAMPLES / "archive.csv", "--format", "json").out)
    assert found["reference"].keys() >= {"fontanka", "lenta", "rbc2020", "rt", "telegram"}
    assert all(row["place"] for row in found["measures"])


def test_an_extended_model_has_the_reference_of_its_base(run, own_model, archive, tmp_path):
    labels = pd.DataFrame({"id": range(13), "topics": ["загадка"] * 6 + [""] * 7})
    labels.to_csv(tmp_path / "labels.csv", index=False)
    arguments = ("--labels", tmp_path / "labels.csv", "--topic", "загадка", "--min-examples", "5")
    extended = run("extend", own_model, "--archive", archive, *arguments, "-o", tmp_path / "extended")
    assert extended.code == 0, extended.err
    out = run("compare", archive, "--model", tmp_path / "extended").out
    assert "by the model before it was extended: Вестник, Маяк" in out


@pytest.mark.parametrize(
    ("text", "advice"),
    [("Hello, world", "none of 1 article can be judged"), ("", "can be judged, so there is nothing to compare")],
)
def test_an_archive_of_which_nothing_can_be_judged_is_refused(run, tmp_path, text, advice):
    pd.DataFrame({"id": ["1"], "text": [text]}).to_csv(tmp_path / "a.csv", index=False)
    result = run("compare", tmp_path / "a.csv")
    assert result.code == 1 and advice in result.err and not result.out


def test_an_archive_without_articles_is_told(run, tmp_path):
    (tmp_path / "a.csv").write_text("id,text\n")
    result = run("compare", tmp_path / "a.csv")
    assert result.code == 1 and "the archive is empty" in result.err


def test_articles_that_the_model_was_trained_on_are_told(run, model):
    result = run("compare", EXAMPLES / "train.csv", "--model", model)
    assert "the model was trained on 34 of these articles" in result.err


def test_where_every_article_has_a_topic_there_is_no_candidate(run, news):
    assert "Every article has a topic." in run("compare", news(6)).out


def test_where_a_measure_is_worse_it_says_how_to_find_out_more(run, tmp_path):
    foreign = pd.DataFrame({"text": ["Hello, world"] * 20 + ["Сборная выиграла матч чемпионата"] * 20})
    foreign.to_csv(tmp_path / "foreign.csv", index=False)
    assert "Before you rely on topics here, measure" in run("compare", tmp_path / "foreign.csv").out
