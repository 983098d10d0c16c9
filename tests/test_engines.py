"""What the README says of Dask, Spark and Ray does what it says, where they are installed."""

import os
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from classifier import tag_frame

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
NEWS = pd.DataFrame(
    {
        "id": [str(row) for row in range(60)],
        "title": ["Глава МИД прибыл с визитом в Дели", None, "Hello"] * 20,
        "text": ["Министры обсудят поставки оружия.", "Суд вынес приговор бывшему мэру.", None] * 20,
    }
)


@pytest.fixture
def archive(tmp_path, monkeypatch):
    """A folder with an archive and labelled articles."""
    monkeypatch.chdir(tmp_path)
    for name, table in {"archive": NEWS, "labelled": NEWS.assign(topics=[["a", "b"], ["a"], []] * 20)}.items():
        (tmp_path / name).mkdir()
        for part in range(2):
            table[30 * part : 30 * (part + 1)].to_parquet(tmp_path / name / f"{part}.parquet")


def told(engine, **names):
    """Run the code of the README that holds this word, and give what it calls `tagged`."""
    (code,) = (block for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if engine in block)
    exec(code, names)
    return names["tagged"]


def assert_right(tagged):
    expected = tag_frame(NEWS, keep=["id"])
    tagged = tagged.set_index("id").loc[expected.id]
    assert [list(topics) for topics in tagged.topics] == expected.topics.tolist()
    assert [list(values) for values in tagged.probabilities] == expected.probabilities.tolist()
    assert tagged.note.tolist() == expected.note.tolist()


def test_dask(archive):
    pytest.importorskip("dask.dataframe", reason="Dask is not installed: pip install '.[dask]'")
    assert_right(told("dask.dataframe").compute())
    assert_right(pd.read_parquet("tagged"))


@pytest.mark.filterwarnings("default")
def test_spark(archive):
    sql = pytest.importorskip("pyspark.sql", reason="Spark is not installed: pip install pyspark")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark needs a Java machine, and there is none")
    with sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", False).getOrCreate() as spark:
        assert_right(told("mapInPandas", spark=spark).toPandas())


@pytest.mark.filterwarnings("default")
def test_ray(archive):
    ray = pytest.importorskip("ray", reason="Ray is not installed: pip install 'ray[data]'")
    ray.init(num_cpus=2, include_dashboard=False, logging_level="ERROR")
    try:
        assert_right(told("map_batches").to_pandas())
    finally:
        ray.shutdown()
