"""Labels as users have them to an indicator matrix, and back."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score
from sklearn.preprocessing import MultiLabelBinarizer

from classifier.arrays import IndicatorArray
from classifier.errors import UsageError
from classifier.topics import parse_topics

MIN_EXAMPLES = 3  # texts with a topic, and without it: with one left out, two are left to learn from


def encode_labels(y: Any) -> tuple[NDArray[np.object_], IndicatorArray]:
    """Turn labels into topic ids and an indicator matrix.

    Parameters
    ----------
    y
        A list of topic ids for each text; or a string of ids separated by ``;`` for each; or a DataFrame whose columns
        name the topics; or an indicator matrix (texts, topics), dense or sparse, whose topics are named 0, 1, ...

    Returns
    -------
    classes, y_true
        Topic ids, (topics,), sorted where `y` does not order them, and the matrix, (texts, topics).

    Raises
    ------
    UsageError
        A value is missing, or is neither 0 nor 1; the message names the place. It is a ValueError.

    >>> encode_labels(["sport; culture", "", ["sport"]])
    (array(['culture', 'sport'], dtype=object), array([[1, 1],
           [0, 0],
           [0, 1]], dtype=int8))
    """
    if hasattr(y, "columns"):
        if len(y.columns) == 1 and y.dtypes.iloc[0].kind not in "biuf":  # one column of lists or strings
            return encode_labels(y.iloc[:, 0])
        return _names(y.columns), _indicator(y.to_numpy(), list(y.columns))
    y = y.toarray() if hasattr(y, "toarray") else y
    y = y if isinstance(y, np.ndarray) and y.ndim == 2 else list(y)
    if len(y) and any(map(_is_missing, y)):
        row = next(row for row, value in enumerate(y) if _is_missing(value))
        raise UsageError(f"y[{row}] is {y[row]}: a text without a topic has '' or []")
    if isinstance(y, list) and y and all(map(_is_names, y)):
        return _encode_names(parse_topics([row if isinstance(row, str) else list(row) for row in y]))
    array = y if isinstance(y, np.ndarray) else _as_matrix(y)
    if array is None:
        raise UsageError(
            "y must be a list of topic ids for each text, strings separated by ';', "
            "or an indicator matrix (texts, topics) of 0 and 1"
        )
    return _names(range(array.shape[1])), _indicator(array, list(range(array.shape[1])))


def _as_matrix(rows: list[Any]) -> NDArray[Any] | None:
    """Return rows of equal length as a matrix, and None for anything else."""
    lengths = {len(row) if hasattr(row, "__len__") else None for row in rows}
    return np.array(rows) if len(lengths) == 1 and None not in lengths else None


def _encode_names(rows: list[list[str]]) -> tuple[NDArray[np.object_], IndicatorArray]:
    binarizer = MultiLabelBinarizer()
    y_true = binarizer.fit_transform(rows).astype(np.int8)
    return _names(binarizer.classes_), y_true


def _names(names: Iterable[Any]) -> NDArray[np.object_]:
    """Return topic ids as an array of strings, whose dtype is the same before and after a model is stored."""
    return np.array([str(name) for name in names], dtype=object)


def _is_missing(value: Any) -> bool:
    return value is None or (np.isscalar(value) and value != value)


def _is_names(row: Any) -> bool:
    """Whether a row of labels is a string or a collection of strings."""
    return isinstance(row, str) or (hasattr(row, "__iter__") and all(isinstance(name, str) for name in row))


def _indicator(values: NDArray[Any], names: Sequence[Any]) -> IndicatorArray:
    """Return a matrix of 0 and 1, after checking that it is one."""
    right = np.isin(values, (0, 1)) if values.dtype != object else np.vectorize(_is_binary, [bool])(values)
    if not right.all():
        row, column = np.argwhere(~right)[0]
        problem = f"row {row}, column {names[column]!r} is {values[row, column]!r:.40}"
        raise UsageError(f"y must be an indicator matrix of 0 and 1, but its {problem}")
    return values.astype(np.int8)


def _is_binary(value: Any) -> bool:
    return isinstance(value, int | float | np.generic) and value in (0, 1)


def check_examples(classes: Iterable[Any], positives: Iterable[int], texts: int) -> None:
    """Refuse to learn a topic from fewer than `MIN_EXAMPLES` texts with it or without it: a `UsageError`."""
    for name, count in zip(classes, positives, strict=True):
        if min(count, texts - count) < MIN_EXAMPLES:
            raise UsageError(
                f"topic {str(name)!r} is on {count} of {texts} texts; "
                f"it takes {MIN_EXAMPLES} with it and {MIN_EXAMPLES} without to learn it"
            )


def micro_f1(y: Any, y_pred: IndicatorArray, classes: Sequence[str], sample_weight: Any = None) -> float:
    """Return the micro-averaged F1 of predictions whose columns are `classes`, for labels of any kind.

    Labels of topics that the model does not know count as missed. An indicator matrix without names has the columns
    of the predictions.
    """
    names, y_true = encode_labels(y)
    if names.tolist() == [str(column) for column in range(len(names))]:
        if len(names) != len(classes):
            raise UsageError(f"y has {len(names)} columns, but the model has {len(classes)} topics")
        names = np.array(classes, dtype=object)
    every = list(dict.fromkeys([*classes, *names]))
    pair = []
    for columns, values in ((names, y_true), (classes, y_pred)):
        matrix = np.zeros((len(values), len(every) + 1), np.int8)  # one more: scikit-learn takes one column for binary
        matrix[:, [every.index(name) for name in columns]] = values
        pair.append(matrix)
    return float(f1_score(*pair, average="micro", sample_weight=sample_weight, zero_division=0))
