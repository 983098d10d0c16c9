"""The model card: the manifest's facts as Markdown."""

from typing import Any

from classifier.evaluate import AVERAGES
from classifier.topics import name

_CARD = """\
{about}## Use

    news-topics predict --model FOLDER --trust article.txt

or in Python `classifier.load("FOLDER", trust=True).topics([text])`; a headline is the first line of a text. Trust is
needed where the model is `model.joblib`, a pickle, which can run any program: load it only if you trust its maker.
Where it is `model.npz`, as `news-topics export` writes it, none is needed.

## Training

{articles:,} labelled articles; sha256 of their ids, texts and topics: `{sha256}`.
{lemmas:,} lemmas, whose rarity and vectors were learned from {texts:,} articles without labels.
Settings: {parameters}.

## Scores

Measured {measure}. Topics follow the labels' own judgements, so a score is agreement with those who labelled.
Macro is the mean over topics, micro counts every tag alike, samples is the mean over articles.

| | precision | recall | F1 | average precision |
|---|---|---|---|---|
{averages}

| topic | | examples | precision | recall | F1 | average precision | scored |
|---|---|---|---|---|---|---|---|
{topics}
"""


def render(facts: dict[str, Any], about: str = "") -> str:
    """Model card of the facts that `train` hands to `store.save`, under the Markdown `about`."""
    scores = {row["topic"]: row for row in facts["report"]["scores"]}
    examples = facts["data"]["examples"]
    return _CARD.format(
        about=(about.strip() or "# Topic model") + "\n\n",
        articles=facts["data"]["articles"],
        sha256=facts["data"]["sha256"],
        lemmas=facts["lexicon"]["lemmas"],
        texts=facts["lexicon"]["texts"],
        parameters=", ".join(f"{key}={value}" for key, value in facts["parameters"].items()),
        measure=facts["report"]["measure"],
        averages="\n".join(f"| {average} | {_cells(scores[average])} |" for average in AVERAGES),
        topics="\n".join(
            f"| {topic} | {name(topic, 'ru')} | {examples.get(topic, 0)} | {_cells(row)} | {row['support']} |"
            for topic, row in scores.items()
            if topic not in AVERAGES
        ),
    )


def _cells(row: dict[str, Any]) -> str:
    return " | ".join(f"{row[column]:.3f}" for column in ("precision", "recall", "f1", "average_precision"))
