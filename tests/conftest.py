"""What the tests share: a small trained model, the command in this process, and the corpus if there is one."""

import os
import random
import shutil
import signal
from pathlib import Path
from typing import NamedTuple

import pytest

import classifier
from classifier.cli import main
from classifier.data.corpus import Corpus, read_corpus
from classifier.model.estimator import TopicClassifier
from classifier.model.predictor import TopicPredictor, load_predictor

EXAMPLES = Path(classifier.__file__).parent / "examples"
AMENDMENTS = Path(__file__).parents[1] / "models" / "amendments.csv"
CASES = Path(__file__).parent / "cases"
SHARED = Path(os.environ.get("NEWS_CORPUS", Path(__file__).parents[2] / "shared" / "data"))
TEXTS = [  # of archives; one is not Russian
    "Хоккеисты выиграли матч",
    "Министр иностранных дел прибыл с визитом в Дели",
    "Суд вынес приговор бывшему мэру",
    "Hello, world",
    "В город придёт метель",
]

BROWSERS = ["chromium", "chromium-browser", "google-chrome", "chrome"]
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The suggestions of the address bar are two pages of their own in each window: half of what a window costs,
    # 0.28 seconds of CPU instead of 0.50. This takes the place of Playwright's list; ours need none of those features.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup",
]

# A shell makes background jobs ignore Ctrl-C, and so do the processes they start; some tests send it.
signal.signal(signal.SIGINT, signal.default_int_handler)
# In the environment, so that the workers of `-n` have the same.
SEED = int(os.environ.setdefault("SEED", str(random.randrange(10**6))))


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    """Hypothesis and `random` start from one seed, which the header tells and ``SEED=...`` repeats.

    The workers of ``-n`` and what they start have one thread each for linear algebra. Threads that wait for a core take
    its time: in a fit on the small table, 3 seconds of CPU instead of 0.6.
    """
    if getattr(config.option, "numprocesses", None):
        os.environ.setdefault("OMP_NUM_THREADS", "1")
    if hasattr(config.option, "hypothesis_seed") and config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = str(SEED)
    random.seed(SEED)


def pytest_report_header():
    return f"seed: {SEED}; repeat with SEED={SEED}"


def pytest_collection_modifyitems(items):
    if (SHARED / "news.parquet").exists():
        return
    for item in items:
        if item.get_closest_marker("corpus"):
            item.add_marker(pytest.mark.skip(reason=f"no shared corpus in {SHARED}; set NEWS_CORPUS to its folder"))


def pytest_assertrepr_compare(op, left, right):
    """Show two lists of words that differ side by side, a word a line."""
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
            main()
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return Run(end.value.code or 0, out, err)

    return command


@pytest.fixture(scope="session")
def small() -> Corpus:
    """The example training table: 46 short texts, four topics with Russian names."""
    return read_corpus(EXAMPLES / "train.csv")


@pytest.fixture(scope="session")
def small_model(small) -> TopicClassifier:
    return TopicClassifier().fit(small.texts, small.topics)


@pytest.fixture(scope="session")
def shipped() -> TopicPredictor:
    return load_predictor()


@pytest.fixture(scope="session")
def shared() -> Corpus:
    """The shared labelled corpus, amended."""
    return read_corpus(SHARED / "news.parquet", [SHARED / "labels.csv", AMENDMENTS])


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


@pytest.fixture(scope="session")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason="no playwright: pip install '.[dev]'")
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if chromium is None:
        pytest.skip(f"no browser: none of {', '.join(BROWSERS)} is installed")
    sync_api.expect.set_options(timeout=30_000)  # ms, instead of 5,000: other tests may have the cores meanwhile
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def window(browser):
    """The window of pages from disk, which is offline."""
    context = browser.new_context(offline=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def show(window, tmp_path):
    """Open a page from disk in a window of some width; it may load nothing but itself.

    All tests look through one window, since a new one takes longer than to load a page and look at it.
    """

    def open_page(html, width=1000):
        file = tmp_path / "page.html"
        file.write_text(html, encoding="utf-8")
        window.emulate_media(media="screen")
        window.set_viewport_size({"width": width, "height": 800})
        requests = []

        def note(request):
            requests.append(request.url)

        window.on("request", note)
        window.goto(file.as_uri())
        window.remove_listener("request", note)
        assert requests == [file.as_uri()]
        return window

    return open_page
