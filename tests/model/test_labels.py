import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from classifier.errors import UsageError
from classifier.model.labels import check_examples, encode_labels, micro_f1

NAMES, MATRIX = ["культура", "спорт"], [[1, 1], [0, 0], [0, 1]]
ROWS, STRINGS = [["спорт", "культура"], [], ["спорт"]], ["спорт;культура", "", " спорт "]


@pytest.mark.parametrize(
    "y",
    [
        ROWS,
        [tuple(ROWS[0]), set(), np.array(["спорт"])],
        pd.Series(ROWS),
        pd.DataFrame({"topics": ROWS}),
        [[*ROWS[0], "спорт"], [], ["спорт"]],
        STRINGS,
        [STRINGS[0], [], ["спорт"]],
        pd.Series(STRINGS, index=[7, 7, 7]),
        pd.Series(STRINGS, dtype="category"),
        np.array(STRINGS),
        np.array(STRINGS, dtype=object),
        pd.DataFrame({"topics": STRINGS}),
        pd.DataFrame(MATRIX, columns=NAMES),
        pd.DataFrame(MATRIX, columns=NAMES, dtype=bool),
        pd.DataFrame(MATRIX, columns=NAMES, dtype=float),
        pd.DataFrame(MATRIX, columns=NAMES, dtype="Int64"),
    ],
)
def test_topics_with_names_become_an_indicator(y):
    classes, y_true = encode_labels(y)
    assert classes.dtype == object and classes.tolist() == NAMES
    assert y_true.dtype == np.int8 and y_true.tolist() == MATRIX


def test_a_frame_keeps_the_order_of_its_columns():
    classes, y_true = encode_labels(pd.DataFrame([[1, 0]], columns=["я", "а"]))
    assert (classes.tolist(), y_true.tolist()) == (["я", "а"], [[1, 0]])


@pytest.mark.parametrize(
    "y",
    [
        MATRIX,
        np.array(MATRIX),
        np.array(MATRIX, bool),
        np.array(MATRIX, float),
        np.array(MATRIX, object),
        csr_array(MATRIX),
        pd.DataFrame(MATRIX),
    ],
    ids=["lists", "integers", "booleans", "floats", "objects", "sparse", "frame"],
)
def test_topics_without_names_are_numbered(y):
    classes, y_true = encode_labels(y)
    assert classes.dtype == object and classes.tolist() == ["0", "1"]
    assert y_true.dtype == np.int8 and y_true.tolist() == MATRIX


def test_one_column_of_zeros_and_ones_is_an_indicator():
    classes, y_true = encode_labels(pd.DataFrame({"спорт": [1, 0]}))
    assert (classes.tolist(), y_true.tolist()) == (["спорт"], [[1], [0]])


@pytest.mark.parametrize("value", [float("nan"), None, 2, -1, 0.5, "1", pd.NA], ids=repr)
@pytest.mark.parametrize(
    "form, column",
    [
        (lambda rows: pd.DataFrame(rows, columns=NAMES), "'спорт'"),
        (lambda rows: np.array(rows, dtype=object), 1),
        (list, 1),
    ],
)
def test_a_value_other_than_0_and_1_is_refused_with_its_place(form, column, value):
    with pytest.raises(UsageError, match=f"indicator matrix of 0 and 1, but its row 1, column {column} is") as error:
        encode_labels(form([[0, 1], [1, value], [5, 5]]))
    assert isinstance(error.value, ValueError)


@pytest.mark.parametrize("gap", [None, float("nan"), pd.NA], ids=repr)
@pytest.mark.parametrize("form", [list, pd.Series, lambda rows: pd.DataFrame({"topics": rows})])
@pytest.mark.parametrize("row", ["спорт", ["спорт"]], ids=["strings", "lists"])
def test_a_gap_is_refused_with_its_place(row, form, gap):
    with pytest.raises(UsageError, match=r"y\[1\] is .*: a text without a topic has '' or \[\]"):
        encode_labels(form([row, gap]))


@pytest.mark.parametrize(
    "y",
    [
        [[0, 1], [1]],
        [0, 1, 1],
        np.zeros(3),
        pd.Series([0, 1]),
        [],
        np.zeros((2, 2, 2)),
        "спорт;культура",
        {"a": [1]},
        {"спорт"},
        np.array("спорт"),
        None,
        5,
    ],
    ids=[
        "ragged",
        "flat",
        "vector",
        "Series",
        "empty",
        "three axes",
        "one string",
        "dict",
        "set",
        "0-d",
        "None",
        "number",
    ],
)
def test_anything_else_is_refused(y):
    with pytest.raises(UsageError, match="list of topic ids for each text.* or an indicator matrix"):
        encode_labels(y)


def test_a_topic_that_names_two_columns_is_refused():
    with pytest.raises(UsageError, match="'спорт'"):
        encode_labels(pd.DataFrame(MATRIX, columns=["спорт", "спорт"]))


@pytest.mark.parametrize("count, right", [(2, False), (3, True), (7, True), (8, False)])
def test_a_topic_takes_three_texts_with_it_and_three_without(count, right):
    if right:
        check_examples(["спорт"], [count], 10)
    else:
        with pytest.raises(UsageError, match=f"'спорт' is on {count} of 10 texts; it takes 3 with it and 3 without"):
            check_examples(["спорт"], [count], 10)


@pytest.mark.parametrize("name", ["micro", "macro", "samples", "спорт;культура", "", " ", "\ud800"])
def test_an_id_that_files_and_reports_could_not_show_is_refused(name):
    with pytest.raises(UsageError, match="give it another id"):
        check_examples([name], [5], 10)


@pytest.mark.parametrize(
    "y, score",
    [
        (MATRIX, 1),
        (["спорт;культура", "", "спорт"], 1),
        (pd.DataFrame([[1, 1], [0, 0], [1, 0]], columns=["спорт", "культура"]), 1),
        (["спорт", "", "спорт"], 0.8),  # one of three topics given is wrong
        (["спорт;культура", "космос", "спорт"], 6 / 7),  # a topic that the model does not know is missed
        (["", "", ""], 0),
    ],
)
def test_micro_f1_of_labels_of_any_kind(y, score):
    assert micro_f1(y, np.array(MATRIX, np.int8), NAMES) == pytest.approx(score)
