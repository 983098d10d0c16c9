import io
import json
import re
import subprocess

import pandas as pd
import pytest

from classifier.topics import taxonomy
from tests.cli.conftest import COMMAND

ROWS = {
    "diplomacy": {
        "topic": "diplomacy",
        "ru": "Дипломатия и внешняя политика",
        "en": "Diplomacy and foreign policy",
        "iptc": "medtop:20000639 diplomacy",
        "iptc-top": "medtop:11000000 politics and government",
        "definition_ru": taxonomy()["diplomacy"].definition_ru,
        "definition_en": taxonomy()["diplomacy"].definition_en,
    },
    "погода": {
        **dict.fromkeys(["topic", "ru", "en", "iptc", "iptc-top"], "погода"),
        **dict.fromkeys(["definition_ru", "definition_en"], ""),
    },
}


@pytest.mark.parametrize("definitions", [[], ["--definitions"]], ids=["", "definitions"])
@pytest.mark.parametrize(
    "format, read",
    [
        ("json", json.loads),
        ("csv", lambda out: pd.read_csv(io.StringIO(out), keep_default_na=False).to_dict("records")),
    ],
)
def test_programs_get_names_and_definitions(run, model, format, read, definitions):
    rows = read(run("topics", "--format", format, *definitions).out)
    assert len(rows) == 45 and rows[0] == ROWS["diplomacy"]
    rows = read(run("topics", "--format", format, "--model", model, *definitions).out)
    assert len(rows) == 4 and rows[1] == ROWS["погода"]


def test_people_see_names(run, model):
    out = run("topics").out
    assert re.search(r"^diplomacy +Дипломатия и внешняя политика +Diplomacy and foreign policy +medtop:", out, re.M)
    assert taxonomy()["diplomacy"].definition_en not in out
    assert re.search(r"^погода +погода +погода ", run("topics", "--model", model).out, re.M)


def test_people_see_definitions_in_russian_and_english_on_request(run):
    out = " ".join(run("topics", "--definitions").out.split())
    for topic in taxonomy().values():
        assert f"{topic.ru} {topic.id} {topic.definition_ru} {topic.definition_en}" in out


def test_a_topic_outside_the_taxonomy_has_no_definition(run, model):
    lines = run("topics", "--definitions", "--model", model).out.splitlines()
    assert [line.strip() for line in lines[2:4]] == ["погода  погода", "no definition"]


def test_the_words_for_and_against_each_topic_are_listed(run):
    assert re.search(r"^sport\n +for +\w+ \+\d.*\n +against ", run("topics", "--words", "3").out, re.MULTILINE)
    table = pd.read_csv(io.StringIO(run("topics", "--words", "3", "--format", "csv").out))
    assert list(table.columns) == ["topic", "lemma", "weight"] and len(table) == 45 * 6


def test_a_reader_that_has_seen_enough_is_no_error():
    with subprocess.Popen(
        [COMMAND, "topics", "--words", "200"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0
