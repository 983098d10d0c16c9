"""Array types that the signatures of this package name; shapes stand in the docstrings."""

import numpy as np
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]
Float64Array = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
ColumnArray = NDArray[np.int32]  # columns of a vocabulary
IndexArray = NDArray[np.int64]  # positions in other arrays
IndicatorArray = NDArray[np.int8]  # (texts, topics): 1 where a text has a topic, else 0
