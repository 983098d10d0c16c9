import os
from pathlib import Path

import pytest

from classifier.errors import UsageError
from classifier.storage.atomic import atomic_write
from classifier.storage.paths import (
    check_folder,
    check_not_read,
    check_output,
    check_writable,
    fingerprint,
    is_stream,
    make_folder,
)


def test_a_file_that_cannot_be_written_is_refused_before_any_work(tmp_path):
    check_writable(tmp_path / "file.txt")
    with pytest.raises(UsageError, match="it is a folder; name a file in it"):
        check_writable(tmp_path)
    for write in (check_writable, lambda path: atomic_write(path).__enter__()):
        with pytest.raises(UsageError, match="there is no folder"):
            write(tmp_path / "missing" / "file.txt")


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


def test_a_fingerprint_changes_although_size_and_time_are_kept(tmp_path):
    path = tmp_path / "file"
    path.write_text("one")
    before, status = fingerprint(path), path.stat()
    path.write_text("two")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_mtime_ns == status.st_mtime_ns and fingerprint(path) != before


@pytest.mark.parametrize("other", ["a.txt", "sub/../a.txt", "link.txt", "hard.txt"])
def test_a_file_is_not_written_that_is_read_under_any_name(tmp_path, monkeypatch, other):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "a.txt"
    path.write_text("text")
    (tmp_path / "sub").mkdir()
    (tmp_path / "link.txt").symlink_to(path)
    (tmp_path / "hard.txt").hardlink_to(path)
    with pytest.raises(UsageError, match="is one of the files that are read"):
        check_output(tmp_path / other, [path], lambda _: True, force=True)
    check_output(tmp_path / "b.txt", [path], lambda _: True, force=False)


def test_a_file_is_not_written_into_a_folder_that_is_read_nor_over_a_file_of_it(tmp_path):
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "a.txt").write_text("text")
    (tmp_path / "a.txt").hardlink_to(tmp_path / "news" / "a.txt")
    with pytest.raises(UsageError, match=r"b\.txt lies in .*news, which is read"):
        check_not_read(tmp_path / "news" / "b.txt", [tmp_path / "news"])
    with pytest.raises(UsageError, match=r"a\.txt is one of the files that are read"):
        check_not_read(tmp_path / "a.txt", [tmp_path / "news"])


def test_standard_streams_are_known_by_their_numbers(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("text")
    with path.open() as file, pytest.raises(UsageError, match="is one of the files that are read"):
        check_not_read(path, [file.fileno()])
    with path.open("a") as file, pytest.raises(UsageError, match="the output is one of the files"):
        check_not_read(file.fileno(), [path])


def test_only_an_empty_file_or_one_of_ours_is_replaced_without_force(tmp_path):
    path = tmp_path / "a.txt"
    path.touch()
    check_output(path, [], lambda _: False, force=False)
    path.write_text("notes")
    check_output(path, [], lambda _: True, force=False)
    check_output(path, [], lambda _: False, force=True)
    with pytest.raises(UsageError, match="exists, and news-topics did not write it: .*--force"):
        check_output(path, [], lambda _: False, force=False)


def test_only_devices_and_pipes_are_streams(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert is_stream(tmp_path / "pipe")
    assert not is_stream(tmp_path) and not is_stream(tmp_path / "missing")
    assert is_stream(Path("/dev/stdout")) and is_stream(Path("/dev/fd/7")) and is_stream(Path("/proc/self/fd/7"))


def test_a_name_that_leaves_no_room_for_temporary_ones_is_refused(tmp_path):
    with pytest.raises(UsageError, match="its name has more than 220 bytes"):
        check_writable(tmp_path / ("ф" * 111))


def test_a_link_to_itself_is_refused(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(UsageError, match="is a link that leads back to itself"):
        check_writable(tmp_path / "loop")
