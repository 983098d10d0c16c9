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


_EXTENSION = """\
# Topic model, extended

{steps}

What follows is about the model that was extended: its scores are those of its topics before a correction.
"""
_STEP = """\
From {read:,} articles that were read, {random:,} of them chosen at random, of an archive of {articles:,}:

| topic | | examples | given | of the archive | precision expected | right of given, at random | 95 % |
|---|---|---|---|---|---|---|---|
{rows}"""


def render_extension(metadata: dict[str, Any]) -> str:
    """Return Markdown about the extensions of a model, for the top of its card."""
    return _EXTENSION.format(steps="\n\n".join(map(_render_step, metadata["extensions"])))


def _render_step(step: dict[str, Any]) -> str:
    rows = [
        f"| {row['topic']} | {row['change']} | {row['examples']} | {row['given']} | {row['share']:.2f} % | "
        + ("-" if row["expected_precision"] is None else f"{row['expected_precision']:.2f}")
        + f" | {row['random_right']} of {row['random_given']} | {row['low']:.2f} to {row['high']:.2f} |"
        for row in step["topics"]
    ]
    return _STEP.format(**{**step, "rows": "\n".join(rows)})


def _cells(row: dict[str, Any]) -> str:
    return " | ".join(f"{row[column]:.3f}" for column in ("precision", "recall", "f1", "average_precision"))
