"""The cluster of ``predict --output DIR/``: started on this machine, or reached at an address."""

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from tests.dask.conftest import TARGETS, files

pytest.importorskip("distributed", reason="Dask is not installed: pip install '.[dask]'")


def test_without_an_address_a_cluster_is_started(archive, tmp_path):
    command = [sys.executable, "-m", "classifier", "predict", "news", "--output", "tagged/", "--jobs", "1"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", timeout=100)
    assert result.returncode == 0 and result.stdout == ""
    lines = result.stderr.splitlines()
    assert lines[0] == "news-topics: files to tag: 5; workers: 1"
    assert lines[-1] == "news-topics: 1,850 articles tagged in tagged"
    assert files(tmp_path / "tagged") == TARGETS


@pytest.mark.slow
def test_ctrl_c_ends_the_run_and_leaves_whole_files(archive, tmp_path):
    for part in range(100):
        shutil.copy(archive / "a.parquet", archive / f"copy{part}.parquet")
    command = [sys.executable, "-m", "classifier", "predict", archive, "--output", tmp_path / "tagged/", "--jobs", "1"]
    (tmp_path / "tagged").mkdir()
    with subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8", start_new_session=True) as process:
        while not set(files(tmp_path / "tagged")) - {".news-topics.lock"}:
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=60)
    tagged = files(tmp_path / "tagged")
    assert process.returncode == 130 and list(filter(None, err.splitlines()))[1:] == [
        f"news-topics: {len(tagged)} of 105 files are tagged, the same command with --resume continues with the others",
        "news-topics: interrupted",
    ]
    assert not [name for name in tagged if name.startswith(".")]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--scheduler", "tcp://127.0.0.1:1"], 1, "no Dask scheduler answers at tcp://127.0.0.1:1"),
        (["--scheduler", "here"], 2, "here is not the address of a Dask scheduler, such as tcp://host:8786"),
        (["--scheduler", "tcp://127.0.0.1:1", "--jobs", "2"], 2, "--jobs cannot be combined with --scheduler"),
        (["--format", "csv"], 2, "--format csv cannot be combined with --output DIR/"),
    ],
)
def test_wrong_use_is_refused_and_leaves_nothing(run, archive, tmp_path, monkeypatch, arguments, code, message):
    monkeypatch.setattr("classifier.dask.cluster.TIMEOUT", 0.5)
    result = run("predict", archive, "--output", f"{tmp_path}/tagged/", *arguments)
    assert result.code == code and message in result.err and not (tmp_path / "tagged").exists()


def test_a_scheduler_needs_a_folder(run, archive):
    result = run("predict", archive, "--scheduler", "tcp://127.0.0.1:1")
    assert result.code == 2 and "--scheduler needs --output DIR/" in result.err


def test_workers_of_another_version_are_refused(predict, archive, monkeypatch):
    monkeypatch.setattr("classifier.dask.cluster.__version__", "9.9")  # here; the workers are other processes
    result = predict(archive)
    assert result.code == 1 and "every worker needs the versions used here, news-topics 9.9 and" in result.err


def test_without_dask_the_message_says_how_to_install_it(archive, tmp_path):
    code = (
        "import sys; sys.modules['dask'] = None; sys.argv[0] = 'news-topics'; from classifier.cli import main; main()"
    )
    command = [sys.executable, "-c", code, "predict", archive, "--output", f"{tmp_path}/tagged/"]
    result = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert result.returncode == 2
    assert result.stderr == "news-topics: a cluster needs Dask: pip install 'dask[dataframe]' distributed\n"
