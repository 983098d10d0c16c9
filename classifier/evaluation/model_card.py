"""The model card: what the manifest says, in Markdown."""

from typing import Any

from classifier.topics import AVERAGES, topic_name

_CARD = """\
{about}## Use

    news-topics predict --model FOLDER article.txt

or in Python `classifier.load("FOLDER").topics([text])`. The headline is the first line of a text. The model file holds
plain data: loading it runs nothing.

## Training

{articles:,} labelled articles; sha256 of their ids, texts and topics: `{sha256}`.
{lemmas:,} lemmas, whose rarity and vectors were learned from {texts:,} articles without labels.
Settings: {parameters}.

## Scores

Measured {measure}. A score says how far the model agrees with those who labelled the articles.
Macro is the mean over topics, micro counts every tag alike, samples is the mean over articles.

| | precision | recall | F1 | average precision |
|---|---|---|---|---|
{averages}

| topic | | examples | precision | recall | F1 | average precision | scored |
|---|---|---|---|---|---|---|---|
{topics}
"""


def render_card(metadata: dict[str, Any], about: str = "") -> str:
    """Return the model card for the metadata that `train` stores, below the Markdown `about`."""
    scores = {row["topic"]: row for row in metadata["report"]["scores"]}
    examples = metadata["data"]["examples"]
    return _CARD.format(
        about=(about.strip() or "# Topic model") + "\n\n",
        articles=metadata["data"]["articles"],
        sha256=metadata["data"]["sha256"],
        lemmas=metadata["lexicon"]["lemmas"],
        texts=metadata["lexicon"]["texts"],
        parameters=", ".join(f"{name}={value}" for name, value in metadata["parameters"].items()),
        measure=metadata["report"]["measure"],
        averages="\n".join(f"| {average} | {_cells(scores[average])} |" for average in AVERAGES),
        topics="\n".join(
            f"| {topic} | {topic_name(topic, 'ru')} | {examples.get(topic, 0)} | {_cells(row)} | {row['support']} |"
            for topic, row in scores.items()
            if topic not in AVERAGES
        ),
    )


def _cells(row: dict[str, Any]) -> str:
    return " | ".join(f"{row[column]:.3f}" for column in ("precision", "recall", "f1", "average_precision"))
