"""The code for Dask, Spark and Ray in ``classifier/dask/README.md`` runs, where they are installed."""

import os
import re
import shutil
import sys
from pathlib import Path

import pandas as pd
import pytest

import classifier
from classifier import tag_frame

README = (Path(classifier.__file__).parent / "dask" / "README.md").read_text(encoding="utf-8")
NEWS = pd.DataFrame(
    {
        "id": [str(row) for row in range(60)],
        "title": ["Глава МИД прибыл с визитом в Дели", None, "Hello"] * 20,
        "text": ["Министры обсудят поставки оружия.", "Суд вынес приговор бывшему мэру.", None] * 20,
    }
)


@pytest.fixture
def tables(tmp_path, monkeypatch):
    """A folder with the archive and the labelled articles that the code reads."""
    monkeypatch.chdir(tmp_path)
    for name, table in {"archive": NEWS, "labelled": NEWS.assign(topics=[["a", "b"], ["a"], []] * 20)}.items():
        (tmp_path / name).mkdir()
        for part in range(2):
            table[30 * part : 30 * (part + 1)].to_parquet(tmp_path / name / f"{part}.parquet")


def run_code(engine, **names):
    """Run the code of the README that names this engine; return all names that it sets."""
    (code,) = (block for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if engine in block)
    exec(code, names)
    return names


def assert_right(tagged):
    expected = tag_frame(NEWS, keep=["id"])
    tagged = tagged.set_index("id").loc[expected.id]
    assert [list(topics) for topics in tagged.topics] == expected.topics.tolist()
    assert [list(values) for values in tagged.probabilities] == expected.probabilities.tolist()
    assert tagged.note.tolist() == expected.note.tolist()


def test_dask(tables):
    pytest.importorskip("dask.dataframe", reason="Dask is not installed: pip install '.[dask]'")
    names = run_code("dask.dataframe")
    assert_right(names["tagged"].compute())
    assert_right(pd.read_parquet("tagged"))
    assert names["own"].classes_.tolist() == ["a", "b"]


@pytest.mark.filterwarnings("default")
def test_spark(tables, monkeypatch):
    sql = pytest.importorskip("pyspark.sql", reason="Spark is not installed: pip install pyspark")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark needs Java, which is not installed")
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)  # else its workers are started by any python3
    with sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", False).getOrCreate() as spark:
        assert_right(run_code("mapInPandas", spark=spark)["tagged"].toPandas())


@pytest.mark.filterwarnings("default")
def test_ray(tables):
    ray = pytest.importorskip("ray", reason="Ray is not installed: pip install 'ray[data]'")
    ray.init(num_cpus=2, include_dashboard=False, logging_level="ERROR")
    try:
        assert_right(run_code("map_batches")["tagged"].to_pandas())
    finally:
        ray.shutdown()
