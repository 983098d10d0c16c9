"""The catalogue of what pages say: whole in both languages, and grammatical."""

import re
from pathlib import Path
from string import Formatter

import pytest

import classifier
from classifier.pages.messages import LANGUAGES, catalogue, default_language, messages

PACKAGE = Path(classifier.__file__).parent
# Without the commands, whose `say` prints what is said in English alone.
SOURCES = [
    path for ending in ("py", "html", "js") for path in PACKAGE.rglob(f"*.{ending}") if path.parent.name != "cli"
]
USED = {
    key
    for path in SOURCES
    for key in re.findall(
        r"""(?:say|self|messages\(language\))(?:\.several)?\(\s*["'](\w+)["']\s*[,)]""", path.read_text("utf-8")
    )
}
FORMS = {"ru": 3, "en": 2}


def places(text):
    """The names in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_message_that_is_used_exists_and_none_is_superfluous():
    # Keys of handlers, does_HANDLER, are put together: tests/service/test_docs.py compares them.
    assert {key for key in catalogue() if not key.startswith("does_")} == USED


@pytest.mark.parametrize("key", catalogue())
def test_a_message_says_the_same_in_both_languages(key):
    texts = catalogue()[key]
    assert tuple(texts) == LANGUAGES
    lists = {language: text if isinstance(text, list) else [text] for language, text in texts.items()}
    assert all(text.strip() == text and text for forms in lists.values() for text in forms)
    assert len({isinstance(text, list) for text in texts.values()}) == 1
    named = {"n" in places(text) for text in lists["ru"]}
    if isinstance(texts["ru"], list) and True in named:
        assert {language: len(forms) for language, forms in lists.items()} == FORMS
    else:
        assert len(lists["ru"]) == len(lists["en"])
    union = [set().union(*map(places, forms)) for forms in lists.values()]
    assert union[0] == union[1]


@pytest.mark.parametrize(
    ("number", "russian"),
    [
        (0, "0 статей"),
        (1, "1 статья"),
        (2, "2 статьи"),
        (5, "5 статей"),
        (11, "11 статей"),
        (12, "12 статей"),
        (21, "21 статья"),
        (24, "24 статьи"),
        (111, "111 статей"),
        (1000, "1\u00a0000 статей"),
        (1001, "1\u00a0001 статья"),
    ],
)
def test_a_noun_has_the_form_that_its_number_asks_for(number, russian):
    assert messages("ru")("articles", n=number) == russian
    assert messages("en")("articles", n=number) == f"{number:,} article" + "s" * (number != 1)


def test_numbers_are_written_as_in_each_language():
    russian, english = messages("ru"), messages("en")
    assert (russian.share(0.0421), english.share(0.0421)) == ("4,2\u00a0%", "4.2%")
    assert (russian.share(0.0004), english.share(1)) == ("0,04\u00a0%", "100.0%")
    assert (russian.interval(0.0312, 0.0561), english.interval(0, 0.002)) == ("3,1–5,6\u00a0%", "0.00–0.20%")
    assert (russian.points(0.013), english.points(-0.013, 0.4)) == ("+1,3\u00a0п.\u00a0п.", "−1.3 to +40.0 pp")
    assert english.points(-0.00001) == "0.00 pp"
    assert (russian.plain(-2.5), english.plain(10)) == ("−2,5", "10")


def test_a_message_that_does_not_exist_or_lacks_a_value_fails():
    with pytest.raises(KeyError, match="nonsense"):
        messages("ru")("nonsense")
    with pytest.raises(KeyError, match="span"):
        messages("en")("title")
    with pytest.raises(KeyError, match="title"):
        messages("en").several("title")


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ({"LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "ru_RU.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "ru_RU", "LC_ALL": ""}, "ru"),
        ({}, "en"),
    ],
)
def test_the_language_is_that_of_the_locale(monkeypatch, locale, language):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in locale.items():
        monkeypatch.setenv(name, value)
    assert default_language() == language
