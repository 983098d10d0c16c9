"""Measure what is not measured yet, and write ``quality.md``."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from tests.benchmarks.quality.contenders import Model, Rival
from tests.benchmarks.quality.encoders import speeds
from tests.benchmarks.quality.heads import rivals_on_encoders
from tests.benchmarks.quality.materials import Materials, Split, read_materials
from tests.benchmarks.quality.ours import OURS, SHARES, fit, ours, part_of
from tests.benchmarks.quality.page import page
from tests.benchmarks.quality.reliability import robustness
from tests.benchmarks.quality.rivals import rivals_on_words
from tests.benchmarks.quality.store import Store, examine
from tests.benchmarks.quality.tuning import tune, tuned_model
from tests.conftest import SHARED

FOLDER = Path(__file__).parents[1]


def main() -> None:
    """Measure and write the page."""
    options = arguments()
    if not (SHARED / "news.parquet").exists():
        sys.exit(f"No corpus in {SHARED}: quality cannot be measured without it; set NEWS_CORPUS to its folder.")
    store = Store(options.results)
    rivals = {rival.name: rival for rival in [*rivals_on_encoders(store.folder / "encodings"), *rivals_on_words()]}
    names = options.only or [OURS, *SHARES, *rivals]
    if unknown := set(names) - {OURS, *SHARES, *rivals}:
        sys.exit(f"No contender {unknown.pop()!r}: there are {', '.join([OURS, *SHARES, *rivals])}.")
    news = read_materials()
    splits = list(news.splits())
    if not options.tables:
        compute(names, rivals, news, splits, store)
    if not options.only:
        store.once("speed", lambda: speeds(news))
        text = page(news, splits, store, list(rivals))
        print(text)
        (FOLDER / "quality.md").write_text(text, "utf-8")


def compute(
    names: Iterable[str], rivals: dict[str, Rival], news: Materials, splits: Sequence[Split], store: Store
) -> None:
    """Compute and keep what is not there: answers of contenders, and the robustness of ours."""
    for name in names:
        print(name, flush=True)
        build = tuned(rivals[name], news, splits[0], store) if name in rivals else partial(ours_with, name)
        for split in splits:
            if not store.has(name, split.name):
                store.save(name, split.name, examine(build(news, split), news, split))
                print(f"  {split.name}", flush=True)
        if name == OURS:
            store.once("robustness", lambda: robustness(fit(news, splits[0]), news, splits[0].test))


def tuned(rival: Rival, news: Materials, dev: Split, store: Store) -> Callable[[Materials, Split], Model]:
    """Return what fits a rival with its best settings; they are found once."""
    settings = tune(rival, news, dev, store.read(rival.name, dict), partial(store.write, rival.name))
    return partial(tuned_model, rival, settings)


def ours_with(name: str, news: Materials, split: Split) -> Model:
    """Fit ours on the share of the labels that its name tells."""
    return ours(news, part_of(split, SHARES.get(name, 1)))


def arguments() -> Namespace:
    """Return the options of the command."""
    parser = ArgumentParser(prog="python -m tests.benchmarks.quality", description=__doc__)
    parser.add_argument(
        "--results", type=Path, default=FOLDER / "results", help="folder of results; what is there stays"
    )
    parser.add_argument("--only", action="append", help="compute this contender (may be repeated); write no page")
    parser.add_argument("--tables", action="store_true", help="compute no contender: write the page from what is there")
    return parser.parse_args()


if __name__ == "__main__":
    main()
