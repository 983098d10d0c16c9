"""Texts that are the same, word for word."""

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np

from classifier.arrays import IndexArray
from classifier.text.tokens import encode


def hash_texts(texts: Iterable[str]) -> IndexArray:
    """Return a hash of the words of each text, 64 bits, (texts,); case, punctuation and spaces do not count.

    >>> first, second, third = hash_texts(["Матч в Москве", "МАТЧ — в Москве!", "Матч в Казани"])
    >>> bool(first == second), bool(first == third)
    (True, False)
    """
    digests = (blake2b(b" ".join(encode(text).split()), digest_size=8).digest() for text in texts)
    return np.array([int.from_bytes(digest, signed=True) for digest in digests], np.int64)
