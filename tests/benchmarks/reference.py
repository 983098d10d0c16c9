"""The reference of the shipped model: what it would do on each outlet of its training news, had it not seen it.

``make reference`` stores it in the model's manifest, where ``news-topics compare`` finds it. It needs the shared corpus
and takes five to ten minutes. `train` measures a reference too, but of the labelled articles it knows only those of queues to be
chosen at random. The corpus tells it in another way: most of its articles were chosen for their topics, and are no
sample of what an outlet publishes.
"""

import pandas as pd

from classifier.comparison.left_out import News, reference
from classifier.data.corpus import read_corpus, read_texts
from classifier.model.estimator import load
from classifier.storage.model_folder import amend_manifest, shipped_folder
from tests.conftest import AMENDMENTS, SHARED

AT_RANDOM = ("random", "all")  # why an article was labelled; of some outlets all that remained were
DATA, LABELS = SHARED / "news.parquet", SHARED / "labels.csv"


def measure() -> dict[str, dict[str, float]]:
    """Fit the articles that the shipped model was trained on, with its words, and return the reference."""
    corpus = read_corpus(DATA, [LABELS, AMENDMENTS])
    labelled, held_out = corpus.train_test_split()
    fitted = load()
    topics = labelled.indicator(fitted.classes_)
    print("fitting", flush=True)
    fitted.fit(labelled.texts, topics, groups=labelled.sources)
    _, texts, sources = read_texts(DATA, without=set(held_out.ids))
    picked = pd.read_csv(LABELS).set_index("id").pick.isin(AT_RANDOM)
    return reference(
        fitted,
        News(labelled.texts, labelled.sources),
        lexicon_from=News(texts, sources),
        at_random=[row for row, id in enumerate(labelled.ids) if picked[id]],
    )


if __name__ == "__main__":
    found = measure()
    amend_manifest(shipped_folder(), {"reference": found})
    print(pd.DataFrame(found).T.to_string())
