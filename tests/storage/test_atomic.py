import os

import pytest

from classifier.errors import Error, UsageError
from classifier.storage.atomic import atomic_write, check_folder, check_writable, fingerprint, make_folder


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


def test_a_full_disk_is_an_error_that_names_the_file(tmp_path):
    with pytest.raises(Error, match=r"cannot write .*file\.txt: No space left"), atomic_write(tmp_path / "file.txt"):
        raise OSError(28, "No space left on device")
    assert not list(tmp_path.iterdir())


def test_a_lone_surrogate_becomes_a_question_mark(tmp_path):
    with atomic_write(tmp_path / "file.txt") as file:
        file.write("а\ud800б")
    assert (tmp_path / "file.txt").read_text(encoding="utf-8") == "а?б"


def test_a_file_that_cannot_be_written_is_refused_before_any_work(tmp_path):
    check_writable(tmp_path / "file.txt")
    with pytest.raises(UsageError, match="it is a folder; name a file in it"):
        check_writable(tmp_path)
    with pytest.raises(UsageError, match="there is no folder"), atomic_write(tmp_path / "missing" / "file.txt"):
        pass


def test_a_folder_that_cannot_be_made_is_refused_before_any_work(tmp_path):
    (tmp_path / "file").touch()
    check_folder(tmp_path / "new" / "newer")
    make_folder(tmp_path / "new" / "newer")
    make_folder(tmp_path / "new" / "newer")
    assert (tmp_path / "new" / "newer").is_dir()
    for path in (tmp_path / "file", tmp_path / "file" / "new"):
        with pytest.raises(UsageError, match="is a file: name a folder"):
            check_folder(path)
        with pytest.raises(UsageError, match="cannot create folder"):
            make_folder(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(UsageError, match="permission denied"):
        check_folder(tmp_path / "new")


def test_a_fingerprint_changes_with_the_file(tmp_path):
    path = tmp_path / "file"
    path.write_text("one")
    before = fingerprint(path)
    assert fingerprint(path) == before
    path.write_text("other")
    assert fingerprint(path) != before


def test_a_pipe_is_not_replaced_by_a_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="it is a device or pipe"), atomic_write(tmp_path / "pipe"):
        pass
    assert (tmp_path / "pipe").is_fifo()
