import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.text.display import visible


@pytest.mark.parametrize("character", ["\0", "\x1b", "\r", "\x7f", "\x9b", "\u202e", "\u2066", "\u200f", "\ud800"])
def test_a_character_that_controls_the_terminal_is_replaced(character):
    assert visible(f"а{character}б") == "а\ufffdб"


@pytest.mark.parametrize("text", ["Росси\u0301я\n\t«С\u2011400» 📰", "обсу\u00adдил", ""])
def test_other_characters_stay(text):
    assert visible(text) == text


@given(st.text(alphabet=st.characters()))
def test_the_result_has_the_same_length_and_can_be_encoded(text):
    assert len(visible(text)) == len(text)
    visible(text).encode("utf-8")
