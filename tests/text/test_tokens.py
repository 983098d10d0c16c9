import unicodedata
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from classifier.text.tokens import decode, encode, encode_all, to_token, token_spans, tokenize
from tests.conftest import CASES

LINES = [line for line in (CASES / "tokens.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]


@pytest.mark.parametrize("line", LINES)
def test_tokens_of_the_golden_cases(line):
    text, expected = line.replace("\\x00", "\0").split(" => ")
    assert [decode(token) for token in tokenize(text)] == expected.split()


@given(st.text())
def test_the_tokens_of_any_text_are_their_own_tokens(text):
    tokens = [decode(token) for token in tokenize(text)]
    assume("\ufffd" not in "".join(tokens))  # it replaces a letter outside cp1251 and is not a letter itself
    assert [decode(token) for token in tokenize(" ".join(tokens))] == tokens


@given(st.text(alphabet=st.characters(min_codepoint=0x20, max_codepoint=0x4FF)))
def test_composed_and_decomposed_spelling_give_the_same_tokens(text):
    assert tokenize(unicodedata.normalize("NFD", text)) == tokenize(unicodedata.normalize("NFC", text))


@given(st.text(alphabet="абвгдеёжзийклмнопрстуфхцчшщъыьэюя -АБВЁЯ0123456789abcXYZ"))
def test_case_and_the_letter_yo_do_not_matter(text):
    assert tokenize(text.upper()) == tokenize(text.lower()) == tokenize(text.replace("ё", "е").replace("Ё", "Е"))


@pytest.mark.parametrize("line", LINES)
def test_spans_of_the_golden_cases_hold_their_tokens(line):
    text = line.replace("\\x00", "\0").split(" => ")[0]
    assert [tokenize(text[start:end]) for start, end in token_spans(text)] == [[token] for token in tokenize(text)]


MARKED = st.text(alphabet=st.sampled_from("аиеЁйX-1 .\u0301\u0306\u0308\u00ad\u200b\u202e\u2011é✓ң<\u0338\ud800"))


@given(
    st.text()
    | MARKED
    | st.lists(st.sampled_from(["https://a.b/c?d", "(", "и\u0306", "http://", "слово", " "])).map("".join)
)
def test_spans_point_at_the_tokens_of_any_text(text):
    spans = token_spans(text)
    assert [tokenize(text[start:end]) for start, end in spans] == [[token] for token in tokenize(text)]
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


def test_a_span_includes_the_marks_on_its_letters():
    text = "«Росси\u0301\u0438\u0306»"
    assert [text[start:end] for start, end in token_spans(text)] == [text[1:-1]]


def test_a_lone_surrogate_separates_tokens():
    assert [decode(token) for token in tokenize("до\ud800после")] == ["до", "после"]


@pytest.mark.timeout(10)  # 25 seconds, if the marks were sorted in one piece
@pytest.mark.parametrize("marks", ["\u0301\u0316" * 50_000, "\u0f73" * 100_000])
def test_a_long_run_of_marks_takes_no_long_time(marks):
    assert tokenize("слово" + marks) == tokenize("слово")


def test_letters_are_composed_across_the_pieces_of_a_long_text():
    text = "Ёлкиной " * 500 + "🦜"
    assert tokenize(unicodedata.normalize("NFD", text)) == tokenize(text)


# All texts at once.


def assert_encoded_as_each_alone(texts):
    octets, ends = encode_all(texts)
    encoded = [octets[start + 1 : stop].tobytes() for start, stop in pairwise(ends.tolist())]
    assert [words.split() for words in encoded] == [encode(text).split() for text in texts]
    assert {octets[end] for end in ends.tolist()} == {ord(" ")} and len(octets) == ends[-1] + 1


@given(st.lists(st.text() | MARKED, max_size=5))
def test_texts_are_encoded_together_as_each_is_alone(texts):
    assert_encoded_as_each_alone(texts)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Поезд № 5 🚆 ушёл",
        "𝐌атч",  # a letter in two halves
        "до\ud800по\udc00сле",
        "при\u00adвет\ufe0f",
        "и\u0306од",
        "кафе\u0301",
        "\u1112\u1161\u11ab",  # Korean letters in parts
        "a\uffffb",  # the sign that stands between texts
        "https://example.com/привет мир",
    ],
)
def test_awkward_characters_change_no_text_beside_theirs(text):
    assert_encoded_as_each_alone(["Матч", text, "Суд", text + text, ""])


def test_every_character_is_encoded_as_it_is_alone():
    assert_encoded_as_each_alone([f"а{chr(code)}б" for code in range(0x3200)])


def test_a_token_comes_back_from_its_string():
    for token in tokenize("Поставки С-400 中"):
        assert to_token(decode(token)) == token
