"""What the tests share: a small trained model, the command in this process, and the corpus where there is one."""

import os
import signal
from pathlib import Path
from typing import NamedTuple

import pytest

from classifier import cli, corpus, store
from classifier.corpus import Corpus
from classifier.model import TopicClassifier
from classifier.tagger import Tagger

EXAMPLES = Path(cli.__file__).parent / "examples"
AMENDMENTS = Path(__file__).parents[1] / "models" / "amendments.csv"
CASES = Path(__file__).parent / "cases"
SHARED = Path(os.environ.get("NEWS_CORPUS", Path(__file__).parents[2] / "shared" / "data"))

# A shell lets what it starts in the background ignore Ctrl-C, and all that is started from there; some tests press it.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items):
    if (SHARED / "news.parquet").exists():
        return
    for item in items:
        if item.get_closest_marker("corpus"):
            item.add_marker(pytest.mark.skip(reason=f"no shared corpus in {SHARED}; set NEWS_CORPUS to its folder"))


def pytest_assertrepr_compare(op, left, right):
    """Words side by side, one a line, where two lists of words differ."""
    if op == "==" and all(
        isinstance(side, list) and all(isinstance(word, str) for word in side) for side in (left, right)
    ):
        longest = max(len(left), len(right))
        pairs = zip(left + [""] * (longest - len(left)), right + [""] * (longest - len(right)), strict=True)
        return ["got / expected", *(f"{'  ' if a == b else '> '}{a:30}{b}" for a, b in pairs)]
    return None


class Run(NamedTuple):
    """What a run of the command gave."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(capsys, monkeypatch):
    """Run ``news-topics`` in this process."""

    def command(*arguments):
        monkeypatch.setattr("sys.argv", ["news-topics", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return Run(end.value.code or 0, out, err)

    return command


@pytest.fixture(scope="session")
def small() -> Corpus:
    """The example training table: 46 short texts, four topics with Russian names."""
    return corpus.read(EXAMPLES / "train.csv")


@pytest.fixture(scope="session")
def small_model(small) -> TopicClassifier:
    return TopicClassifier().fit(small.texts, small.topics)


@pytest.fixture(scope="session")
def shipped() -> Tagger:
    return store.load_tagger()


@pytest.fixture(scope="session")
def shared() -> Corpus:
    """The shared labelled corpus, amended, as the shipped model was trained on it."""
    return corpus.read(SHARED / "news.parquet", [SHARED / "labels.csv", AMENDMENTS])


@pytest.fixture(scope="session")
def cluster():
    """A real Dask cluster: a scheduler and two workers, each a process, that talk over TCP."""
    distributed = pytest.importorskip("distributed", reason="Dask is not installed: pip install '.[dask]'")
    options = {"threads_per_worker": 1, "dashboard_address": ":0", "silence_logs": 60, "protocol": "tcp://"}
    with distributed.LocalCluster(n_workers=2, **options) as local:
        yield local


@pytest.fixture
def client(cluster):
    from distributed import Client

    with Client(cluster) as client:
        client.wait_for_workers(2)
        yield client
