"""The HTML pages in a real browser."""

import re

import pytest

from classifier.evaluation.known import Known
from classifier.evaluation.metrics import mistakes
from classifier.evaluation.results import evaluate
from classifier.model.attribution import explain
from classifier.pages import page
from classifier.text.display import visible
from classifier.topics import topic_name
from tests.conftest import EXAMPLES

INTERVIEW = (EXAMPLES / "articles" / "interview.txt").read_text(encoding="utf-8")
HOSTILE = (
    """<script>document.title = "owned"</script><img src=x onerror="document.title='owned'">
Матч & футбол &lt;b&gt; </div></section></main><style>* { display: none }</style>
\u202eтренер чемпионата\u202c {{ 7 * 7 }} {% raw %} <!-- сборная --> ]]> <iframe src="https://example.org"></iframe> \x1b[2J
"""
    + "х" * 500
)


def words_for(explanation, place):
    """Return the words that count for a topic, as the article writes them."""
    return [piece for piece, level in explanation.pieces(explanation.reasons[place]) if level > 0]


def marked(shown):
    """Return the words that a reader sees shaded in the article."""
    return [mark.inner_text() for mark in shown.locator(".text mark").all() if mark.is_visible()]


@pytest.fixture(scope="module")
def interview(shipped):
    return explain(shipped, INTERVIEW, ["armed-conflict"])


def test_switching_the_topic_changes_the_highlights(show, interview):
    shown = show(page("Интервью", interview.html("en")))
    assert marked(shown) == words_for(interview, 0) != []
    shown.get_by_text(f"{topic_name('defense-cooperation', 'en')} {interview.reasons[1].probability:.2f}").click()
    assert marked(shown) == words_for(interview, 1) != words_for(interview, 0)
    assert shown.get_by_role("heading", level=2).all_inner_texts() == [
        f"{topic_name('defense-cooperation', 'en')} (defense-cooperation): given"
    ]


def test_the_keyboard_switches_the_topic_too(show, interview):
    shown = show(page("Интервью", interview.html("en")))
    shown.keyboard.press("Tab")
    shown.keyboard.press("ArrowDown")
    assert marked(shown) == words_for(interview, 1)
    shown.keyboard.press("Enter")
    assert marked(shown) == words_for(interview, 1)


def test_two_explanations_on_a_page_are_switched_separately(show, interview, shipped):
    other = explain(shipped, "Матч чемпионата по футболу", ["culture"])
    shown = show(page("Две", interview.html("en") + other.html("en")))
    shown.get_by_text(f"{topic_name('armed-conflict', 'en')} 0.00 (not given)").click()
    assert marked(shown) == words_for(interview, -1) + words_for(other, 0)


def test_a_screen_reader_finds_topics_verdict_and_words(show, interview):
    shown = show(page("Интервью", interview.html("en")))
    group = shown.get_by_role("group", name="Topics")
    assert group.get_by_role("radio").count() == len(interview.reasons)
    name = f"{topic_name('diplomacy', 'en')} {interview.reasons[0].probability:.2f}"
    assert group.get_by_role("radio", name=name).is_checked()
    words = shown.get_by_role("table", name="Strongest words for it")
    lemma = interview.reasons[0].sides()["for"][0]
    assert words.get_by_role("row").first.inner_text().split() == ["посол", "×3", f"{lemma.weight:+.2f}"]
    assert shown.locator("html").get_attribute("lang") == "en"
    assert shown.locator(".text").first.get_attribute("lang") == "ru"


def test_markup_in_a_text_stays_text(show, shipped):
    explanation = explain(shipped, HOSTILE, ["culture"])
    shown = show(page(HOSTILE.splitlines()[0], explanation.html("en")))
    assert shown.locator(".text").first.text_content() == visible(HOSTILE)
    assert shown.title() == shown.locator("h1").inner_text() == HOSTILE.splitlines()[0]
    assert [shown.locator(tag).count() for tag in ("script", "img", "iframe", "main")] == [0, 0, 0, 1]
    assert "тренер чемпионата" in shown.locator(".text").first.inner_text()
    assert shown.locator("h1").is_visible() and "\u202e" not in shown.content()


@pytest.mark.parametrize("width", [320, 390, 1600])
def test_a_page_is_never_wider_than_the_window(show, shipped, interview, width):
    for explanation in (interview, explain(shipped, HOSTILE)):
        shown = show(page("Слово" * 40, explanation.html("en")), width)
        assert shown.evaluate("document.documentElement.scrollWidth") <= width


@pytest.fixture(scope="module")
def hostile_report(small, small_model):
    """Results and report of the example table with markup in its ids, sources and headlines."""
    pytest.importorskip("matplotlib", reason="matplotlib is not installed: pip install '.[report]'")
    from classifier.evaluation.report import Facts, report

    hostile = small._replace(
        ids=[f"<b>{article}</b>" for article in small.ids],
        texts=[f"<img src=x> {text}" for text in small.texts],
        topics=[["погода"] if place % 3 == 0 else topics for place, topics in enumerate(small.topics)],
        sources=["<i>Вести</i>" if place % 2 else "" for place in range(len(small.ids))],
        years=["2023"] * len(small.ids),
    )
    results = evaluate(small_model.predictor_, hostile)
    manifest = {"created": "2026-01-01T00:00:00", "sha256": "0" * 64}
    return results, report(results, hostile, Facts(manifest, "<u>table</u>", "my-model"))


def test_the_report_has_every_section_with_its_pictures(show, hostile_report):
    results, html = hostile_report
    shown = show(html)
    assert shown.get_by_role("heading", level=2).all_inner_texts() == [
        "Scores",
        "Precision and recall",
        "Thresholds",
        "Reliability",
        "Topics confused",
        "Topics that occur together",
        "Source, year and length",
        "The most confident mistakes",
    ]
    assert shown.get_by_role("heading", level=3, name="By ").all_inner_texts() == [
        "By topic",
        "By source",
        "By year",
        "By length",
    ]
    pictures = shown.locator("img")
    assert pictures.count() == 8
    assert pictures.evaluate_all(
        "images => images.every(image => image.complete && image.naturalWidth > 100 && image.alt)"
    )
    row = shown.get_by_role("region", name="By topic").get_by_role("row", name="погода").inner_text().split("\t")
    assert re.fullmatch(rf"{results.scores().f1['погода']:.2f} \(0\.\d\d–[01]\.\d\d\)", row[4])


def test_the_report_lists_the_mistakes_and_markup_in_headlines_stays_text(show, hostile_report):
    results, html = hostile_report
    shown = show(html)
    missed = shown.get_by_role("region", name="In the labels, but not given").get_by_role("row")
    worst = mistakes(results.y_true, results.y_pred, results.probabilities, results.topics).query("y_true == 1").iloc[0]
    cells = missed.nth(1).locator("th, td").all_inner_texts()
    assert cells[0].startswith("<b>") and cells[1:3] == [worst.topic, f"{worst.probability:.3f}"]
    assert cells[3].startswith("<img src=x> ")
    assert shown.get_by_role("region", name="By source").get_by_text("<i>Вести</i>").count() == 1
    assert [shown.locator(tag).count() for tag in ("b", "i", "u", "script", "img[src=x]")] == [0] * 5


def test_the_report_fits_a_phone(show, hostile_report):
    shown = show(hostile_report[1], 360)
    assert shown.evaluate("document.documentElement.scrollWidth") <= 360


def test_on_a_phone_a_table_scrolls_in_its_box_and_its_rows_keep_their_names(show, hostile_report):
    shown = show(hostile_report[1], 400)
    box = shown.get_by_role("region", name="By topic")
    name = box.get_by_role("rowheader", name="погода")
    before = name.bounding_box()
    assert box.evaluate("box => { box.scrollLeft = 10000; return box.scrollLeft }") > 100
    assert name.bounding_box() == before and before["width"] < 200 and before["height"] < 60
    picture = shown.get_by_role("img", name="Precision over recall, a curve for each topic").bounding_box()
    assert picture["width"] > 500  # in a box that scrolls, because its letters would be too small
    assert shown.evaluate("document.documentElement.scrollWidth") <= 400


def test_the_pages_speak_russian(show, shipped, small, small_model, interview):
    shown = show(page("Интервью", interview.html("ru"), language="ru"))
    assert shown.locator("html").get_attribute("lang") == "ru"
    assert shown.get_by_role("heading", level=2).all_inner_texts() == [
        "Дипломатия и внешняя политика (diplomacy): дана"
    ]
    assert english_words(shown.locator("main").inner_text()) <= {"diplomacy"}
    pytest.importorskip("matplotlib", reason="matplotlib is not installed: pip install '.[report]'")
    from classifier.evaluation.report import Facts, report

    manifest = {"created": "2026-01-01T00:00:00", "sha256": "0" * 64}
    known = Known(60, seen=14, near=0, micro_f1=0.9)
    html = report(evaluate(small_model.predictor_, small), small, Facts(manifest, "данные", "модель", known), "ru")
    shown = show(html)
    assert "14 из 60 статей были в обучении и не учтены (микро-F1 на них: 0,900)" in shown.content()
    assert english_words(shown.locator("main").inner_text()) <= {"sha"}
    assert not any(english_words(alt) for alt in shown.locator("img").evaluate_all("all => all.map(one => one.alt)"))


def english_words(text):
    return set(re.findall(r"[a-z]{3,}", text))


def test_a_page_has_the_language_of_the_locale(interview, monkeypatch):
    monkeypatch.setenv("LC_ALL", "ru_RU.UTF-8")
    assert interview._repr_html_() == interview.html("ru") != interview.html("en")


def test_a_text_without_known_words_says_so(show, shipped):
    shown = show(page("?", explain(shipped, "xyzzy").html("en")))
    assert (
        shown.locator("main").inner_text().split("\n")[-1]
        == "The text is not Russian enough to judge: the model knows too few of its words."
    )
