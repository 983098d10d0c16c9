import os
import subprocess

import pytest

from classifier.errors import Error
from classifier.storage.atomic import atomic_write


def test_a_file_appears_when_it_is_complete(tmp_path):
    path = tmp_path / "file.txt"
    path.write_text("old")
    with atomic_write(path) as file:
        file.write("new\r\n")
        assert path.read_text() == "old"
    assert path.read_bytes() == b"new\r\n"
    with atomic_write(path, binary=True) as file:
        file.write(b"\xff")
    assert path.read_bytes() == b"\xff"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, ValueError])
def test_an_interrupted_write_leaves_the_old_file_and_no_other(tmp_path, stop):
    path = tmp_path / "file.txt"
    path.write_text("old")
    with pytest.raises(stop), atomic_write(path) as file:
        file.write("new")
        raise stop
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link_and_its_file_is_replaced(tmp_path):
    path, link = tmp_path / "file.txt", tmp_path / "link.txt"
    path.write_text("old")
    link.symlink_to(path)
    with atomic_write(link) as file:
        file.write("new")
    assert link.is_symlink() and path.read_text() == "new"


def test_a_pipe_is_written_to_and_not_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    reader = subprocess.Popen(["cat", tmp_path / "pipe"], stdout=subprocess.PIPE)
    with atomic_write(tmp_path / "pipe", binary=True) as file:
        file.write(b"new")
    assert reader.communicate()[0] == b"new" and (tmp_path / "pipe").is_fifo()


def test_a_full_disk_is_an_error_that_names_the_file(tmp_path):
    with pytest.raises(Error, match=r"cannot write .*file\.txt: No space left"), atomic_write(tmp_path / "file.txt"):
        raise OSError(28, "No space left on device")
    assert not list(tmp_path.iterdir())


def test_a_lone_surrogate_becomes_a_question_mark(tmp_path):
    with atomic_write(tmp_path / "file.txt") as file:
        file.write("а\ud800б")
    assert (tmp_path / "file.txt").read_text(encoding="utf-8") == "а?б"


def test_a_file_that_is_replaced_keeps_its_permissions(tmp_path):
    path = tmp_path / "file.txt"
    path.touch(0o600)
    with atomic_write(path) as file:
        file.write("new")
    assert path.stat().st_mode & 0o777 == 0o600
