"""The README, English and Russian: both say the same, and every command in them runs."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from tests.conftest import EXAMPLES

ROOT = Path(__file__).parents[1]
README, RUSSIAN = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.ru.md"))
IDS = {"культура": "culture", "погода": "weather", "спорт": "sport", "суд": "courts"}
COMMANDS = [
    line.partition("  #")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
    if line.startswith("news-topics ")
]


def code_without_comments(text):
    blocks = re.findall(r"```\w*\n(.*?)```", text, re.DOTALL) + re.findall(r"(?<=\n\n)(?:    .*\n)+", text)
    return [re.sub(r" *#.*", "", block) for block in blocks]


def test_the_russian_readme_has_the_same_code():
    assert code_without_comments(RUSSIAN) == code_without_comments(README)


def test_it_has_the_same_links_and_figures():
    for pattern in (r"\]\((?!README)([^)]+)\)", r"\b0\.\d+\b"):
        assert re.findall(pattern, RUSSIAN) == re.findall(pattern, README)


@pytest.mark.parametrize("text", [README, RUSSIAN], ids=["README.md", "README.ru.md"])
def test_links_lead_to_files(text):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
        assert (ROOT / target).exists(), target


def test_it_is_short():
    assert len(README.splitlines()) <= 150


@pytest.fixture(scope="module")
def workplace(tmp_path_factory):
    """A folder with the files that the README names."""
    folder = tmp_path_factory.mktemp("readme")
    shutil.copy(EXAMPLES / "articles" / "interview.txt", folder / "article.txt")
    table = pd.read_csv(EXAMPLES / "train.csv")
    table.to_csv(folder / "news.csv", index=False)
    table.to_csv(folder / "more.csv", index=False)
    (folder / "archive").mkdir()
    table.assign(date="2024-05-01", source="outlet").to_csv(folder / "archive" / "2024.csv", index=False)
    for reader in ("anna", "boris"):  # who have filled in a queue
        topics = table.topics.fillna("").replace(IDS, regex=True)
        table.assign(topics=topics, read="yes")[["id", "topics", "read"]].to_csv(folder / f"{reader}.csv", index=False)
    shutil.copy(EXAMPLES / "rules.toml", folder)
    (folder / "classifier").symlink_to(EXAMPLES.parent)
    return folder


@pytest.mark.slow
def test_every_command_runs(run, workplace, monkeypatch):
    pytest.importorskip("distributed", reason="Dask is not installed: pip install '.[dask]'")
    pytest.importorskip("matplotlib", reason="matplotlib is not installed: pip install '.[report]'")
    monkeypatch.chdir(workplace)
    assert len(COMMANDS) >= 12
    for command in COMMANDS:
        if command.startswith("news-topics serve"):  # it does not end by itself; tests/service start it
            continue
        result = run(*command.split()[1:])
        assert result.code == 0, (command, result.err)
