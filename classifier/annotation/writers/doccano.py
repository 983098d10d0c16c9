"""Articles for doccano, and beside them its labels."""

import colorsys
import json
from collections.abc import Sequence
from pathlib import Path

from classifier.annotation.tasks import ID, NO_TOPIC, Task, named
from classifier.storage.atomic import atomic_write
from classifier.topics import topic_name

_GREY = "#757575"


def write_doccano(path: Path, tasks: Sequence[Task], topics: Sequence[str]) -> None:
    """Write JSON lines for multi-label text classification, and the labels into a ``.labels.json`` file.

    One label says that no topic fits: doccano exports an article without labels alike whether it was read or not.
    """
    with atomic_write(path.with_suffix(".labels.json")) as file:
        json.dump(_labels(topics), file, ensure_ascii=False, indent=1)
    with atomic_write(path) as file:
        for task in tasks:
            about = {ID: task.article.id, "suggested": named(task.shown), "chosen": task.chosen, "topic": task.topic}
            file.write(json.dumps({"text": task.text, "label": [], **about, **task.noted}, ensure_ascii=False) + "\n")


def _labels(topics: Sequence[str]) -> list[dict[str, str | None]]:
    colours = [_colour(number / len(topics)) for number in range(len(topics))]
    return [
        {"text": name, "suffixKey": None, "backgroundColor": colour, "textColor": "#ffffff"}
        for name, colour in zip(
            [*(topic_name(topic, "ru") for topic in topics), NO_TOPIC], [*colours, _GREY], strict=True
        )
    ]


def _colour(hue: float) -> str:
    """Return a colour on which white letters can be read."""
    return "#" + "".join(f"{round(255 * part):02x}" for part in colorsys.hls_to_rgb(hue, 0.33, 0.6))
