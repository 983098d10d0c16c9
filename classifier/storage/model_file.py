"""The file ``model.joblib``: a dict of plain data, which `joblib.load` reads too. Reading it runs nothing.

A joblib file is a pickle, and `pickle` runs whatever a pickle asks for. This module reads the file itself: it knows
only the opcodes that build strings, numbers, lists, dicts and bytes, and refuses a file with any other. Arrays are
stored as the bytes of an ``.npy`` file, whose header is checked before memory is taken for it. They are not compressed:
the file would be a sixth smaller, and loading would take twice as long. Long texts are.
"""

import io
import json
import pickletools
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from classifier.errors import Error

MAX_SIZE = 1 << 29  # bytes: 512 MB, 25 times the shipped model
_LONG, _MAX_TEXT = 10_000, 1 << 25  # characters of a text that is compressed, and bytes of the longest
_MAX_OPCODES = 100_000  # the shipped model has 150; a topic takes two


def pack(content: dict[str, Any]) -> bytes:
    """Return the bytes of a model file; equal content gives equal bytes.

    Parameters
    ----------
    content
        Strings, numbers, lists of strings, and arrays of numbers, as arrays or as the bytes of their ``.npy`` files.
    """
    import joblib  # 0.1 s, and reading needs none of it

    arrays = {name: _npy_bytes(value) for name, value in content.items() if isinstance(value, np.ndarray | bytes)}
    # A pickle notes where one string object occurs twice; JSON makes new ones, so that only their values matter.
    values = json.loads(json.dumps({name: value for name, value in content.items() if name not in arrays}))
    texts = {name: _deflated(value) for name, value in values.items() if isinstance(value, str)}
    parts = arrays | values | texts
    plain = {name: parts[name] for name in content}
    buffer = io.BytesIO()
    joblib.dump(plain, buffer, protocol=4)
    return buffer.getvalue()


def unpack(file: bytes) -> dict[str, Any]:
    """Return what `pack` was given; the arrays are read-only.

    Parameters
    ----------
    file
        The bytes of a model file, from anyone.

    Raises
    ------
    Error
        The file is not one that `pack` writes.
    """
    try:
        return _read_values(_read_plain(file))
    except Exception as error:  # of any kind: NumPy's parser of headers raises SyntaxError and TokenError too
        raise Error(f"the model is damaged ({error!s:.200})") from error


def _read_values(plain: dict[str, Any]) -> dict[str, Any]:
    """Return values with their arrays and long texts, which may have `_MAX_TEXT` bytes in all."""
    values, left = dict(plain), _MAX_TEXT
    for name, value in plain.items():
        if isinstance(value, bytes) and value.startswith(npy.MAGIC_PREFIX):
            values[name] = _read_npy(value)
        elif isinstance(value, bytes):
            inflated = _inflated(value, left)
            left -= len(inflated)
            values[name] = inflated.decode(errors="surrogatepass")
    return values


def _read_plain(content: bytes) -> dict[str, Any]:
    """Return the dict in a pickle of plain data. Nothing is read twice, so what is checked is what is built."""
    stack: list[Any] = []
    marks: list[int] = []
    memo: list[Any] = []
    steps: dict[str, Callable[[Any], object]] = {  # all opcodes that may occur
        **dict.fromkeys(["PROTO", "FRAME", "STOP"], lambda _: None),
        **dict.fromkeys(["BINUNICODE", "SHORT_BINUNICODE", "BINBYTES", "SHORT_BINBYTES"], stack.append),
        **dict.fromkeys(["BININT", "BININT1", "BININT2", "BINFLOAT"], stack.append),
        "EMPTY_DICT": lambda _: stack.append({}),
        "EMPTY_LIST": lambda _: stack.append([]),
        "MARK": lambda _: marks.append(len(stack)),
        "MEMOIZE": lambda _: memo.append(stack[-1]),
        **dict.fromkeys(["BINGET", "LONG_BINGET"], lambda index: stack.append(memo[index])),
        "APPEND": lambda _: _fill(stack, len(stack) - 1),
        "SETITEM": lambda _: _fill(stack, len(stack) - 2),
        **dict.fromkeys(["APPENDS", "SETITEMS"], lambda _: _fill(stack, marks.pop())),
    }
    for number, (opcode, argument, _) in enumerate(pickletools.genops(content)):
        if opcode.name not in steps:
            raise ValueError(f"it holds {opcode.name}, and a model holds plain data only")
        if number > _MAX_OPCODES:
            raise ValueError("it has too many parts")
        steps[opcode.name](argument)
    if len(stack) != 1 or not isinstance(stack[0], dict) or not all(isinstance(name, str) for name in stack[0]):
        raise ValueError("it is not a dict of names")
    return stack[0]


def _fill(stack: list[Any], start: int) -> None:
    """Move what stands on the stack from `start` on into the list or dict below it."""
    items = stack[start:]
    del stack[start:]
    target = stack[-1]
    if isinstance(target, dict):
        target.update(zip(items[::2], items[1::2], strict=True))
    elif isinstance(target, list):
        target.extend(items)
    else:
        raise ValueError("it fills what is neither list nor dict")


def _deflated(text: str) -> str | bytes:
    """Return a long text in a quarter of its bytes, a short one as it is."""
    return text if len(text) < _LONG else zlib.compress(text.encode(errors="surrogatepass"), 9)


def _inflated(content: bytes, limit: int) -> bytes:
    stream = zlib.decompressobj()
    text = stream.decompress(content, limit + 1)
    if len(text) > limit or not stream.eof:
        raise ValueError(f"its texts have more than {_MAX_TEXT:,} bytes, or are not whole")
    return text


def _npy_bytes(array: NDArray[Any] | bytes) -> bytes:
    if isinstance(array, bytes):
        return array
    buffer = io.BytesIO()
    npy.write_array(buffer, np.ascontiguousarray(array), version=(1, 0), allow_pickle=False)
    return buffer.getvalue()


def _read_npy(content: bytes) -> NDArray[Any]:
    """Return the array of an ``.npy`` file without copying it; its header must agree with the number of bytes."""
    stream = io.BytesIO(content)
    if npy.read_magic(stream) != (1, 0):
        raise ValueError("an array has an unknown version")
    shape, fortran_order, dtype = npy.read_array_header_1_0(stream)
    size = len(content) - stream.tell()
    count = 1
    for length in shape:  # Python's integers do not overflow
        count *= length
    if fortran_order or dtype.kind not in "fiu" or count * dtype.itemsize != size:
        raise ValueError(f"an array of {size:,} bytes is said to be {dtype} {shape}")
    return np.frombuffer(content, dtype, offset=stream.tell()).reshape(shape)
