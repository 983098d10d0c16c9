"""Makes what ``06_trends`` counts: tags, dates and reprints of two years of Fontanka, without a word of its texts.

``python notebooks/data/prepare.py`` needs the shared corpus, rensa, and ten minutes. The tags are by a model that has
learned from the labels of all other outlets, as if Fontanka were a newsroom that begins to use it; the labels of those
articles that were chosen at random, 890, are what its readers say.
"""

import os
from pathlib import Path

import pandas as pd

from classifier import TopicClassifier, tag_frame
from classifier.data.corpus import read_corpus
from classifier.duplicates import clusters

FOLDER = Path(__file__).parent
CORPUS = Path(os.environ.get("NEWS_CORPUS", FOLDER.parents[2] / "shared" / "data"))
OUTLET = "fontanka"


def main() -> None:
    """Write fontanka.parquet and fontanka-checked.csv."""
    corpus = read_corpus(CORPUS / "news.parquet", [CORPUS / "labels.csv", FOLDER.parents[1] / "models/amendments.csv"])
    others = corpus.where([source != OUTLET for source in corpus.sources])
    model = TopicClassifier().fit(others.texts, others.topics, groups=others.sources)
    news = pd.read_parquet(CORPUS / "news.parquet")
    news = news[news.source == OUTLET].set_index("id").sort_values("date")
    tagged = tag_frame(news, model, keep=["date"]).join(clusters(news)[["cluster", "first"]])
    tagged["probabilities"] = [[round(value, 3) for value in row] for row in tagged.probabilities]
    tagged.reset_index().to_parquet(FOLDER / "fontanka.parquet", index=False, compression="zstd")
    labels = pd.read_csv(CORPUS / "labels.csv").fillna({"topics": ""})
    chance = labels[(labels.source == OUTLET) & (labels.pick == "random")].sample(frac=1, random_state=0)
    checked = chance.assign(topics=chance.topics.str.replace(" ", ";"), chosen="random")
    checked[["id", "topics", "chosen"]].to_csv(FOLDER / "fontanka-checked.csv", index=False)


if __name__ == "__main__":
    main()
