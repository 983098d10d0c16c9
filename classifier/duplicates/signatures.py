"""Sets of shingles to keys that near-duplicates share: MinHash and locality-sensitive hashing.

The 128 minima of a set under random orders agree with those of another in the share that their Jaccard similarity says
(Broder, 1997). Four minima together make the key of a band. Of two sets of similarity s, one of 32 keys agrees with
probability 1 - (1 - s**4)**32: 0.99 at 0.6, 0.02 at 0.15 (Leskovec, Rajaraman and Ullman, Mining of Massive Datasets,
chapter 3).
"""

import numpy as np
from numpy.typing import NDArray

from classifier.arrays import IndexArray
from classifier.errors import UsageError

BANDS, _ROWS = 32, 4
_SEED = 1
_BASE = np.uint64(0xD6E8FEB86659FD93)  # odd: 32 bits are spread over 64
_MIXER = np.uint64(0x9E3779B97F4A7C15)


def require_rensa() -> None:
    """Refuse to work without rensa: a `UsageError`."""
    try:
        import rensa  # noqa: F401
    except ImportError as error:
        raise UsageError("finding reprints needs rensa: pip install 'news-topics[duplicates]'") from error


def band_keys(shingles: NDArray[np.uint32], ends: IndexArray) -> NDArray[np.uint32]:
    """Return the keys of some sets, (sets, `BANDS`); parameters as `shingle_sets` returns them."""
    from rensa import RMinHash

    offsets = np.concatenate([[0], ends]).astype(np.uint64)
    rows = RMinHash.digest_matrix_from_flat_token_hashes(shingles * _BASE, offsets, BANDS * _ROWS, _SEED).to_rows()
    minima = np.array(rows, np.uint64).reshape(len(ends), BANDS, _ROWS)
    keys = np.zeros((len(ends), BANDS), np.uint64)
    for row in range(_ROWS):
        keys = (keys + minima[:, :, row]) * _MIXER
        keys ^= keys >> np.uint64(29)
    return keys.astype(np.uint32)
