"""Hashes of all words of a batch at once are those of each word alone."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from classifier.text import hashes as module
from classifier.text.hashes import BITS, hash_words, word_bounds


def octets_of(words):
    return np.frombuffer(b" ".join([b"", *words, b""]), np.uint8)


def plain_hash(word, salt=0):
    """The definition, with Python's integers."""
    number = (sum(byte * module._BASE**place for place, byte in enumerate(word)) + salt) % 2**64
    for _ in range(2):
        number = (number ^ number >> 32) * module._MIXER % 2**64
    return number >> (64 - BITS)


WORDS = st.lists(st.binary(min_size=1, max_size=50).map(lambda word: word.replace(b" ", b"x")), max_size=20)


@given(words=WORDS, salt=st.integers(0, 2**32 - 1))
def test_each_word_has_its_hash_wherever_it_stands(words, salt):
    octets = octets_of(words)
    hashes = hash_words(octets, *word_bounds(octets), salt)
    assert hashes.tolist() == [plain_hash(word, salt) for word in words]


def test_a_text_longer_than_a_piece_is_hashed_in_pieces(monkeypatch):
    words = [f"слово{number}".encode("cp1251") for number in range(300)]
    monkeypatch.setattr(module, "_PIECE", 64)
    octets = octets_of(words)
    assert hash_words(octets, *word_bounds(octets)).tolist() == list(map(plain_hash, words))


def test_a_word_longer_than_a_piece_changes_no_other_hash(monkeypatch):
    monkeypatch.setattr(module, "_PIECE", 64)
    octets = octets_of([b"a", b"b" * 1000, b"c"])
    first, _, last = hash_words(octets, *word_bounds(octets)).tolist()
    assert (first, last) == (plain_hash(b"a"), plain_hash(b"c"))


def test_a_word_without_bytes_may_stand_where_a_piece_ends():
    """A lone hyphen is such a word once its hyphens are stripped; it stood there in one of our outlets."""
    octets = np.full(module._PIECE + 10, ord("x"), np.uint8)
    starts, stops = np.array([0, module._PIECE]), np.array([5, module._PIECE])
    assert hash_words(octets, starts, stops).tolist() == [plain_hash(b"xxxxx"), plain_hash(b"")]


def test_words_are_what_stands_between_spaces():
    starts, stops = word_bounds(np.frombuffer(b"   ab  c ", np.uint8))
    assert (starts.tolist(), stops.tolist()) == ([3, 7], [5, 8])
    assert [len(bounds) for bounds in word_bounds(np.frombuffer(b" ", np.uint8))] == [0, 0]


def test_hashes_of_real_words_are_spread_evenly():
    """Of 2**16 buckets with 12 words each, none has more than chance gives it (Poisson: 1 in 10 million)."""
    octets = octets_of([f"сл{number}во".encode("cp1251") for number in range(12 << 16)])
    buckets = np.bincount(hash_words(octets, *word_bounds(octets)).astype(np.int64) >> (BITS - 16), minlength=1 << 16)
    assert buckets.max() < 40
    assert 0.9 < buckets.var() / 12 < 1.1
