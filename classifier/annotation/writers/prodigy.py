"""Articles for Prodigy's interface ``choice``."""

import json
from collections.abc import Sequence
from pathlib import Path

from classifier.annotation.tasks import ID, Task
from classifier.storage.atomic import atomic_write
from classifier.topics import topic_name


def write_prodigy(path: Path, tasks: Sequence[Task], topics: Sequence[str]) -> None:
    """Write JSON lines whose options are the topics; those that the model suggests are ticked."""
    options = [{"id": topic, "text": topic_name(topic, "ru")} for topic in topics]
    with atomic_write(path) as file:
        for task in tasks:
            about = {ID: task.article.id, "chosen": task.chosen, "topic": task.topic, **task.noted}
            row = {"text": task.text, "meta": about, "options": options, "accept": list(task.shown)}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
