from pathlib import Path

import pytest

from classifier.annotation.names import TopicNames
from classifier.annotation.readings import collect_readings
from classifier.annotation.tasks import Task, write_tasks
from classifier.data.articles import Article
from classifier.topics import taxonomy

EXPORTS = Path(__file__).parent / "exports"
TOPICS = list(taxonomy())
TASKS = [
    Task(
        Article("0017", "Послы двух стран обсудили поставки зерна\nСтороны встретятся снова осенью.", {}, "news.csv:1"),
        {"diplomacy": 0.91, "trade": 0.55},
        "uncertain",
        "trade",
    ),
    Task(
        Article(
            "b;2", '=Счёт 3:1= Хоккеисты выиграли\n- Мы шли к этому, - сказал "капитан".\nБыло шумно.', {}, "news.csv:2"
        ),
        {"sport": 0.98},
        "random",
        "",
    ),
    Task(Article("rt/3", "Музей открыл выставку 🚀", {}, "news.csv:3"), {"culture": 0.8}, "phrase", "space"),
]


@pytest.fixture
def queue(tmp_path):
    """Write the tasks for a tool, and return the path."""

    def write(name, tool=None, tasks=TASKS, topics=TOPICS):
        write_tasks(tmp_path / name, tasks, topics, tool)
        return tmp_path / name

    return write


@pytest.fixture
def put(tmp_path):
    """Write a file, and return its path."""

    def write(name, content):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def collect():
    """Read files that came back; topics beside the 45 may be named."""
    return lambda *paths, also=(): collect_readings(paths, TopicNames([*TOPICS, *also]))
