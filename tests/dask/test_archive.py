"""``news-topics predict ARCHIVE/ --output TAGGED/``: each file of an archive becomes a file of topics."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from classifier.storage.lock import lock_folder
from classifier.storage.model_folder import write_model
from tests.dask.conftest import TARGETS, files, rows

pytest.importorskip("distributed", reason="Dask is not installed: pip install '.[dask]'")
from classifier.dask import archive as archives
from classifier.data.answers import OutputOptions
from classifier.data.articles import ReadOptions


@pytest.fixture
def tagged(tmp_path):
    """The folder that `predict` writes."""
    return tmp_path / "tagged"


def read_table(path):
    return pq.read_table(path, partitioning=None).replace_schema_metadata()


def test_every_row_is_that_of_a_single_process(predict, run, archive, tagged, tmp_path):
    options = [archive, "--keep", "n", "--all", "--names", "en"]
    result = predict(*options)
    assert result.code == 0 and "files to tag: 5; workers: 2" in result.err and "1,850 articles tagged" in result.err
    assert "370 articles not judged; the note of each says why" in result.err
    assert files(tagged) == TARGETS
    assert run("predict", *options, "--output", tmp_path / "one.parquet").code == 0
    assert pa.concat_tables([read_table(tagged / name) for name in TARGETS]) == read_table(tmp_path / "one.parquet")


def test_rules_labels_and_chosen_topics_are_those_of_a_single_process(predict, run, archive, tagged, tmp_path):
    (tmp_path / "rules.toml").write_text('[[rule]]\ntopic = "зима"\nphrases = ["метель*"]', encoding="utf-8")
    (tmp_path / "labels.csv").write_text("id,topics\n0,снегопад\n1800,\n", encoding="utf-8")
    options = [archive, "--all", "--rules", tmp_path / "rules.toml", "--labels", tmp_path / "labels.csv"]
    options += ["--without", "diplomacy"]
    result = predict(*options)
    assert result.code == 0 and "2 articles with the topics of --labels" in result.err
    assert run("predict", *options, "--output", tmp_path / "one.parquet").code == 0
    table = pa.concat_tables([read_table(tagged / name) for name in TARGETS])
    assert table == read_table(tmp_path / "one.parquet")
    assert {topic for row in table["origins"].to_pylist() for topic in row} == {"model", "rule", "person"}
    assert "diplomacy" not in table.column_names and "sport" in table.column_names
    (tmp_path / "labels.csv").write_text("id,topics\n0,\n", encoding="utf-8")
    assert "comes from another model or other options" in predict(*options, "--resume").err


@pytest.mark.filterwarnings("default:.*(no column|no article has) 'none'")
def test_missing_ids_are_made_as_by_a_single_process(predict, run, archive, tagged, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert predict("news", "--id-column", "none").code == 0
    assert run("predict", "news", "--id-column", "none", "--output", "one.parquet").code == 0
    ids = [number for name in TARGETS for number in read_table(tagged / name)["id"].to_pylist()]
    assert ids == read_table("one.parquet")["id"].to_pylist() and ids[-1] == "news/z.jsonl:50"


def test_the_folder_can_be_read_as_one_table(predict, archive, tagged):
    predict(archive)
    table = pd.read_parquet(tagged)
    assert len(table) == 1850 and table["year"].dropna().unique().tolist() == [2019]


def test_kept_columns_have_the_same_type_in_all_files(predict, archive, tagged):
    shutil.rmtree(archive / "year=2019")
    (archive / "z.jsonl").unlink()
    pd.DataFrame(rows(0, 0), columns=["id", "text", "n"]).astype({"n": "int64"}).to_parquet(archive / "a.parquet")
    gaps = pd.DataFrame(rows(0, 2000)).assign(n=lambda frame: frame.n.where(frame.n > 1500).astype("Int64"))
    gaps.to_parquet(archive / "b.parquet")
    assert predict(archive, "--keep", "n", "--all").code == 0
    first, second = (read_table(tagged / name).schema for name in ("a.parquet", "b.parquet"))
    assert first == second and first.field("n").type == pa.int64()


def test_a_resumed_run_tags_files_that_are_missing_changed_or_new(predict, archive, tagged):
    predict(archive)
    before = {name: (tagged / name).stat().st_mtime_ns for name in TARGETS}
    (tagged / TARGETS[1]).unlink()
    os.utime(archive / "z.jsonl")
    pd.DataFrame(rows(0, 10)).to_parquet(archive / "new.parquet")
    result = predict(archive, "--resume")
    assert "continuing after 3 of 6 files" in result.err and "160 articles tagged" in result.err
    after = {name: (tagged / name).stat().st_mtime_ns for name in TARGETS}
    assert [name for name in TARGETS if after[name] != before[name]] == [TARGETS[1], "z.parquet"]
    assert "nothing is left to tag" in predict(archive, "--resume").err


def test_answers_of_different_runs_are_not_mixed(predict, archive, tagged, small_model, tmp_path):
    predict(archive)
    assert "add --resume to continue with the other files, or name a new folder" in predict(archive).err
    topics = small_model.classes_.tolist()
    write_model(tmp_path / "model", small_model.predictor_.to_content(), {"topics": topics, "parameters": {}}, "")
    for other in (["--all"], ["--model", tmp_path / "model"]):
        result = predict(archive, "--resume", *other)
        assert result.code == 2 and "a.parquet comes from another model or other options" in result.err
    pd.DataFrame({"a": [1]}).to_parquet(tagged / "a.parquet")
    assert "a.parquet comes from another model or other options" in predict(archive, "--resume").err


def test_a_damaged_file_is_named_and_the_others_are_written(predict, archive, tagged):
    bad = archive / "year=2019" / "part.1.parquet"
    whole = bad.read_bytes()
    bad.write_bytes(whole[:1000])
    (archive / "b.jsonl").write_text('{"title": "Без текста"}\n', encoding="utf-8")
    result = predict(archive)
    assert result.code == 1
    assert f"not tagged: {bad} is not a Parquet file or is damaged" in result.err
    assert f"not tagged: {archive / 'b.jsonl'} line 1: no column 'text'" in result.err
    assert "2 of 6 files could not be tagged; the others are in" in result.err
    assert files(tagged) == [name for name in TARGETS if "part.1" not in name]
    bad.write_bytes(whole)
    (archive / "b.jsonl").unlink()
    assert predict(archive, "--resume").code == 0 and files(tagged) == TARGETS


def test_strict_stops_at_the_first_problem(predict, archive):
    (archive / "z.jsonl").write_text('{"id": 1, "text": "Матч"}\n{"text": 5}\n', encoding="utf-8")
    result = predict(archive, "--strict")
    assert result.code == 1
    assert result.err.splitlines()[-1].endswith("z.jsonl line 2: 'text' holds int 5, not a text")


def test_records_that_cannot_be_read_are_counted_and_the_first_ones_reported(predict, archive):
    (archive / "z.jsonl").write_text('{"text": "Матч"}\n' + '{"text": 5}\n' * 30, encoding="utf-8")
    result = predict(archive)
    assert result.code == 0 and result.err.count("left out: ") == 10
    assert "left out 30 records that could not be read" in result.err and "1,801 articles" in result.err


def test_a_guessed_encoding_is_reported(predict, tagged, tmp_path):
    (tmp_path / "old").mkdir()
    text = "id;text\n1;Сборная по хоккею выиграла матч чемпионата мира\n"
    (tmp_path / "old" / "a.csv").write_bytes(text.encode("cp1251"))
    assert "a.csv is not UTF-8; read as cp1251" in predict(tmp_path / "old").err
    assert read_table(tagged / "a.parquet")["topics"].to_pylist()[0][0] == "sport"


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_costs_no_rows(client, predict, run, archive, tagged, tmp_path):
    for part in range(30):
        shutil.copy(archive / "a.parquet", archive / f"copy{part}.parquet")
    kill = f"import os, time\nwhile len(os.listdir({str(tagged)!r})) < 4: time.sleep(0.01)\nos.kill(%d, 9)"
    pid = client.run(os.getpid).popitem()[1]
    tagged.mkdir()
    with subprocess.Popen([sys.executable, "-c", kill % pid]):
        result = predict(archive)
    assert result.code == 0 and "46,850 articles tagged" in result.err and not Path(f"/proc/{pid}").exists()
    assert len(files(tagged)) == 35  # no temporary file is left
    run("predict", archive / "a.parquet", "--output", tmp_path / "one.parquet")
    expected = read_table(tmp_path / "one.parquet")
    assert all(read_table(tagged / f"copy{part}.parquet") == expected for part in range(30))


def test_a_file_that_a_worker_cannot_see_is_named(client, shipped, archive, tagged):
    every = archives.list_files([archive], tagged, ReadOptions())
    shutil.rmtree(archive)  # as if it were on another machine
    job = archives.Job(ReadOptions(), OutputOptions(), {})
    problems = [outcome.problem for outcome in archives.tag_files(client, every, shipped, job)]
    assert len(problems) == 5 and all("a worker has no" in problem for problem in problems)


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("news/tagged/", "lies in news, which is read: name a folder elsewhere"),
        ("news/", "lies in news, which is read: name a folder elsewhere"),
        ("file/", "is a file: name a folder"),
    ],
)
def test_a_folder_that_cannot_take_the_answers_is_refused(run, archive, tmp_path, monkeypatch, output, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    result = run("predict", "news", "--output", output)
    assert result.code == 2 and message in result.err


@pytest.mark.parametrize(
    ("name", "message"),
    [("note.txt", "note.txt is not a table of articles"), ("a.jsonl", "a.jsonl and news/a.parquet would both become")],
)
def test_files_that_cannot_become_files_of_topics_are_refused(run, archive, tmp_path, monkeypatch, name, message):
    monkeypatch.chdir(tmp_path)
    (archive / name).write_text("Хоккеисты выиграли матч", encoding="utf-8")
    result = run("predict", "news", "--output", "tagged/")
    assert result.code == 2 and message in result.err and not (tmp_path / "tagged").exists()


def test_standard_input_is_refused(run, tmp_path):
    assert "standard input is not a table" in run("predict", "--output", f"{tmp_path}/tagged/").err


def test_two_runs_do_not_write_into_one_folder(predict, archive, tagged):
    with lock_folder(tagged, "writing"):
        result = predict(archive)
    assert result.code == 1 and "another run is writing into" in result.err
    assert predict(archive).code == 0 and not (tagged / ".news-topics.lock").exists()


def test_files_of_others_in_the_folder_stay(predict, archive, tagged):
    tagged.mkdir()
    names = {".a.parquet.crc", ".other.parquet.12345678"}
    for name in names:
        (tagged / name).touch()
    assert predict(archive).code == 0
    assert {path.name for path in tagged.glob(".*")} == names


@pytest.mark.filterwarnings("always:left out in folder")
def test_what_is_no_table_in_the_archive_is_told(predict, archive):
    (archive / "n.xls").touch()
    result = predict(archive)
    assert result.code == 0 and "left out in folder" in result.err and "1 .xls" in result.err
