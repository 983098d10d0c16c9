import pandas as pd
import pytest

from classifier.data.writers.frame import write_frame
from classifier.duplicates import clusters, find_clusters
from classifier.duplicates.tables import clusters_table, is_clusters, largest_clusters, read_clusters
from classifier.errors import Error, UsageError
from tests.duplicates.conftest import BRIDGE, BRIDGE_AGENCY, HARVEST

TEXTS = [BRIDGE, HARVEST, BRIDGE_AGENCY]
IDS = ["1", "2", "3"]


@pytest.fixture
def table():
    return clusters_table(IDS, find_clusters(TEXTS))


def test_a_frame_keeps_its_index_and_clusters_are_called_by_it():
    frame = pd.DataFrame({"text": [None, *TEXTS], "date": [None, "2024-11-02", None, "2024-11-01"]}, index=list("wxyz"))
    found = clusters(frame)
    assert found.index.tolist() == frame.index.tolist()
    assert found.cluster.tolist() == ["w", "z", "y", "z"]
    assert found["first"].tolist() == [True, False, True, True] and found["size"].tolist() == [1, 2, 1, 2]


def test_headlines_count_and_columns_can_be_named():
    frame = pd.DataFrame({"body": ["Текст"] * 3, "head": ["Матч", "Матч", "Суд"], "day": ["2024-11-01"] * 3})
    assert clusters(frame, "body", "head", "day").cluster.tolist() == [0, 0, 2]


def test_a_frame_without_texts_is_refused():
    with pytest.raises(UsageError, match="no column 'text'"):
        clusters(pd.DataFrame({"body": ["Текст"]}))


def test_every_article_has_a_row(table):
    assert table.to_dict("list") == {
        "id": IDS,
        "cluster": ["1", "2", "1"],
        "first": [True, True, False],
        "size": [2, 1, 2],
    }


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet", "xlsx"])
def test_clusters_are_read_as_they_were_written(tmp_path, table, ending):
    pytest.importorskip("python_calamine", reason="python-calamine is not installed: pip install '.[office]'")
    path = tmp_path / f"clusters.{ending}"
    write_frame(table, path)
    assert read_clusters(path).to_dict("list") == table[["id", "cluster", "first"]].to_dict("list")
    assert is_clusters(path)


def test_a_table_that_somebody_has_added_to_is_read_and_is_no_longer_ours(tmp_path, table):
    write_frame(table.assign(remark="проверить"), tmp_path / "clusters.csv")
    assert len(read_clusters(tmp_path / "clusters.csv")) == 3 and not is_clusters(tmp_path / "clusters.csv")


def test_missing_columns_are_named(tmp_path):
    pd.DataFrame({"id": ["1"], "topics": [""]}).to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(UsageError, match=r"lacks 'cluster', 'first' \(there are: id, topics\)"):
        read_clusters(tmp_path / "a.csv")


def test_an_id_that_occurs_twice_is_refused(tmp_path, table):
    write_frame(pd.concat([table, table]), tmp_path / "a.csv")
    with pytest.raises(Error, match="more than one row for id '1'"):
        read_clusters(tmp_path / "a.csv")


def test_first_is_true_or_false(tmp_path, table):
    write_frame(table.assign(first=["да", "true", "1"]), tmp_path / "a.csv")
    with pytest.raises(Error, match="'first' holds 'да', neither true nor false"):
        read_clusters(tmp_path / "a.csv")


@pytest.mark.parametrize("content", ["", "id,topics\n1,sport\n", "{", "\0"])
def test_other_files_are_not_ours(tmp_path, content):
    (tmp_path / "a.csv").write_text(content, encoding="utf-8")
    assert not is_clusters(tmp_path / "a.csv")


def test_the_largest_clusters_are_shown_with_their_days():
    dates = ["2024-11-02", "2024-11-05", "2024-11-01", None, None, None]
    found = find_clusters([*TEXTS, "Матч", "Матч", "Матч"], dates)
    shown = largest_clusters(list("абвгде"), found, 5)
    assert shown.values.tolist() == [[3, "", "", "г"], [2, "2024-11-01", "2024-11-02", "в"]]
    assert len(largest_clusters(list("абвгде"), found, 1)) == 1
