"""Labels as users have them to an indicator matrix, and back."""

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score
from sklearn.preprocessing import MultiLabelBinarizer

from classifier.arrays import IndicatorArray
from classifier.errors import UsageError
from classifier.topics import AVERAGES, check_id, parse_topics

MIN_EXAMPLES = 3  # texts with a topic, and without it: with one left out, two are left to learn from
_GAPS = {"None", "nan", "<NA>", "NaT"}  # how Python, NumPy and pandas print a missing value


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
    if isinstance(y, np.ndarray) and y.ndim == 2:
        return _names(range(y.shape[1])), _indicator(np.asarray(y), range(y.shape[1]))
    is_list = isinstance(y, Iterable) and not isinstance(y, str | Mapping | Set) and getattr(y, "ndim", 1) != 0
    return _encode_rows(list(y) if is_list else [])


def _encode_rows(rows: list[Any]) -> tuple[NDArray[np.object_], IndicatorArray]:
    """Encode a list with the labels of each text, of whatever kind."""
    for row, labels in enumerate(rows):
        if is_missing(labels):
            raise UsageError(f"y[{row}] is {labels}: a text without a topic has '' or []")
    if rows and all(map(_is_names, rows)):
        return _encode_names(parse_topics([row if isinstance(row, str) else list(row) for row in rows]))
    lengths = {len(row) if hasattr(row, "__len__") else None for row in rows}
    if len(lengths) != 1 or None in lengths or np.ndim(rows[0]) != 1:
        raise UsageError(
            "y must be a list of topic ids for each text, strings separated by ';', "
            "or an indicator matrix (texts, topics) of 0 and 1"
        )
    matrix = np.array(rows, dtype=object)
    return _names(range(matrix.shape[1])), _indicator(matrix, range(matrix.shape[1]))


def _encode_names(rows: list[list[str]]) -> tuple[NDArray[np.object_], IndicatorArray]:
    binarizer = MultiLabelBinarizer()
    y_true = binarizer.fit_transform(rows).astype(np.int8)
    return _names(binarizer.classes_), y_true


def _names(names: Iterable[Any]) -> NDArray[np.object_]:
    """Return topic ids as an array of strings, whose dtype is the same before and after a model is stored."""
    ids = [str(name) for name in names]
    for name in ids:
        if ids.count(name) > 1:
            raise UsageError(f"y has two columns for topic {name!r}")
    return np.array(ids, dtype=object)


def is_missing(value: Any) -> bool:
    """Whether a value is None, NaN or a missing value of pandas."""
    return not hasattr(value, "__iter__") and str(value) in _GAPS


def _is_names(row: Any) -> bool:
    """Whether a row of labels is a string or a collection of strings."""
    return isinstance(row, str) or (hasattr(row, "__iter__") and all(isinstance(name, str) for name in row))


def _indicator(values: NDArray[Any], names: Sequence[Any]) -> IndicatorArray:
    """Return a matrix of 0 and 1, after checking that it is one."""
    right = np.isin(values, (0, 1)) if values.dtype != object else np.vectorize(_is_binary, [bool])(values)
    if not right.all():
        row, column = np.argwhere(~right)[0]
        value = values[row, column]
        value = value.item() if isinstance(value, np.generic) else value
        problem = f"row {row}, column {names[column]!r} is {value!r:.40}"
        raise UsageError(f"y must be an indicator matrix of 0 and 1, but its {problem}")
    return values.astype(np.int8)


def _is_binary(value: Any) -> bool:
    return isinstance(value, int | float | np.generic) and value in (0, 1)


def check_examples(classes: Iterable[Any], positives: Iterable[int], texts: int) -> None:
    """Refuse a topic with fewer than `MIN_EXAMPLES` texts with it or without it, or a reserved id: a `UsageError`."""
    for name, count in zip(classes, positives, strict=True):
        if name in AVERAGES:
            raise UsageError(f"topic {name!r} has the name of an average in reports: give it another id")
        check_id(name)
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
    if len(names) and names.tolist() == [str(column) for column in range(len(names))]:
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
