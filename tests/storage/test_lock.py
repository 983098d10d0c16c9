import multiprocessing

import pytest

from classifier.errors import Error
from classifier.storage.lock import lock_folder


def hold(folder, held, release):
    with lock_folder(folder, "writing"):
        held.set()
        release.wait(30)


def test_a_folder_is_held_by_one_process_at_a_time(tmp_path):
    context = multiprocessing.get_context("spawn")
    held, release = context.Event(), context.Event()
    process = context.Process(target=hold, args=(tmp_path / "folder", held, release))
    process.start()
    assert held.wait(30)
    with (
        pytest.raises(Error, match="another run is writing: wait for its end"),
        lock_folder(tmp_path / "folder", "writing"),
    ):
        pass
    process.kill()  # a lock ends with its process, however it ends
    process.join()
    with lock_folder(tmp_path / "folder", "writing"):
        pass


def test_a_folder_may_be_renamed_while_it_is_held(tmp_path):
    with lock_folder(tmp_path / "folder", "writing"):
        (tmp_path / "folder").rename(tmp_path / "other")
        with lock_folder(tmp_path / "folder", "writing"):
            pass
