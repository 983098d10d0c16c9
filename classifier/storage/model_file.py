"""The file ``model.joblib``: a dict of plain data, which `joblib.load` reads too. Reading it runs nothing.

A joblib file is a compressed pickle, and a pickle can run any program when it is loaded. This file cannot: it holds
only strings, numbers, lists and bytes, and `unpack` refuses every other opcode of the pickle language before it loads
the file. Arrays are stored as the bytes of an ``.npy`` file, whose header is checked before memory is taken for it.
"""

import io
import pickle
import pickletools
import zlib
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from classifier.errors import Error

MAX_SIZE = 1 << 29  # bytes, unpacked: 512 MB, thirty times the shipped model
_MAX_OPCODES = 100_000  # the shipped model has 150; a topic takes two
# Only what builds strings, numbers, lists, dicts and bytes. Of what is left out, GLOBAL, REDUCE and the like run code,
# and LONG_BINPUT takes 34 GB of memory for nine bytes of file.
_OPCODES = {
    *("PROTO", "FRAME", "STOP", "MARK", "MEMOIZE", "BINGET", "LONG_BINGET"),
    *("EMPTY_DICT", "SETITEM", "SETITEMS", "EMPTY_LIST", "APPEND", "APPENDS"),
    *("BINUNICODE", "SHORT_BINUNICODE", "BINBYTES", "SHORT_BINBYTES", "BININT", "BININT1", "BININT2", "BINFLOAT"),
}


def pack(content: dict[str, Any]) -> bytes:
    """Return the bytes of a model file; equal content gives equal bytes.

    Parameters
    ----------
    content
        Strings, numbers, lists of strings, and arrays of numbers.
    """
    import joblib  # 0.1 s, and reading needs none of it

    plain = {name: _npy_bytes(value) if isinstance(value, np.ndarray) else value for name, value in content.items()}
    buffer = io.BytesIO()
    joblib.dump(plain, buffer, compress=("zlib", 3), protocol=4)
    return buffer.getvalue()


def unpack(file: bytes, size: int) -> dict[str, Any]:
    """Return what `pack` was given; the arrays are read-only.

    Parameters
    ----------
    file
        The bytes of a model file, from anyone.
    size
        Bytes it is to have when unpacked. No more are unpacked.

    Raises
    ------
    Error
        The file is not one that `pack` writes.
    """
    try:
        plain = _load_plain(_decompress(file, size))
        return {name: _read_npy(value) if isinstance(value, bytes) else value for name, value in plain.items()}
    except (ValueError, KeyError, EOFError, MemoryError, OverflowError, RecursionError) as error:
        raise Error(f"the model is damaged ({error})") from error
    except (zlib.error, pickle.UnpicklingError, AttributeError, IndexError, TypeError) as error:
        raise Error(f"the model is damaged ({error})") from error


def unpacked_size(file: bytes) -> int:
    """Return the number of bytes in a file of our own making when unpacked."""
    return len(zlib.decompress(file))


def _decompress(file: bytes, size: int) -> bytes:
    if not 0 < size <= MAX_SIZE:
        raise ValueError(f"{size:,} bytes unpacked, where {MAX_SIZE:,} is the limit")
    stream = zlib.decompressobj()
    content = stream.decompress(file, size + 1)
    if len(content) != size or not stream.eof:
        raise ValueError(f"it does not have {size:,} bytes unpacked")
    return content


class _PlainUnpickler(pickle.Unpickler):
    """An unpickler that knows no class and no function."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"it names {module}.{name}, and a model holds plain data only")


def _load_plain(content: bytes) -> dict[str, Any]:
    for number, (opcode, _, _) in enumerate(pickletools.genops(content)):
        if opcode.name not in _OPCODES:
            raise pickle.UnpicklingError(f"it holds {opcode.name}, and a model holds plain data only")
        if number > _MAX_OPCODES:
            raise pickle.UnpicklingError("it has too many parts")
    plain = _PlainUnpickler(io.BytesIO(content)).load()
    if not isinstance(plain, dict) or not all(isinstance(name, str) for name in plain):
        raise ValueError("it is not a dict of names")
    return plain


def _npy_bytes(array: NDArray[Any]) -> bytes:
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
    if fortran_order or dtype.kind not in "fi" or count * dtype.itemsize != size:
        raise ValueError(f"an array of {size:,} bytes is said to be {dtype} {shape}")
    return np.frombuffer(content, dtype, offset=stream.tell()).reshape(shape)
