import unicodedata
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from classifier.text import decode, spans, tokens, with_title
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


@pytest.mark.parametrize("line", LINES)
def test_spans_of_the_golden_cases_hold_their_words(line):
    text = line.replace("\\x00", "\0").split(" => ")[0]
    assert [tokens(text[start:end]) for start, end in spans(text)] == [[token] for token in tokens(text)]


MARKED = st.text(alphabet=st.sampled_from("аиеЁйX-1 .\u0301\u0306\u0308\u00ad\u200b\u202e\u2011é✓ң<\u0338\ud800"))


@given(
    st.text()
    | MARKED
    | st.lists(st.sampled_from(["https://a.b/c?d", "(", "и\u0306", "http://", "слово", " "])).map("".join)
)
def test_spans_point_at_the_words_of_any_text(text):
    found = spans(text)
    assert [tokens(text[start:end]) for start, end in found] == [[token] for token in tokens(text)]
    assert all(before[1] <= after[0] for before, after in pairwise(found))


def test_a_span_takes_in_the_marks_on_its_letters():
    text = "«Росси\u0301\u0438\u0306»"
    assert [text[start:end] for start, end in spans(text)] == [text[1:-1]]


def test_lone_surrogates_part_words():
    assert [decode(token) for token in tokens("до\ud800после")] == ["до", "после"]


@pytest.mark.parametrize(
    "title, text, expected", [("А", "Б", "А\nБ"), ("", "Б", "Б"), (None, "Б", "Б"), ("А", None, "А")]
)
def test_a_title_is_the_first_line(title, text, expected):
    assert with_title(title, text) == expected
