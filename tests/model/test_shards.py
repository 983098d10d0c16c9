import numpy as np
import pandas as pd
import pytest

from classifier.errors import UsageError
from classifier.model.shards import encode_groups, group_rows


def test_outlets_are_numbered_and_gaps_are_not():
    assert encode_groups(["rt", "", "lenta", None, float("nan"), "rt"], 6).tolist() == [1, -1, 0, -1, -1, 1]
    assert encode_groups(None, 2).tolist() == [-1, -1]
    assert encode_groups(pd.Series(["x", None, " "], dtype="string"), 3).tolist() == [0, -1, -1]


def test_as_many_outlets_as_texts_are_needed():
    with pytest.raises(UsageError, match="3 texts but 1 groups"):
        encode_groups(["rt"], 3)


@pytest.mark.parametrize("groups", ["abc", {"a", "b", "c"}, {"a": 1}, 5])
def test_what_is_no_list_of_outlets_is_refused(groups):
    with pytest.raises(UsageError, match=f"groups is {type(groups).__name__}, not a list with the outlet of each text"):
        encode_groups(groups, 3)


def test_rows_are_gathered_by_outlet():
    assert [rows.tolist() for rows in group_rows(np.array([1, -1, 0, 1]))] == [[2], [0, 3]]
