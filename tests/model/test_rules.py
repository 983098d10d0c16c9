"""Rules beside the model: what they do, how their file is read, and what is refused."""

import json
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import UsageError
from classifier.model.attribution import explain
from classifier.model.predictions import MODEL, RULE, Predictions
from classifier.model.rules import Rule, Rules, read_rules
from tests.conftest import EXAMPLES

TEXTS = ["Ледокол вышел в море", "Матч отложен\nЛедоколы ждут", "Ледокол знаний"]


def predicted(*y_pred, classes=("sport", "culture")):
    """Predictions of 0.9 where a topic is given, else 0.1."""
    y_pred = np.array(y_pred, np.int8)
    return Predictions(list(classes), np.where(y_pred, 0.9, 0.1), y_pred, [""] * len(y_pred))


def apply(rules, *y_pred):
    """The topics and origins of the texts after some rules."""
    columns = Rules(rules).apply(predicted(*y_pred), TEXTS[: len(y_pred)]).columns()
    return columns["topics"], columns["origins"]


def test_a_rule_adds_a_topic_whatever_the_model_says():
    topics, origins = apply([Rule("culture", phrases=("ледокол",))], [1, 0], [0, 1], [0, 0])
    assert topics == [["sport", "culture"], ["culture"], ["culture"]]
    assert origins == [["model", "rule"], ["model"], ["rule"]]


def test_a_topic_that_the_model_does_not_have_comes_last_and_without_a_probability():
    columns = (
        Rules([Rule("арктика", phrases=("море",))]).apply(predicted([1, 0], [0, 0]), TEXTS[:2]).columns(all_topics=True)
    )
    assert columns["topics"] == [["sport", "арктика"], []]
    assert columns["probabilities"] == [[0.9, None], []]
    assert list(columns) == ["topics", "probabilities", "origins", "note", "sport", "culture"]


def test_a_text_that_cannot_be_judged_has_no_probability_for_what_a_rule_gives():
    said = Predictions(["sport"], np.zeros((1, 1)), np.zeros((1, 1), np.int8), ["not Russian"])
    columns = Rules([Rule("sport", phrases=("ледокол",))]).apply(said, TEXTS[:1]).columns()
    assert (columns["topics"], columns["probabilities"], columns["note"]) == ([["sport"]], [[None]], ["not Russian"])


def test_phrases_in_without_cancel_a_rule():
    rule = Rule("culture", phrases=("ледокол",), without=("ледокол знаний", "матч"))
    assert apply([rule], [0, 0], [0, 0], [0, 0])[0] == [["culture"], [], []]


def test_a_rule_may_look_at_the_headline_alone():
    rule = Rule("culture", phrases=("ледокол",), where="headline")
    assert apply([rule], [0, 0], [0, 0])[0] == [["culture"], []]


REMOVE, BLOCK, ADD = (Rule("sport", action, ("ледокол",)) for action in ("remove", "block", "add"))


@pytest.mark.parametrize(
    ("rules", "origins"),
    [
        ([], ["model"]),
        ([REMOVE], []),
        ([BLOCK], []),
        ([ADD], ["model"]),
        ([REMOVE, ADD], ["rule"]),  # what the model gave is gone, what a rule gives stays
        ([BLOCK, ADD], []),
        ([BLOCK, REMOVE, ADD], []),
    ],
)
def test_remove_takes_what_the_model_gave_and_block_what_rules_add_too(rules, origins):
    for order in (rules, rules[::-1]):
        assert apply(order, [1, 0])[1] == [origins]


def test_remove_and_block_without_phrases_apply_to_every_article():
    assert apply([Rule("sport", "block")], [1, 1], [1, 0])[0] == [["culture"], []]
    assert apply([Rule("sport", "remove", without=("матч",))], [1, 0], [1, 0])[0] == [[], ["sport"]]


ANY_RULE = st.builds(
    Rule,
    st.sampled_from(["sport", "culture", "новая"]),
    st.sampled_from(["add", "remove", "block"]),
    st.sampled_from([("ледокол",), ("море", "ждать*"), ("матч",)]),
    st.sampled_from([(), ("знание",)]),
    st.sampled_from(["text", "headline"]),
)


@given(st.lists(ANY_RULE, max_size=6), st.lists(st.tuples(st.booleans(), st.booleans()), min_size=3, max_size=3))
def test_whatever_the_rules_each_tag_has_its_origin_and_the_model_is_left_as_it_was(rules, y_pred):
    try:
        rules = Rules(rules)
    except UsageError:  # some are the same
        return
    said = predicted(*y_pred)
    made = rules.apply(said, TEXTS)
    assert said.y_pred.astype(bool).tolist() == [list(row) for row in y_pred] and said.origins is None
    for row, text in enumerate(TEXTS):
        effects = rules.effects(text)
        by_rule = {(effect.rule.action, effect.rule.topic) for effect in effects}
        for column, topic in enumerate(made.classes):
            model = topic in said.classes and y_pred[row][column] and ("remove", topic) not in by_rule
            expected = (model or ("add", topic) in by_rule) and ("block", topic) not in by_rule
            assert bool(made.y_pred[row, column]) == expected
            assert not expected or made.origins[row, column] == (MODEL if model else RULE)


def test_the_example_is_read_and_can_be_sent_to_another_process(shipped):
    rules = read_rules(EXAMPLES / "rules.toml")
    rules.check_topics(shipped.classes)
    text = "Караван прошёл по Северному морскому пути"
    for copy in (rules, pickle.loads(pickle.dumps(rules))):
        assert copy.matches([text]).tolist() == [[True, False, False]] and copy.topics[0] == "арктика"


RULE_A = '[[rule]]\ntopic = "a"\n'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "write [[rule]] above each rule, and nothing outside the rules"),
        (f"version = 1\n{RULE_A}", "nothing outside the rules"),
        ('[rule]\ntopic = "a"', "write [[rule]] above each rule"),
        ("rule = [1]", "rule 1: write [[rule]] above it"),
        ("[[rule]]", "rule 1: it has no topic"),
        ("[[rule]]\ntopic = 1", "rule 1: topic is 1, not a string"),
        ('[[rule]]\ntopic = ""', "rule 1: topic '' is empty"),
        ('[[rule]]\ntopic = "a;b"', "holds ';', which separates topics"),
        ('[[rule]]\ntopic = "a\\u001b"', "control characters"),
        ('[[rule]]\ntopik = "a"', "rule 1: unknown key 'topik'; did you mean 'topic'?"),
        ("[[rule]]\nx = 1", "a rule has topic, action, phrases, without and where"),
        (RULE_A, "rule 1: it adds its topic to every article: write phrases"),
        (f"{RULE_A}phrases = []", "phrases is empty"),
        (f'{RULE_A}phrases = "ледокол"', "phrases is 'ледокол', not a list of strings"),
        (f"{RULE_A}phrases = [1]", "not a list of strings"),
        (f'{RULE_A}phrases = ["и"]', "rule 1: phrase 'и' has only numbers and words like"),
        (f'{RULE_A}phrases = ["ледокол", "ледоколы"]', "phrase 'ледоколы' repeats 'ледокол'"),
        (f'{RULE_A}phrases = ["ледокол знаний"]\nwithout = ["ледокол"]', "'ледокол знаний' can never count"),
        (f'{RULE_A}action = "drop"', "action is 'drop': take add, remove, block"),
        (f'{RULE_A}phrases = ["мир"]\nwhere = "lead"', "where is 'lead': take text, headline"),
        (f'{RULE_A}phrases = ["мир"]\n' * 2, "rule 2: it says what rule 1 says"),
        (f'{RULE_A}phrases = ["мир"]\n{RULE_A}action = "block"', "rule 1: it can never count: rule 2 blocks 'a' always"),
        ("x = ", "is not TOML: "),
        ("a = " + "[" * 100_000, "is not TOML: "),
        ("a = " + "9" * 5000, "is not TOML: "),
        (b"\xff\xfe", "is not in UTF-8"),
        (b"#" * 10_000_001, "it has more than 10,000,000 bytes"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_one_line_of_advice_with_its_name(tmp_path, content, message):
    path = tmp_path / "rules.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UsageError) as error:
        read_rules(path)
    assert str(error.value).startswith(str(path)) and message in str(error.value) and "\n" not in str(error.value)


def test_a_file_may_begin_with_a_mark_and_have_the_line_ends_of_windows(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_bytes(b"\xef\xbb\xbf" + f'{RULE_A}phrases = ["мир"]'.replace("\n", "\r\n").encode())
    assert read_rules(path).rules == [Rule("a", phrases=("мир",))]


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(UsageError, match="cannot read .*: No such file"):
        read_rules(tmp_path / "rules.toml")


def test_rules_apply_to_the_topics_of_a_model_from_python(shipped):
    rules = read_rules(EXAMPLES / "rules.toml")
    texts = ["Ледоколы ждут", *["Сборная выиграла матч чемпионата"] * 1000, "Сборная выиграла гонку вооружений, матч"]
    topics = shipped.topics(texts, rules=rules)
    assert "арктика" in topics[0] and topics[1:1001] == [["sport"]] * 1000 and "sport" not in topics[-1]


@pytest.mark.parametrize("action", ["remove", "block"])
def test_nothing_can_be_taken_away_that_is_never_given(action):
    rules = Rules([Rule("новая", phrases=("мир",)), Rule("sprot", action, ("мир",))])
    with pytest.raises(UsageError, match=f"rule 2: nothing to {action}: .* no topic 'sprot'; did you mean 'sport'"):
        rules.check_topics(["sport"])
    Rules([Rule("новая", phrases=("мир",)), Rule("новая", "block", ("война",))]).check_topics(["sport"])


def test_an_explanation_says_which_rule_gave_or_took_a_topic_and_marks_its_phrases(shipped):
    text = "Сборная выиграла матч чемпионата по хоккею\nИгроки приплыли на <ледоколе>."
    rules = Rules(
        [Rule("sport", "remove", ("матч",)), Rule("арктика", phrases=("ледокол*",)), Rule("space", phrases=("хоккей",))]
    )
    explanation = explain(shipped, text, rules=rules)
    assert explanation.effect_lines() == [
        "Rule 1 takes away sport: матч",
        "Rule 2 gives арктика: ледоколе",
        "Rule 3 gives space: хоккею",
    ]
    verdicts = {reason.topic: explanation.verdict(reason.topic) for reason in explanation.reasons}
    assert verdicts["sport"] == "taken away by rule 1" and verdicts["space"] == "given by rule 3"
    assert "".join(piece for piece, _ in explanation.phrases()) == text
    assert [piece for piece, is_phrase in explanation.phrases() if is_phrase] == ["матч", "хоккею", "ледоколе"]
    told = json.loads(json.dumps(explanation.to_dict()))
    assert {topic["id"]: topic["given"] for topic in told["topics"]} == {"sport": False, "space": True}
    assert told["rules"][0] == {
        "rule": 1,
        "topic": "sport",
        "action": "remove",
        "phrases": [{"start": 17, "end": 21, "form": "матч"}],
    }
    html = explanation.html("en")
    assert "<li>Rule 1 takes away sport: матч</li>" in html and '&lt;<mark class="l3">ледоколе</mark>&gt;' in html
    assert "rules" not in explain(shipped, text).to_dict()
    assert "sport 0.9" in repr(explanation) and "(taken away by rule 1)" in repr(explanation)


def test_a_key_of_many_parts_is_refused_at_once(tmp_path):
    (tmp_path / "rules.toml").write_text(".".join(["a"] * 20_000) + " = 1", encoding="utf-8")
    with pytest.raises(UsageError, match="a key has more than 50 parts"):
        read_rules(tmp_path / "rules.toml")
