"""``news-topics info``: when, on what and with what result a model was trained."""

import json
from pathlib import Path
from typing import Any

import click

from classifier.cli.console import emit, number_of, rich_console
from classifier.cli.options import format_option, model_option
from classifier.errors import Error, one_line


@click.command()
@model_option
@format_option("table", "json")
def info(model: Path | None, format: str) -> None:
    """Tell when, on what and with what result a model was trained."""
    from classifier.storage.model_folder import read_manifest, shipped_folder

    manifest = read_manifest(model)
    if format == "json":
        emit(json.dumps(manifest, ensure_ascii=False, indent=1).encode(errors="replace").decode())
        return
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    try:
        rows = _summary(model or shipped_folder(), manifest)
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        problem = f"the manifest lacks what to show, or has it in another form ({error})"
        raise Error(f"{problem}; --format json shows what it has") from error
    for name, value in rows.items():
        table.add_row(Text(name, "bold"), Text(one_line(value)))
    rich_console().print(table)


def _extensions(manifest: dict[str, Any]) -> dict[str, str]:
    """Return what was done to a model after its training."""
    steps = []
    for step in manifest.get("extensions", []):
        changes = [(row["change"], row["topic"]) for row in step["topics"]]
        new = ", ".join(topic for change, topic in changes if change == "new")
        corrected = sum(change == "corrected" for change, _ in changes)
        parts = [f"{new} added" if new else "", f"{number_of(corrected, 'topic')} corrected" if corrected else ""]
        steps.append(f"{', '.join(filter(None, parts))}, from {number_of(step['read'], 'article')} read")
    return {"extended": "; ".join(steps)} if steps else {}


def _summary(folder: Path, manifest: dict[str, Any]) -> dict[str, str]:
    """Return what a manifest says, for people."""
    scores = {row["topic"]: row for row in manifest["report"]["scores"]}
    data, lexicon = manifest["data"], manifest["lexicon"]
    return {
        "model": str(folder),
        "created": str(manifest["created"]),
        "topics": str(len(manifest["topics"])),
        "trained on": f"{data['articles']:,} articles, sha256 {data['sha256'][:16]}…",
        **_extensions(manifest),
        "words": f"{lexicon['lemmas']:,} lemmas; vectors from {lexicon['texts']:,} articles",
        "scored": str(manifest["report"]["measure"]),
        **{f"F1 {average}": f"{scores[average]['f1']:.3f}" for average in ("macro", "micro", "samples")},
        "trained with": ", ".join(f"{package} {number}" for package, number in manifest["versions"].items()),
        "format": str(manifest["format"]),
        "sha256": manifest["sha256"],
    }
