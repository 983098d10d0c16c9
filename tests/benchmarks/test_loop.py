import pandas as pd

from tests.benchmarks.loop import LABELS, OURS, REFIT, REFITTED, Added, Measured, page


def test_the_page_tells_what_labels_bring_and_what_is_expected_of_new_topics():
    measured = [Measured("rt", "before", 0, seed, 0.70, 0.72) for seed in range(2)]
    for number in LABELS:
        measured += [Measured("rt", "queue", number, seed, 0.71 + seed / 100, 0.73) for seed in range(2)]
        measured += [Measured("rt", "random", number, seed, 0.705, 0.725) for seed in range(2)]
    measured.append(Measured("rt", REFIT, REFITTED, 0, 0.715, 0.73))
    added = [Added("sport", OURS, 30, 0.5, 0.4, 0.7, 0.45, 0.05, 1.0, 0.8)]
    text = page(pd.DataFrame(measured), pd.DataFrame(added))
    assert "before:\n0.700" in text
    assert "|50|1.5|0.5|1.0|0.5|1.0|0.5|" in text  # queue, random; the same in micro; the lead and its error
    assert "|rt|1.5|1.0|0.5|" in text  # all old labels too, queue, random
    assert f"|{OURS}|30|0.5|0.4|0.7|0.45|0.05|1.0|0.8|" in text
