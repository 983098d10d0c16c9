import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from classifier.text import decode, tokens, with_title
from tests.conftest import CASES

LINES = [line for line in (CASES / "tokens.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]


@pytest.mark.parametrize("line", LINES)
def test_words_of_the_golden_cases(line):
    text, expected = line.replace("\\x00", "\0").split(" => ")
    assert [decode(token) for token in tokens(text)] == expected.split()


@given(st.text())
def test_any_text_has_words_that_are_their_own_words(text):
    words = [decode(token) for token in tokens(text)]
    assume("\ufffd" not in "".join(words))  # what stands for a letter outside cp1251 is not itself a letter
    assert [decode(token) for token in tokens(" ".join(words))] == words


@given(st.text(alphabet=st.characters(min_codepoint=0x20, max_codepoint=0x4FF)))
def test_composed_and_decomposed_spelling_give_the_same_words(text):
    assert tokens(unicodedata.normalize("NFD", text)) == tokens(unicodedata.normalize("NFC", text))


@given(st.text(alphabet="абвгдеёжзийклмнопрстуфхцчшщъыьэюя -АБВЁЯ0123456789abcXYZ"))
def test_case_and_the_letter_yo_do_not_matter(text):
    assert tokens(text.upper()) == tokens(text.lower()) == tokens(text.replace("ё", "е").replace("Ё", "Е"))


def test_lone_surrogates_part_words():
    assert [decode(token) for token in tokens("до\ud800после")] == ["до", "после"]


@pytest.mark.parametrize(
    "title, text, expected", [("А", "Б", "А\nБ"), ("", "Б", "Б"), (None, "Б", "Б"), ("А", None, "А")]
)
def test_a_title_is_the_first_line(title, text, expected):
    assert with_title(title, text) == expected
