import json
import os
import re

import numpy as np
import pandas as pd
import pytest

from classifier.model.predictor import load_predictor
from classifier.storage.model_folder import read_manifest
from tests.conftest import EXAMPLES
from tests.model.test_extension import ARCTIC

TEXTS = pd.read_csv(EXAMPLES / "train.csv").fillna("")


@pytest.fixture
def desk(tmp_path):
    """A desk's archive, and labels of it: a new topic, one corrected everywhere, and some articles without a topic."""
    arctic = pd.DataFrame({"id": [f"a{row}" for row in range(len(ARCTIC))], "text": ARCTIC})
    pd.concat([TEXTS[["id", "title", "text"]], arctic]).to_csv(tmp_path / "archive.csv", index=False)
    labels = pd.DataFrame({"id": arctic.id[:10], "topics": "арктика", "chosen": "phrase"})
    others = pd.DataFrame({"id": TEXTS.id[:30].astype(str), "topics": TEXTS.topics[:30], "chosen": "random"})
    pd.concat([labels, others]).to_csv(tmp_path / "labels.csv", index=False)
    return tmp_path


@pytest.fixture
def extend(run, desk):
    def command(*arguments, labels="labels.csv"):
        archive = desk / "archive.csv"
        return run("extend", *arguments, "--labels", desk / labels, "--archive", archive, "-o", desk / "mine")

    return command


def test_a_new_topic_is_added_and_found(extend, run, desk):
    result = extend("--topic", "арктика")
    assert result.code == 0
    row = next(line for line in result.out.splitlines() if line.startswith("арктика"))
    assert re.match(r"арктика +new +10 +\d+ ", row)
    (desk / "a.txt").write_text(ARCTIC[-1], encoding="utf-8")
    answer = json.loads(run("predict", desk / "a.txt", "--model", desk / "mine", "--format", "jsonl").out)
    assert "арктика" in answer["topics"]


def test_other_topics_keep_their_answers_to_the_last_bit(extend, desk, shipped):
    extend("--topic", "арктика")
    texts = [*TEXTS.text, *ARCTIC]
    after = load_predictor(desk / "mine").decision_function(texts)
    np.testing.assert_array_equal(after[:, :-1], shipped.decision_function(texts))


def test_topics_that_a_label_names_are_corrected_in_a_model_of_ones_own(extend, desk, model):
    result = extend(model)
    assert result.code == 0 and "micro-F1 of the corrected topics was" in result.out
    changes = {row["topic"]: row["change"] for row in read_manifest(desk / "mine")["extensions"][0]["topics"]}
    assert changes.pop("арктика") == "new" and set(changes.values()) == {"corrected"}
    assert set(changes) == {topic for topics in TEXTS.topics[:30] for topic in topics.split(";") if topic}


def test_what_to_expect_is_in_the_card_and_an_extension_can_be_extended(extend, run, desk):
    extend("--topic", "арктика")
    assert "| арктика | new | 10 |" in (desk / "mine" / "README.md").read_text(encoding="utf-8")
    again = run(
        *("extend", desk / "mine", "--labels", desk / "labels.csv", "--archive", desk / "archive.csv"),
        *("--topic", "арктика", "-o", desk / "again"),
    )
    assert again.code == 0 and re.search("^арктика +corrected", again.out, re.MULTILINE)
    shown = " ".join(run("info", "--model", desk / "again").out.split())
    assert "арктика added, from 40 articles read; 1 topic corrected, from 40 articles read" in shown


def test_topics_that_no_label_names_are_warned_of(extend, desk):
    TEXTS[["id"]].head(12).assign(topics="sport").to_csv(desk / "few.csv", index=False)
    result = extend(labels="few.csv")
    assert result.code == 0 and "44 of 45 corrected topics have no example among the 12 articles read" in result.err
    assert "no example" not in extend("--topic", "sport", labels="few.csv").err


def test_labels_without_random_articles_are_warned_of(extend, desk):
    pd.read_csv(desk / "labels.csv").drop(columns="chosen").to_csv(desk / "plain.csv", index=False)
    result = extend("--topic", "арктика", labels="plain.csv")
    assert result.code == 0 and "no article was read at random, so nothing tells" in result.err
    assert "only 30 articles read at random" in extend("--topic", "арктика").err


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["--topic", "космос"], "no article of the archive is labelled 'космос'"),
        (["--min-examples", "11"], "too few examples (under 11) of: арктика 10"),
        (["--encoding", "none"], "none"),
    ],
)
def test_wrong_use_is_told_and_nothing_written(extend, desk, arguments, advice):
    result = extend(*arguments)
    assert result.code == 2 and advice in result.err and not (desk / "mine").exists()


def test_labels_of_other_articles_are_refused_or_told(extend, desk):
    (desk / "other.csv").write_text("id,topics\nx1,sport\n", encoding="utf-8")
    assert "no article of the archive has a label" in extend(labels="other.csv").err
    labels = pd.concat([pd.read_csv(desk / "labels.csv"), pd.DataFrame({"id": ["x1"], "topics": ["арктика"]})])
    labels.to_csv(desk / "other.csv", index=False)
    assert "1 labels belong to none of them" in extend("--topic", "арктика", labels="other.csv").err


def test_the_output_replaces_nothing_that_is_read(run, desk):
    (desk / "folder").mkdir()
    (desk / "folder" / "news.csv").write_text("text\nМатч\n", encoding="utf-8")
    result = run("extend", "--labels", desk / "labels.csv", "--archive", desk / "folder", "-o", desk / "folder")
    assert result.code == 2 and "holds other files" in result.err
    assert run("extend", "--labels", desk / "labels.csv", "--archive", "-", "-o", desk / "m").code == 2


def test_a_rare_topic_is_to_be_checked_on_articles_that_get_it(extend, run, desk):
    advice = extend("--topic", "арктика").err
    assert "next to no article read at random gets арктика" in advice and "--given арктика" in advice
    chosen = run(
        "queue", desk / "archive.csv", "--model", desk / "mine", "--given", "арктика", "-o", desk / "check.csv"
    )
    assert chosen.code == 0 and "that get the topic" in chosen.err


def test_a_pipe_cannot_be_read_twice(run, desk):
    os.mkfifo(desk / "pipe")
    result = run("extend", "--labels", desk / "labels.csv", "--archive", desk / "pipe", "-o", desk / "mine")
    assert result.code == 2 and "it is read twice" in result.err


def test_labels_that_do_not_tell_what_is_without_the_topic_are_warned_of(run, desk):
    few = pd.read_csv(desk / "archive.csv").iloc[-12:]
    few.to_csv(desk / "few.csv", index=False)
    everywhere = pd.DataFrame({"id": few.id[:9], "topics": "море", "chosen": "random"})
    everywhere.to_csv(desk / "sea.csv", index=False)
    options = ["--min-examples", "9", "-o", desk / "mine"]
    result = run("extend", "--labels", desk / "sea.csv", "--archive", desk / "few.csv", *options)
    assert result.code == 0 and "most articles get море" in result.err
