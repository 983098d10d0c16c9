"""Linear and quadratic forms of article vectors as projections on axes, which are easy to store and to explain."""

import numpy as np

from classifier.arrays import Float32Array, Float64Array
from classifier.model.features import quantize

# Axes of each topic's quadratic form: fewer cost macro-F1 (tests/benchmarks/ablation.md), more take time and space.
AXES = 24
_LENGTH = 0.98  # of an axis: a little less than 1, see `quantize`


def to_axes(
    linear: Float64Array, quadratic: Float64Array, moments: Float32Array
) -> tuple[Float32Array, Float64Array, Float64Array]:
    """Write a linear and a quadratic form of each topic as weighted projections on axes.

    Parameters
    ----------
    linear
        (dimensions, topics).
    quadratic
        (topics, dimensions, dimensions).
    moments
        Second moments of the article vectors, (dimensions, dimensions).

    Returns
    -------
    axes, weights, constants
        Axes of nearly length 1, (dimensions, 1 + axes, topics), and their weights, (1 + axes, topics): the first
        projection counts as it is, the others squared. What to add to the intercepts, (topics,).
    """
    directions, values, constants = _principal_axes(quadratic, moments)
    directions = np.concatenate([linear[:, None], directions], axis=1)
    lengths = np.maximum(np.linalg.norm(directions, axis=0), 1e-9) / _LENGTH
    weights = np.concatenate([lengths[:1], values * lengths[1:] ** 2])
    return quantize(directions / lengths), weights, constants


def _principal_axes(quadratic: Float64Array, moments: Float32Array) -> tuple[Float64Array, Float64Array, Float64Array]:
    """Reduce quadratic forms to the axes along which they vary most among article vectors.

    Article vectors are far from even in all directions. So the axes are the principal ones in coordinates in which the
    vectors' second moments are equal; what is cut off is replaced by its mean over the vectors, a constant.

    Returns directions, (dimensions, axes, topics), values, (axes, topics), and constants, (topics,).
    """
    spread, turn = np.linalg.eigh(moments.astype(np.float64))
    spread = np.sqrt(np.maximum(spread, 1e-6))
    root, back = (turn * spread) @ turn.T, (turn / spread) @ turn.T
    values, vectors = np.linalg.eigh(root @ quadratic @ root)
    order = np.argsort(-np.abs(values), axis=1)
    values = np.take_along_axis(values, order, 1)
    vectors = np.take_along_axis(vectors, order[:, None], 2)[:, :, :AXES]
    return (back @ vectors).transpose(1, 2, 0), values[:, :AXES].T, values[:, AXES:].sum(axis=1)


def to_forms(axes: Float32Array, weights: Float32Array) -> tuple[Float64Array, Float64Array]:
    """Return the linear and the quadratic form of each topic, as `to_axes` takes them, from its axes and weights."""
    directions = axes[:, 1:].astype(np.float64).transpose(2, 0, 1)  # (topics, dimensions, axes)
    quadratic = (directions * weights[1:].T[:, None]) @ directions.transpose(0, 2, 1)
    return axes[:, 0] * weights[0].astype(np.float64), quadratic
