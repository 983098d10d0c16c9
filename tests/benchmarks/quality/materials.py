"""Labelled news, the splits that it is fitted and tested on, and the lengths at which it is tested."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from classifier import LemmaVectorizer, Lexicon, taxonomy, with_title
from classifier.data.corpus import read_corpus
from tests.conftest import AMENDMENTS, SHARED

TOPICS = list(taxonomy())
LEAD = 60  # words after the headline: what the labels are based on
FULL, OPENING, HEADLINE = "full text", f"headline and {LEAD} words", "headline alone"
LENGTHS = (FULL, OPENING, HEADLINE)
TWINS = 0.8  # cosine of TF-IDF from which two articles count as one


class Split(NamedTuple):
    """Rows of the labelled articles to fit and to test on, and the outlet (or None) that no model may have seen."""

    name: str
    fit: NDArray[np.int64]
    test: NDArray[np.int64]
    outlet: str | None


class Inputs(NamedTuple):
    """Articles to score: their rows, their length, and their texts at that length."""

    rows: NDArray[np.int64]
    length: str
    texts: list[str]


@dataclass
class Materials:
    """Labelled news, and all news from which word vectors may be learned."""

    news: pd.DataFrame  # title, text, outlet, year, split of the labelled articles, by id
    y_true: NDArray[np.int8]
    texts: list[str]
    unlabelled: pd.DataFrame  # text, outlet, by id; without dev
    lexicons: dict[str | None, Lexicon] = field(default_factory=dict)
    distilled: dict[str | None, Lexicon] = field(default_factory=dict)  # taught by a sentence encoder

    def splits(self) -> Iterator[Split]:
        """Yield `dev`, then every outlet; RIA of two years is one outlet."""
        twins, train = list(self._twins()), (self.news.split == "train").to_numpy()
        outlets = self.news.outlet.to_numpy()
        for name, test in {"dev": ~train, **{outlet: outlets == outlet for outlet in sorted(set(outlets))}}.items():
            seen = train & ~test & ~np.array([test[rows].any() for rows in twins])
            yield Split(name, np.flatnonzero(seen), np.flatnonzero(test), None if name == "dev" else name)

    def _twins(self) -> Iterator[NDArray[np.int64]]:
        """Yield the rows that nearly repeat each article, itself among them."""
        tfidf = LemmaVectorizer(min_df=2, sublinear_tf=False).fit_transform(self.texts)
        for start in range(0, len(self.texts), 500):  # all at once take 6 GB
            for row in (tfidf[start : start + 500] @ tfidf.T) > TWINS:
                yield row.indices

    def free(self, outlet: str | None) -> pd.DataFrame:
        """Return the articles from which word vectors may be learned that know nothing of an outlet, nor of `dev`."""
        return self.unlabelled[self.unlabelled.outlet != outlet]

    def lexicon(self, outlet: str | None) -> Lexicon:
        """Return word vectors learned from the articles that are free; they are learned once."""
        if outlet not in self.lexicons:
            self.lexicons[outlet] = Lexicon.learn(self.free(outlet).text.tolist())
        return self.lexicons[outlet]

    def texts_of(self, rows: NDArray[np.int64]) -> list[str]:
        """Return the texts of some rows."""
        return [self.texts[row] for row in rows]

    def inputs(self, rows: NDArray[np.int64], length: str) -> Inputs:
        """Return the articles of some rows at a length; those without a headline have no headline alone."""
        titles, texts = self.news.title.to_numpy(), self.news.text.to_numpy()
        if length == HEADLINE:
            rows = np.array([row for row in rows if titles[row]], dtype=int)
            return Inputs(rows, length, [titles[row] for row in rows])
        if length == FULL:
            return Inputs(rows, length, self.texts_of(rows))
        return Inputs(rows, length, [with_title(titles[row], " ".join(texts[row].split()[:LEAD])) for row in rows])


def read_materials() -> Materials:
    """Read the shared corpus with amended labels."""
    labelled = read_corpus(SHARED / "news.parquet", [SHARED / "labels.csv", AMENDMENTS])
    news = pd.read_parquet(SHARED / "news.parquet", columns=["id", "source", "title", "text"]).fillna({"title": ""})
    news = news.set_index("id")
    news["outlet"] = news.source.str.replace(r"\d+$", "", regex=True)
    chosen = news.loc[labelled.ids].assign(split=labelled.splits, year=labelled.years)
    free = news[~news.index.isin(chosen.index[chosen.split != "train"])]
    unlabelled = pd.DataFrame({"text": [*map(with_title, free.title, free.text)], "outlet": free.outlet}, free.index)
    return Materials(chosen, labelled.indicator(TOPICS).to_numpy(), labelled.texts, unlabelled)
