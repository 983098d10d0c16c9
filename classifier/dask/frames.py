"""Dask DataFrames of articles to Dask DataFrames of topics."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dask
import dask.dataframe as dd
import pyarrow as pa

from classifier.model.predictions import Mode
from classifier.model.predictor import TopicPredictor
from classifier.tagging.frames import as_predictor, tag_frame

if TYPE_CHECKING:
    from dask.delayed import Delayed

    from classifier.model.estimator import TopicClassifier


def tag(
    ddf: dd.DataFrame,
    model: "str | Path | TopicClassifier | TopicPredictor | None" = None,
    text: str = "text",
    title: str = "title",
    *,
    keep: Sequence[str] = (),
    all_topics: bool = False,
    mode: Mode | float = "balanced",
) -> dd.DataFrame:
    """Tag the articles of a Dask DataFrame, when the answer is computed.

    The model is read here and sent to the cluster once; in each computation, each worker gets it once. Workers need
    this package, and one thread each.

    Parameters
    ----------
    ddf
        An article a row.
    model, text, title, keep, all_topics, mode
        As in `classifier.tag_frame`; errors too.

    Returns
    -------
    dask.dataframe.DataFrame
        As from `classifier.tag_frame`, with the partitions and the index of `ddf`.
    """
    predictor = as_predictor(model)
    options: dict[str, Any] = {
        "text": text,
        "title": title,
        "keep": list(keep),
        "all_topics": all_topics,
        "mode": mode,
    }
    meta = tag_frame(ddf._meta, predictor, **options)
    return ddf.map_partitions(tag_frame, broadcast(predictor.to_bytes()), meta=meta, **options)


def schema(tagged: dd.DataFrame) -> pa.Schema:
    """Return the columns for ``tagged.to_parquet(folder, schema=schema(tagged))``: Dask cannot tell what lists hold."""
    some = tagged._meta_nonempty
    filled = some.assign(topics=[["topic"]] * len(some), probabilities=[[0.5]] * len(some))
    index = filled.index.name or "__null_dask_index__"  # what `to_parquet` calls an index without a name
    return pa.Schema.from_pandas(filled.rename_axis(index=index), preserve_index=True)


def broadcast(value: Any) -> "Delayed":
    """Return a value for many tasks, as a task of its own.

    It goes once to each worker that needs it, and can be computed again if a worker is lost; scattered data cannot. The
    cluster keeps it, so that a second computation does not send it again.
    """
    # Dask warns of more than 10 MB in a graph; that is harmful only if every task holds them.
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"}):
        return dask.delayed(value, traverse=False).persist()
