"""The model file: what is stored, and that no file, whoever made it, runs anything or takes much memory."""

import io
import os
import pickle
import pickletools
import struct
import tracemalloc
import zlib
from copy import deepcopy

import joblib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier import load
from classifier.errors import Error
from classifier.model.predictor import TopicPredictor, load_predictor
from classifier.storage.model_file import pack, unpack
from tests.conftest import EXAMPLES
from tests.model.conftest import hand_made
from tests.storage.conftest import replace_model


def assert_same_content(one, other):
    assert list(one) == list(other)
    for name, value in one.items():
        if isinstance(value, np.ndarray):
            assert (value.dtype, value.shape) == (other[name].dtype, other[name].shape)
            assert value.tobytes() == other[name].tobytes()
        else:
            assert value == other[name] and type(value) is type(other[name])


def test_content_comes_back_to_the_last_bit(small_model):
    content = small_model.predictor_.to_content()
    assert_same_content(unpack(pack(content)), content)


def test_a_long_text_comes_back():
    lemmas = "\n".join(f"слово{number}" for number in range(10_000))
    file = pack({"lemmas": lemmas})
    assert unpack(file) == {"lemmas": lemmas} and len(file) < len(lemmas) / 2


def test_joblib_loads_a_dict_of_plain_values(folder, content):
    plain = joblib.load(folder / "model.joblib")
    assert {type(value) for value in plain.values()} == {str, int, list, bytes}
    arrays = {name: np.load(io.BytesIO(value)) for name, value in plain.items() if isinstance(value, bytes)}
    assert_same_content(plain | arrays, content)


def test_equal_content_gives_equal_bytes(small_model, small):
    predictor = small_model.predictor_
    file = predictor.to_bytes()
    predictor.predict(small.texts)
    assert predictor.to_bytes() == file
    assert pack(deepcopy(predictor.to_content())) == file
    assert TopicPredictor.from_bytes(file).to_bytes() == file


def test_equal_strings_give_equal_bytes_whether_they_are_one_object_or_two():
    lemma = "мат" + "ч"
    assert pack({"classes": [lemma], "lemmas": lemma}) == pack({"classes": [lemma], "lemmas": "".join(["мат", "ч"])})


# Pickles that do harm.


def string(text):
    """Return the opcode for a string."""
    return b"X" + struct.pack("<I", len(text.encode())) + text.encode()


def in_dict(value):
    """Return the pickle of a dict with one value."""
    return b"}" + string("classes") + value + b"s."


class MakeFolder:
    """An object whose pickle makes a folder when it is loaded."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


PROGRAMS = {  # each makes a folder when it is loaded
    "REDUCE": lambda path: in_dict(b"cos\nmkdir\n(" + string(path) + b"tR"),
    "STACK_GLOBAL": lambda path: in_dict(string("os") + string("mkdir") + b"\x93(" + string(path) + b"tR"),
    "os.system": lambda path: in_dict(b"cos\nsystem\n(" + string(f"mkdir '{path}'") + b"tR"),
    "INST": lambda path: in_dict(b"(" + string(path) + b"ios\nmkdir\n"),
    "OBJ": lambda path: in_dict(b"(cos\nmkdir\n" + string(path) + b"o"),
    **{
        f"class, protocol {protocol}": lambda path, p=protocol: pickle.dumps(MakeFolder(path), p)
        for protocol in range(6)
    },
}


@pytest.fixture(params=PROGRAMS)
def program(request, tmp_path):
    return PROGRAMS[request.param](str(tmp_path / "evil"))


def test_a_pickle_that_runs_a_program_is_refused_before_it_runs(program, folder, tmp_path):
    replace_model(folder, program)
    for read in (lambda: unpack(program), lambda: load_predictor(folder), lambda: load(folder)):
        with pytest.raises(Error, match="a model holds plain data only"):
            read()
    assert not (tmp_path / "evil").exists()
    pickle.loads(program)
    assert (tmp_path / "evil").exists()  # an ordinary unpickler runs it


OTHERS = {
    "globals only": b"cos\nsystem\n.",
    "STACK_GLOBAL": b"\x80\x04\x8c\x02os\x8c\x06system\x93.",
    "BUILD": in_dict(b"}}b"),
    "EXT1": in_dict(b"\x82\x01"),
    "EXT4": in_dict(b"\x84\x01\0\0\0"),
    "PERSID": in_dict(b"Pevil\n"),
    "BINPERSID": in_dict(string("evil") + b"Q"),
    "NEWOBJ": in_dict(b"cbuiltins\nobject\n)\x81"),
    "LONG_BINPUT": b"}r\xff\xff\xff\x7f.",  # asks for 34 GB
    "PUT": b"}p2147483647\n.",
    "NEXT_BUFFER": in_dict(b"\x97"),
    "BYTEARRAY8": in_dict(b"\x96" + struct.pack("<Q", 4) + b"evil"),
    "TUPLE": in_dict(b"(t"),
}


@pytest.mark.parametrize("plain", OTHERS.values(), ids=OTHERS)
def test_a_pickle_that_is_more_than_data_is_refused(plain, folder):
    replace_model(folder, plain)
    for read in (lambda: unpack(plain), lambda: load_predictor(folder), lambda: load(folder)):
        with pytest.raises(Error, match="a model holds plain data only"):
            read()


def test_too_many_parts_are_refused():
    with pytest.raises(Error, match="too many parts"):
        unpack(b"}" + string("classes") + b"(" + b"K\1" * 200_000 + b"s.")


def test_no_command_runs_a_program_of_a_model(folder, tmp_path, run):
    replace_model(folder, PROGRAMS["REDUCE"](str(tmp_path / "evil")))
    article = EXAMPLES / "articles" / "kanal.txt"
    for command, *arguments in (
        ["predict", article],
        ["predict", article, "--jobs", "2"],
        ["explain", article],
        ["evaluate", EXAMPLES / "train.csv"],
        ["topics", "--words", "3"],
    ):
        result = run(command, "--model", folder, *arguments)
        assert result.code == 1 and "a model holds plain data only" in result.err
    run("topics", "--model", folder)
    run("info", "--model", folder)
    assert not (tmp_path / "evil").exists()


# Files that are small and ask for much memory.


def zeros(size):
    """Return so many zeros, a multiple of 1 MB, compressed by zlib, without packing them one by one."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    megabyte = deflate.compress(bytes(1 << 20)) + deflate.flush(zlib.Z_FULL_FLUSH)
    checksum = struct.pack(">I", size % 65521 << 16 | 1)
    return b"\x78\x9c" + megabyte * (size >> 20) + b"\x03\x00" + checksum


DEFLATED = zeros(2 << 30)


def frame_bomb():
    """Return a pickle that pickletools and the unpickler in C read differently.

    A frame ends within the length of a string. pickletools reads on behind the frame and sees a string that holds the
    bomb. The unpickler drops the rest of the frame, sees an empty string, and then the bomb: an index of the memo, for
    which it takes 1 GB.
    """
    bomb = b"0}r" + struct.pack("<I", 1 << 26) + b"."
    length = struct.pack("<I", 2 + len(bomb))
    frame = b"X" + length[:2]
    return b"\x80\x04\x95" + struct.pack("<Q", len(frame)) + frame + length[2:] + b"\0\0" + bomb + b"}."


BOMBS = {
    "2 GB of text in 2 MB": lambda _: in_dict(b"B" + struct.pack("<I", len(DEFLATED)) + DEFLATED),
    "one text of 20 MB under many names": lambda _: pickle.dumps(
        dict.fromkeys("abcdefgh", zlib.compress(b" " * 20_000_000)), 4
    ),
    "a memo of 34 GB": lambda _: b"}r\xff\xff\xff\x7f.",
    "a memo hidden behind a frame": lambda _: frame_bomb(),
    "4 GB of bytes that are missing": lambda _: in_dict(b"B\xff\xff\xff\xff"),
    "a frame of 4 GB": lambda _: b"\x80\x04\x95" + struct.pack("<Q", 1 << 32) + b"}.",
    "millions of lemmas": lambda content: pack({**content, "lemmas": "\n" * (16 << 20)}),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_before_it_takes_memory(bomb, content):
    file = BOMBS[bomb](content)
    assert len(file) < 3_000_000
    tracemalloc.start()
    with pytest.raises(Error, match="the model is damaged"):
        TopicPredictor.from_content(unpack(file))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100_000_000


@pytest.mark.parametrize("cut", [0, 1, 2, 100, -1])
def test_a_truncated_file_is_refused(content, cut):
    file = pack(content)
    with pytest.raises(Error, match="the model is damaged"):
        unpack(file[:cut])


@pytest.mark.parametrize("plain", [b"].", b"K\x01.", b"}K\x01K\x01s.", b"}(K\x01s.", b"0.", b".", b"}h\7s.", b"", b"}"])
def test_a_pickle_that_is_no_dict_of_names_is_refused(plain):
    with pytest.raises(Error, match="the model is damaged"):
        unpack(plain)


# Arrays that are not what their header says.


def array_file(header, data=bytes(8), version=b"\x01\x00"):
    """Return the bytes of an ``.npy`` file with this header."""
    return b"\x93NUMPY" + version + struct.pack("<H", len(header)) + header.encode("latin1") + data


def header(dtype="'<f4'", order="False", shape="(2,)"):
    return f"{{'descr': {dtype}, 'fortran_order': {order}, 'shape': {shape}, }}\n"


def unpack_array(array):
    return unpack(pack({"idf": array}))["idf"]


def test_an_array_has_the_type_and_shape_that_its_header_tells():
    array = unpack_array(array_file(header(shape="(1, 2)")))
    assert array.dtype == np.float32 and array.tolist() == [[0, 0]]


@pytest.mark.parametrize(
    "array",
    [
        *(
            array_file(header(shape=shape))
            for shape in ("(3,)", "()", "(1000000000000,)", "(4611686018427387904, 4)", "(-2,)", "(-2, -1)", "(-1, 2)")
        ),
        array_file(header(shape="(0, 1000000000000000000000000000000)"), b""),
        *(
            array_file(header(dtype=dtype))
            for dtype in ("'|O'", "'<c8'", "'<M8[s]'", "'|V4'", "'<U1'", "'|S4'", "'|b1'")
        ),
        array_file(header(dtype="[('a', '<f4')]")),
        array_file(header(dtype="'no type'")),
        array_file(header(order="True")),
        array_file(header(shape="(2L,)")),  # numpy reads this style of Python 2, with a warning
        array_file(header(), version=b"\x02\x00"),
        array_file(header())[:20],
        array_file(header().replace("descr", "other")),
        array_file("(" * 3000),
        array_file("{'descr': '<f4', 'fortran_order': False, 'shape': ("),
        array_file("  {\n a"),
        array_file("'''"),
        array_file("\0"),
        array_file("__import__('os').mkdir('evil')"),
        array_file(" " * 20_000 + header()),
        b"",
        b"PK\x03\x04",
    ],
    ids=lambda array: array[10:60].decode("latin1"),
)
def test_an_array_whose_header_lies_is_refused(array):
    with pytest.raises(Error, match="the model is damaged"):
        unpack_array(array)


# Any bytes.

PLAIN = hand_made([[2.0, 4.0], [8.0, 16.0]]).to_bytes()
# Opcodes are far apart in a pickle, so half of the changes hit one of them or its argument.
OPCODES = [position for _, _, position in pickletools.genops(PLAIN)]


@settings(max_examples=300, deadline=None)
@given(
    changes=st.lists(
        st.tuples(
            st.sampled_from(OPCODES) | st.integers(0, len(PLAIN) - 1),
            st.integers(0, 255) | st.sampled_from(pickletools.opcodes).map(lambda opcode: ord(opcode.code)),
        ),
        min_size=1,
        max_size=8,
    ),
    end=st.just(len(PLAIN)) | st.integers(0, len(PLAIN)),
)
def test_no_bytes_of_a_model_do_harm(changes, end):
    plain = bytearray(PLAIN)
    for position, value in changes:
        plain[position] = value
    try:
        predictor = TopicPredictor.from_content(unpack(bytes(plain[:end])))
    except Error as error:
        assert "the model is damaged" in str(error)
        return
    with np.errstate(all="ignore"):
        assert predictor.predict(["Матч и суд"]).shape == (1, len(predictor.classes))
