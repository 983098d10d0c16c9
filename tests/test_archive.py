"""``news-topics predict ARCHIVE/ --output TAGGED/``: each file of an archive into one of its own, on a Dask cluster."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

pytest.importorskip("distributed", reason="Dask is not installed: pip install '.[dask]'")
from classifier import archive
from classifier.store import export

TEXTS = [
    "Хоккеисты выиграли матч",
    "Министр иностранных дел прибыл с визитом в Дели",
    "Суд вынес приговор бывшему мэру",
    "Hello, world",
    "В город придёт метель",
]


def rows(start, number):
    return [
        {"id": str(row), "text": f"{TEXTS[row % 5]} {row}", "n": row} for row in range(start, start + number)
    ]  # fmt: skip


@pytest.fixture
def news(tmp_path):
    """An archive of Parquet and JSON lines in two folders."""
    folder = tmp_path / "news"
    (folder / "year=2019").mkdir(parents=True)
    pd.DataFrame(rows(0, 1500)).to_parquet(folder / "a.parquet")
    for part in range(3):
        pd.DataFrame(rows(1500 + 100 * part, 100)).to_parquet(folder / "year=2019" / f"part.{part}.parquet")
    (folder / "z.jsonl").write_text("\n".join(json.dumps(row) for row in rows(1800, 50)), encoding="utf-8")
    return folder


@pytest.fixture
def predict(run, cluster, tmp_path):
    """``predict`` into the folder ``tagged``, on the test's cluster."""

    def command(*arguments, output=tmp_path / "tagged"):
        return run("predict", *arguments, "--output", output, "--scheduler", cluster.scheduler_address)

    return command


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


ALL = ["a.parquet", "year=2019/part.0.parquet", "year=2019/part.1.parquet", "year=2019/part.2.parquet", "z.parquet"]


def test_every_row_is_that_of_a_single_process(predict, run, news, tmp_path):
    options = [news, "--keep", "n", "--all", "--names", "en"]
    done = predict(*options)
    assert done.code == 0 and "files to tag: 5; workers: 2" in done.err and "1,850 articles tagged" in done.err
    assert "370 articles got no topic for want of Russian" in done.err
    assert files(tmp_path / "tagged") == ALL
    assert run("predict", *options, "--output", tmp_path / "one.parquet").code == 0
    parts = [pq.read_table(tmp_path / "tagged" / name, partitioning=None) for name in ALL]
    assert pa.concat_tables(parts).replace_schema_metadata() == pq.read_table(tmp_path / "one.parquet")


def test_ids_that_are_missing_are_made_as_by_a_single_process(predict, run, news, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert predict("news", "--id-column", "none").code == 0
    assert run("predict", "news", "--id-column", "none", "--output", "one.parquet").code == 0
    ids = [number for name in ALL for number in pq.read_table(tmp_path / "tagged" / name, partitioning=None)["id"]]
    assert ids == list(pq.read_table("one.parquet")["id"]) and str(ids[-1]) == "news/z.jsonl:50"


def test_the_folder_is_read_as_one_table(predict, news, tmp_path):
    predict(news)
    table = pd.read_parquet(tmp_path / "tagged")
    assert len(table) == 1850 and table["year"].dropna().unique().tolist() == [2019]


def test_columns_keep_their_types_where_a_file_shows_none(predict, news, tmp_path):
    shutil.rmtree(news / "year=2019")
    pd.DataFrame(rows(0, 0), columns=["id", "text", "n"]).astype({"n": "int64"}).to_parquet(news / "a.parquet")
    (news / "z.jsonl").unlink()
    blank = pd.DataFrame(rows(0, 2000)).assign(n=lambda frame: frame.n.where(frame.n > 1500).astype("Int64"))
    blank.to_parquet(news / "b.parquet")
    assert predict(news, "--keep", "n", "--all").code == 0
    first, second = (pq.read_schema(tmp_path / "tagged" / name) for name in ("a.parquet", "b.parquet"))
    assert first.remove_metadata() == second.remove_metadata() and first.field("n").type == pa.int64()


def test_a_run_is_resumed_by_file(predict, news, tmp_path):
    predict(news)
    before = {name: (tmp_path / "tagged" / name).stat().st_mtime_ns for name in ALL}
    (tmp_path / "tagged" / ALL[1]).unlink()  # as if it had not been reached
    os.utime(news / "z.jsonl")  # changed since
    pd.DataFrame(rows(0, 10)).to_parquet(news / "new.parquet")
    done = predict(news, "--resume")
    assert "going on after 3 of 6 files" in done.err and "160 articles tagged" in done.err
    again = {name: (tmp_path / "tagged" / name).stat().st_mtime_ns for name in ALL}
    assert [name for name in ALL if again[name] != before[name]] == [ALL[1], "z.parquet"]
    assert "nothing is left to tag" in predict(news, "--resume").err


def test_answers_are_not_mixed(predict, news, tmp_path):
    predict(news)
    assert "add --resume to go on with them, or name a new folder" in predict(news).err
    export(None, tmp_path / "model")
    for other in (["--all"], ["--model", tmp_path / "model"]):
        done = predict(news, "--resume", *other)
        assert done.code == 2 and "a.parquet was made otherwise" in done.err
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "tagged" / "a.parquet")
    assert "a.parquet was made otherwise" in predict(news, "--resume").err


def test_a_poisoned_file_is_named_and_the_rest_is_written(predict, news, tmp_path):
    bad = news / "year=2019" / "part.1.parquet"
    whole = bad.read_bytes()
    bad.write_bytes(whole[:1000])
    (news / "b.jsonl").write_text('{"title": "Без текста"}\n', encoding="utf-8")
    done = predict(news)
    assert done.code == 1
    assert f"not tagged: {bad} is not a Parquet file or is damaged" in done.err
    assert f"not tagged: {news / 'b.jsonl'} line 1: no column 'text'" in done.err
    assert "2 of 6 files could not be tagged; the others are in" in done.err
    assert files(tmp_path / "tagged") == [name for name in ALL if "part.1" not in name]
    bad.write_bytes(whole)
    (news / "b.jsonl").unlink()
    assert predict(news, "--resume").code == 0 and files(tmp_path / "tagged") == ALL


def test_strict_stops_at_the_first_problem(predict, news):
    (news / "z.jsonl").write_text('{"id": 1, "text": "Матч"}\n{"text": 5}\n', encoding="utf-8")
    done = predict(news, "--strict")
    assert done.code == 1 and done.err.splitlines()[-1].endswith("z.jsonl line 2: 'text' holds int 5, not a text")


def test_broken_records_are_reported_and_counted(predict, news):
    (news / "z.jsonl").write_text('{"text": "Матч"}\n' + '{"text": 5}\n' * 30, encoding="utf-8")
    done = predict(news)
    assert done.code == 0 and done.err.count("left out: ") == 10
    assert "left out 30 records that could not be read" in done.err and "1,801 articles" in done.err


def test_an_encoding_that_was_guessed_is_told(predict, tmp_path):
    (tmp_path / "old").mkdir()
    text = "id;text\n1;Сборная по хоккею выиграла матч чемпионата мира\n"
    (tmp_path / "old" / "a.csv").write_bytes(text.encode("cp1251"))
    done = predict(tmp_path / "old")
    assert "a.csv is not UTF-8; read as cp1251" in done.err
    assert pq.read_table(tmp_path / "tagged" / "a.parquet")["topics"].to_pylist()[0][0]["id"] == "sport"


def test_a_worker_killed_in_the_middle_costs_no_rows(client, predict, run, news, tmp_path):
    for part in range(30):
        shutil.copy(news / "a.parquet", news / f"copy{part}.parquet")
    kill = f"import os, time\nwhile len(os.listdir({str(tmp_path / 'tagged')!r})) < 4: time.sleep(0.01)\nos.kill(%d, 9)"
    pid = client.run(os.getpid).popitem()[1]
    (tmp_path / "tagged").mkdir()
    with subprocess.Popen([sys.executable, "-c", kill % pid]):
        done = predict(news)
    assert done.code == 0 and "46,850 articles tagged" in done.err and not Path(f"/proc/{pid}").exists()
    assert len(files(tmp_path / "tagged")) == 35  # and no trace of what was being written
    run("predict", news / "a.parquet", "--output", tmp_path / "one.parquet")
    for part in range(30):
        answer = pq.read_table(tmp_path / "tagged" / f"copy{part}.parquet").replace_schema_metadata()
        assert answer == pq.read_table(tmp_path / "one.parquet")


def test_a_cluster_is_made_where_none_is_named(news, tmp_path):
    command = [sys.executable, "-m", "classifier", "predict", "news", "--output", "tagged/", "--jobs", "1"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", timeout=120)
    assert done.returncode == 0 and done.stdout == ""
    assert done.stderr.splitlines()[0] == "news-topics: files to tag: 5; workers: 1"
    assert done.stderr.splitlines()[-1] == "news-topics: 1,850 articles tagged in tagged"
    assert files(tmp_path / "tagged") == ALL


def test_ctrl_c_ends_it_in_a_sentence(news, tmp_path):
    for part in range(100):
        shutil.copy(news / "a.parquet", news / f"copy{part}.parquet")
    command = [sys.executable, "-m", "classifier", "predict", news, "--output", tmp_path / "tagged/", "--jobs", "1"]
    (tmp_path / "tagged").mkdir()
    with subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8", start_new_session=True) as process:
        while not files(tmp_path / "tagged"):
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130 and err.count("\n") == 2
    last = err.splitlines()[1]
    done = files(tmp_path / "tagged")
    assert last == (
        f"news-topics: interrupted; {len(done)} of 105 files are tagged, "
        "the same command with --resume goes on with the others"
    )
    assert not [name for name in done if Path(name).name.startswith(".")]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--scheduler", "tcp://127.0.0.1:1"], 1, "no Dask scheduler answers at tcp://127.0.0.1:1"),
        (["--scheduler", "here"], 2, "here is no address of a Dask scheduler, such as tcp://host:8786"),
        (["--scheduler", "tcp://127.0.0.1:1", "--jobs", "2"], 2, "--jobs does not go with --scheduler"),
        (["--format", "csv"], 2, "--format csv does not go with --output DIR/"),
    ],
)
def test_wrong_use_is_told_and_leaves_nothing(run, news, tmp_path, monkeypatch, arguments, code, message):
    monkeypatch.setattr(archive, "_PATIENCE", 1)
    done = run("predict", news, "--output", f"{tmp_path}/tagged/", *arguments)
    assert done.code == code and message in done.err and not (tmp_path / "tagged").exists()


def test_a_scheduler_needs_a_folder(run, news):
    done = run("predict", news, "--scheduler", "tcp://127.0.0.1:1")
    assert done.code == 2 and "--scheduler needs --output DIR/" in done.err


def test_what_is_no_table_is_refused(run, tmp_path, news):
    (news / "note.txt").write_text("Хоккеисты выиграли матч", encoding="utf-8")
    assert "note.txt is no table of articles" in run("predict", news, "--output", f"{tmp_path}/tagged/").err
    assert "standard input is no table" in run("predict", "--output", f"{tmp_path}/tagged/").err


def test_the_archive_is_not_written_into(run, news):
    assert "lies in" in run("predict", news, "--output", f"{news}/tagged/").err
    assert "lies in" in run("predict", news, "--output", f"{news}/").err


def test_two_files_do_not_become_one(run, news, tmp_path):
    shutil.copy(news / "z.jsonl", news / "a.jsonl")
    assert "would both become" in run("predict", news, "--output", f"{tmp_path}/tagged/").err


def test_a_file_is_no_folder(run, news, tmp_path):
    (tmp_path / "tagged").write_text("")
    assert "tagged is a file: name a folder" in run("predict", news, "--output", f"{tmp_path}/tagged/").err


def test_workers_of_another_version_are_refused(predict, news, monkeypatch):
    monkeypatch.setattr(archive, "__version__", "9.9")  # here; the workers are processes of their own
    done = predict(news)
    assert done.code == 1 and "every worker needs what is here, news-topics 9.9 and" in done.err


def test_without_dask_it_is_told_how_to_get_it(news, tmp_path):
    hidden = (
        "import sys; sys.modules['dask'] = None; sys.argv[0] = 'news-topics'; from classifier import cli; cli.main()"
    )
    command = [sys.executable, "-c", hidden, "predict", news, "--output", f"{tmp_path}/tagged/"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert done.returncode == 2
    assert done.stderr == "news-topics: a cluster needs Dask: pip install 'dask[dataframe]' distributed\n"


def test_a_file_that_a_worker_cannot_see_is_told(cluster, shipped, news, tmp_path):
    from distributed import Client

    every = archive.partitions([news], tmp_path / "tagged", None)
    shutil.rmtree(news)  # as if it were on another machine
    recipe = archive.Recipe(archive.Columns(), None, None, archive.Style(), None, False, {})
    with Client(cluster) as client:
        problems = [outcome.problem for outcome in archive.run(client, every, shipped, recipe)]
    assert len(problems) == 5 and all("a worker sees no" in problem for problem in problems)
