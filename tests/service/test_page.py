"""The page of the service, in a real browser that talks to a real server."""

import csv
import io
import json
import re
import socket
import time
from collections import Counter
from contextlib import contextmanager
from threading import Thread

import pytest

from classifier.data.corpus import read_corpus
from classifier.data.reading import read
from classifier.model.attribution import explain
from classifier.pages.messages import messages
from classifier.topics import taxonomy, topic_name
from tests.conftest import EXAMPLES

uvicorn = pytest.importorskip("uvicorn", reason="no server: pip install '.[serve]'")
expect = pytest.importorskip("playwright.sync_api", reason="no playwright: pip install '.[dev]'").expect
app = pytest.importorskip("classifier.service.app", reason="no server: pip install '.[serve]'")
from classifier.service.page import choose_language  # noqa: E402  (it needs what may be missing)
from classifier.service.settings import Settings  # noqa: E402

TEXT = (EXAMPLES / "articles" / "gorod.txt").read_text(encoding="utf-8").strip()
HOSTILE = (
    "<img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script> {n} &amp; пожар на складе"
)


@contextmanager
def serving(**settings):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app.create_app(Settings(**settings)), log_config=None, lifespan="on"))
        thread = Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def address():
    with serving() as address:
        yield address


@pytest.fixture(scope="module")
def correctable(tmp_path_factory):
    """A server that takes corrections, and the table to which it adds them."""
    labels = tmp_path_factory.mktemp("feedback") / "labels.csv"
    with serving(feedback=labels) as address:
        yield address, labels


@pytest.fixture
def with_feedback(correctable):
    return correctable[0]


@pytest.fixture
def labels(correctable):
    _, labels = correctable
    for file in (labels, labels.with_suffix(".articles.jsonl")):
        file.write_text("")
    return labels


@pytest.fixture
def open_page(browser, address):
    """Open the page; it may talk to its own server only, break no rule of its policy, and raise no error."""
    contexts, wrong = [], []

    def open_at(url=address, width=1200, quiet=True, **options):
        options.setdefault("locale", "en")
        context = browser.new_context(viewport={"width": width, "height": 800}, **options)
        contexts.append(context)
        context.set_default_timeout(90_000)  # ms: on a busy machine, to choose a large file once took over 30,000
        page = context.new_page()
        page.on(
            "request",
            lambda request: (
                request.url.startswith((url.partition("?")[0], "blob:", "data:")) or wrong.append(request.url)
            ),
        )
        page.on("pageerror", lambda error: wrong.append(str(error)))
        if quiet:
            page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.goto(url)
        expect(page.locator("body[data-ready]")).to_be_attached()
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def page(open_page):
    return open_page()


def paste(page, text):
    page.get_by_label("Text in Russian").fill(text)
    expect(page.locator("#result")).to_have_attribute("aria-busy", "false")


def topics(page):
    """The names of topics that are shown, and their probabilities."""
    return list(
        zip(
            page.locator(".topic .name").all_inner_texts(),
            page.locator(".topic .number").all_inner_texts(),
            strict=True,
        )
    )


def drop(page, name, content):
    """Drop a file on the page, as a mouse does."""
    page.evaluate(
        """([name, bytes]) => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([new Uint8Array(bytes)], name));
            for (const kind of ["dragenter", "dragover", "drop"])
                document.querySelector("main").dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
        }""",
        [name, list(content)],
    )


def chart(page):
    """The rows of the chart: name and number of articles."""
    rows = page.locator("#chart-rows tr").evaluate_all(
        "rows => rows.map((row) => [...row.cells].map((cell) => cell.innerText))"
    )
    return {name: int(number.replace(",", "")) for name, number, *_ in rows}


def finished(page):
    expect(page.locator("#downloads")).to_be_visible(timeout=60_000)


def expected_chart(predictor, texts):
    found = predictor.topics(texts)
    named = Counter(topic_name(topic, "en") for topics in found for topic in topics)
    return {**named, **({"no topic": n} if (n := found.count([])) else {})}


def csv_of(rows):
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue().encode()


# An article


def test_topics_appear_as_an_article_is_typed(page, shipped):
    expect(page.locator("#status")).to_have_text("Paste an article, and its topics appear here.")
    requests = []
    page.on("request", lambda request: requests.append(request))
    page.get_by_label("Text in Russian").press_sequentially(TEXT[:300])
    said = shipped.tag([TEXT[:300]]).columns(digits=4)
    found = zip(said["topics"][0], said["probabilities"][0], strict=True)
    expect(page.locator(".topic")).to_have_count(len(said["topics"][0]))
    assert topics(page) == [(topic_name(topic, "en"), f"{probability:.2f}") for topic, probability in found]
    expect(page.locator("#status")).to_contain_text(f"{len(topics(page))} topic")
    assert len(requests) < 50  # not one for each key


def test_what_cannot_be_judged_is_told(page):
    paste(page, "Nothing here is written in the language of the model, so nothing can be said.")
    expect(page.locator("#status")).to_contain_text("Is it Russian?")
    expect(page.locator("#others")).to_be_hidden()
    paste(page, "12 …")
    expect(page.locator("#status")).to_have_text("The text has no words to judge by.")
    paste(page, "  ")
    expect(page.locator("#status")).to_have_text("Paste an article, and its topics appear here.")


def test_an_answer_about_an_old_text_is_dropped(page):
    held = []

    def hold_first(route):
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route("**/v1/predict", hold_first)
    with page.expect_request("**/v1/predict"):
        page.get_by_label("Text in Russian").fill(TEXT)
    with page.expect_response("**/v1/predict"):
        page.get_by_label("Text in Russian").fill("Хоккеисты выиграли матч чемпионата мира")
    expect(page.locator(".topic .name")).to_have_text(["Sport"])
    held[0].fulfill(json={"id": "1", "topics": ["space"], "probabilities": [1], "note": "", "space": 1})
    page.wait_for_timeout(200)  # if it were not dropped, it would be there by now
    assert page.locator(".topic .name").all_inner_texts() == ["Sport"]


def test_the_words_of_a_topic_are_marked_in_the_text(page, shipped):
    text = f"🔥 {TEXT}"  # the picture is one character to Python, two to JavaScript
    paste(page, text)
    page.locator(".topic").first.click()
    marked = page.locator("#marked")
    expect(marked).to_be_visible()
    reason = explain(shipped, text).reasons[0]
    expect(page.locator("#why-heading")).to_have_text(f"Why “{topic_name(reason.topic, 'en')}”")
    shown = marked.locator("mark, u").evaluate_all(
        "all => all.map((one) => [one.textContent, (one.tagName === 'MARK' ? 1 : -1) * Number(one.className[1])])"
    )
    assert shown == [[w.form, level] for w, level in zip(reason.words, reason.levels(), strict=True) if level]
    assert {level > 0 for _, level in shown} == {True, False}
    assert marked.text_content() == text


def test_the_strongest_words_tell_what_they_add(page, shipped):
    paste(page, TEXT)
    page.locator(".topic").first.click()
    rows = page.locator(".words tr")
    expect(rows.first).to_be_visible()
    sides = explain(shipped, TEXT).reasons[0].sides()
    lemmas = [lemma for side in sides.values() for lemma in side if abs(lemma.weight) >= 0.005]
    times = [f" ×{lemma.times}" if lemma.times > 1 else "" for lemma in lemmas]
    assert rows.locator("th").all_inner_texts() == [
        ", ".join(lemma.forms) + n for lemma, n in zip(lemmas, times, strict=True)
    ]
    assert rows.locator("td:not(.wide)").all_inner_texts() == [
        f"{lemma.weight:+.2f}".replace("-", "−") for lemma in lemmas
    ]


def test_a_topic_says_that_it_can_be_explained(page):
    paste(page, TEXT)
    first = page.locator(".topic").first
    expect(first).to_contain_text("why?")
    page.get_by_role("button", name="Русский").click()
    expect(first).to_contain_text("почему?")


def test_a_text_that_goes_on_below_its_frame_has_a_shaded_edge(page):
    paste(page, f"{TEXT}\n" * 20)
    page.locator(".topic").first.click()
    layers = page.locator("#marked").evaluate(
        "e => [e.scrollHeight > e.clientHeight, getComputedStyle(e).backgroundAttachment]"
    )
    assert layers == [True, "local, local, scroll, scroll"]  # what scrolls with the text covers the shade at its ends


def test_words_for_and_against_differ_by_more_than_colour(page):
    paste(page, TEXT)
    page.locator(".topic").first.click()
    lines = [
        page.locator(f"#marked {kind}").first.evaluate("e => getComputedStyle(e).textDecorationLine")
        for kind in ("mark", "u")
    ]
    assert lines == ["none", "underline"]
    bars = page.locator(".words table")
    fills = [
        bars.nth(n).locator(".bar i").first.evaluate("e => getComputedStyle(e).backgroundImage.split('(')[0]")
        for n in (0, 1)
    ]
    assert fills == ["none", "repeating-linear-gradient"]


def test_why_not_another_topic(page, shipped):
    paste(page, TEXT)
    select = page.get_by_label("Why not another topic?")
    given = shipped.topics([TEXT])[0]
    probabilities = dict(zip(shipped.classes, shipped.predict_proba([TEXT])[0].round(4).tolist(), strict=True))
    others = select.locator("option").evaluate_all("all => all.map((one) => one.value)")[1:]
    assert sorted(others) == sorted(set(shipped.classes) - set(given))
    assert [probabilities[topic] for topic in others] == sorted(
        (probabilities[topic] for topic in others), reverse=True
    )
    improbable = [probabilities[topic] < 0.005 for topic in others]
    shown = select.locator("option").all_inner_texts()[1:]
    assert [text.endswith(": < 0.01") for text in shown] == improbable and True in improbable
    select.select_option("sport")
    expect(page.locator("#why-heading")).to_have_text("Why not “Sport”")
    expect(page.locator("#why-summary")).to_contain_text("below the threshold")
    expect(page.locator("#why-summary")).to_contain_text(taxonomy()["sport"].definition_en)


def test_the_explanation_follows_the_text(page):
    paste(page, TEXT)
    page.locator(".topic").first.click()
    expect(page.locator("#marked")).to_have_text(TEXT)
    paste(page, f"{TEXT} Подробности уточняются.")
    expect(page.locator("#marked")).to_have_text(f"{TEXT} Подробности уточняются.")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#why")).to_be_hidden()


def test_a_text_that_is_too_long_for_its_words_still_has_topics(page):
    paste(page, TEXT + " Пожар тушили." * 8000)
    page.locator(".topic").first.click()
    expect(page.locator("#problem-text")).to_contain_text("texts of up to 100,000 characters")
    expect(page.get_by_role("button", name="Try again")).to_be_hidden()
    expect(page.locator(".topic")).not_to_have_count(0)
    paste(page, TEXT)
    expect(page.locator("#marked")).to_have_text(TEXT)
    expect(page.locator("#problem")).to_be_hidden()


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        *(("utf-8", ""), ("utf-8-sig", ""), ("utf-16", "")),
        *(("cp1251", "it was read as Windows-1251"), ("koi8_r", "read as KOI8-R"), ("cp866", "read as IBM866")),
    ],
)
@pytest.mark.parametrize("text", [TEXT, TEXT.splitlines()[0].upper()], ids=["article", "capitals"])
def test_a_text_file_is_an_article(page, encoding, told, text):
    drop(page, "Новость.TXT", text.encode(encoding))
    expect(page.get_by_label("Text in Russian")).to_have_value(text)
    expect(page.locator(".topic")).not_to_have_count(0)
    expect(page.locator("#file-problem")).to_have_text(re.compile(told + ("" if told else "$")))
    expect(page.locator("#file-problem")).to_have_class("note")  # nothing has failed


def test_a_text_file_without_a_text_is_told_and_replaces_nothing(page):
    paste(page, TEXT)
    drop(page, "пусто.txt", b" \n")
    expect(page.locator("#file-problem.problem")).to_have_text("пусто.txt is empty.")
    expect(page.get_by_label("Text in Russian")).to_have_value(TEXT)


def docx_of(text):
    docx = pytest.importorskip("docx", reason="python-docx is not installed: pip install '.[office]'")
    document, file = docx.Document(), io.BytesIO()
    for paragraph in text.splitlines():
        document.add_paragraph(paragraph)
    document.save(file)
    return file.getvalue()


def test_a_word_document_is_an_article(page):
    drop(page, "Новость.DOCX", docx_of(TEXT))
    expect(page.get_by_label("Text in Russian")).to_have_value("\n".join(filter(None, TEXT.splitlines())))
    expect(page.locator(".topic")).not_to_have_count(0)
    expect(page.locator("#file-problem")).to_be_empty()


def test_a_word_document_that_cannot_be_read_is_told_by_its_name(open_page):
    page = open_page(quiet=False)
    drop(page, "Новость.docx", b"no document")
    expect(page.locator("#file-problem")).to_contain_text("Новость.docx cannot be read. Paste its text into the field")
    expect(page.locator("#file-problem")).to_contain_text("is not a Word document or is damaged")
    page.get_by_role("button", name="Русский").click()
    expect(page.locator("#file-problem")).to_contain_text("Файл Новость.docx прочитать не удалось.")
    drop(page, "Новость.txt", TEXT.encode())
    expect(page.locator("#file-problem")).to_be_empty()


def test_a_document_that_comes_late_does_not_replace_the_next_file(page):
    page.route("**/v1/text", lambda route: None)
    with page.expect_request("**/v1/text"):
        drop(page, "first.docx", b"")
    with page.expect_event("requestfailed"):  # it is stopped
        drop(page, "second.txt", TEXT.encode())
    expect(page.get_by_label("Text in Russian")).to_have_value(TEXT)


def test_a_sample_shows_what_the_page_does(page):
    page.get_by_role("button", name="Insert a sample").click()
    expect(page.locator(".topic .name")).to_have_text(["Transport"])


# A table


def test_a_table_that_is_dropped_is_tagged_and_its_topics_are_drawn(page, shipped):
    drop(page, "archive.csv", (EXAMPLES / "archive.csv").read_bytes())
    finished(page)
    articles = list(read([EXAMPLES / "archive.csv"]))
    expect(page.locator("#table-status")).to_have_text(f"Done: {len(articles)} articles.")
    assert chart(page) == expected_chart(shipped, [article.text for article in articles])
    assert page.locator("#first-rows th bdi").all_inner_texts() == [article.headline for article in articles[:10]]
    numbers = list(chart(page).values())
    assert numbers[:-1] == sorted(numbers[:-1], reverse=True)


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet", "xlsx"])
@pytest.mark.parametrize("titles", [["Суд вынес приговор", None], None])
def test_the_first_articles_are_shown_by_headline_else_by_id(open_page, tmp_path, kind, titles):
    import pandas as pd

    file, frame = tmp_path / f"news.{kind}", pd.DataFrame({"id": ["a", "b"], "text": [TEXT, TEXT]})
    if titles:
        frame["title"] = titles
    if kind == "csv":
        frame.to_csv(file, index=False)
    elif kind == "jsonl":
        frame.to_json(file, orient="records", lines=True, force_ascii=False)
    elif kind == "parquet":
        frame.to_parquet(file)
    else:
        pytest.importorskip("xlsxwriter", reason="no Excel: pip install '.[office]'")
        frame.to_excel(file, index=False, engine="xlsxwriter")
    page = open_page(quiet=kind != "xlsx")  # what columns a workbook has, only the server can tell
    page.get_by_label("Choose a file").set_input_files(file)
    finished(page)
    assert page.locator("#first-rows th bdi").all_inner_texts() == [titles[0] if titles else "a", "b"]


@pytest.mark.parametrize("kind", ["jsonl", "parquet", "xlsx", "tsv"])
def test_every_kind_of_table(open_page, shipped, small, tmp_path, kind):
    import pandas as pd

    page = open_page(quiet=kind != "xlsx")
    file, frame = tmp_path / f"news.{kind}", pd.DataFrame({"text": small.texts})
    if kind == "jsonl":
        frame.to_json(file, orient="records", lines=True, force_ascii=False)
    elif kind == "parquet":
        frame.to_parquet(file)
    elif kind == "xlsx":
        pytest.importorskip("xlsxwriter", reason="no Excel: pip install '.[office]'")
        frame.to_excel(file, index=False, engine="xlsxwriter")
    else:
        frame.to_csv(file, sep="\t", index=False)
    page.get_by_label("Choose a file").set_input_files(file)
    finished(page)
    assert chart(page) == expected_chart(shipped, small.texts)


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_large_table_is_tagged_in_pieces(page, shipped, small, delimiter):
    texts = [f'"{text * 9}"; строка,\nещё строка и 5" экран\n' for text in small.texts]
    times = 2_200_000 // sum(len(text.encode()) for text in texts)
    rows = [f'5"{delimiter}"{text.replace(chr(34), 2 * chr(34))}"\n' for text in texts]  # the first quote opens nothing
    content = f"экран{delimiter}text\n" + "".join(rows) * times
    requests = []
    page.on("request", lambda request: requests.append(request.url) if "batch" in request.url else None)
    drop_large(page, "large.csv", content)
    finished(page)
    assert len(requests) > 2
    assert chart(page) == {name: times * n for name, n in expected_chart(shipped, texts).items()}
    expect(page.locator("#left-out")).to_be_hidden()


def test_large_json_lines_are_tagged_in_pieces(page, shipped, small):
    lines, times = [json.dumps({"text": text}, ensure_ascii=False) + "\n" * 2000 for text in small.texts], 30
    requests = []
    page.on("request", lambda request: requests.append(request.url) if "batch" in request.url else None)
    drop_large(page, "large.jsonl", "".join(lines) * times)
    finished(page)
    assert len(requests) > 2
    assert chart(page) == {name: times * n for name, n in expected_chart(shipped, small.texts).items()}


def drop_large(page, name, content):
    page.get_by_label("Choose a file").set_input_files(
        {"name": name, "mimeType": "text/plain", "buffer": content.encode()}
    )


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_the_tagged_table_downloads(page, shipped, tmp_path, format):
    if format == "xlsx":
        pytest.importorskip("xlsxwriter", reason="no Excel: pip install '.[office]'")
    drop(page, "archive.csv", (EXAMPLES / "archive.csv").read_bytes())
    finished(page)
    page.get_by_label("Columns of the table to keep").fill("title; date")
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile(format, re.IGNORECASE)).click()
    assert download.value.suggested_filename == f"archive-topics.{format}"
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    articles = list(read([EXAMPLES / "archive.csv"]))
    if format == "csv":
        assert file.read_bytes().startswith(b"\xef\xbb\xbf")  # else Excel takes it for Windows-1251
        rows = list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))
        assert [row["topics"] for row in rows] == [";".join(t) for t in shipped.topics([a.text for a in articles])]
    else:
        import pandas as pd

        rows = pd.read_excel(file, engine="calamine", dtype=str).fillna("").to_dict("records")
    assert [row["id"] for row in rows] == [article.id for article in articles]
    assert list(rows[0])[:3] == ["id", "title", "date"] and "names" in rows[0]
    expect(page.locator("#table-status")).to_have_text(f"archive-topics.{format} is ready.")


def test_headlines_are_kept_unless_a_person_writes_something_else(page):
    kept = page.get_by_label("Columns of the table to keep")
    for header, wanted in (["title", "title"], ["date", ""], ["title", "title"]):
        drop(page, f"{header}.csv", csv_of([["text", header], [TEXT, "1"]]))
        expect(page.locator("#table-name")).to_have_text(f"{header}.csv")
        finished(page)
        expect(kept).to_have_value(wanted)
    kept.fill("title, date")
    drop(page, "news.csv", csv_of([["text", "title", "date"], [TEXT, "1", "2"]]))
    finished(page)
    expect(kept).to_have_value("title, date")


def test_csv_in_russian_has_the_semicolons_that_a_russian_excel_expects(open_page, tmp_path):
    page = open_page(locale="ru")
    headlines = ['Суд; "приговор", мэр', "a,b", "one;two", ";", "две\nстроки"]
    drop(page, "news.csv", csv_of([["id", "title", "text"], *([n, title, TEXT] for n, title in enumerate(headlines))]))
    finished(page)
    page.locator("#keep").fill("title")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    download.value.save_as(tmp_path / "topics.csv")
    with (tmp_path / "topics.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert [row["title"] for row in rows] == headlines
    assert all(set(row) == {"id", "title", "topics", "probabilities", "names", "note"} for row in rows)


def test_shares_have_one_decimal(page):
    rows = [["text"], *[["Хоккеисты выиграли матч"]] * 2998, ["Суд вынес приговор"], ["Hello, world"]]
    drop(page, "news.csv", csv_of(rows))
    finished(page)
    assert set(page.locator("#chart-rows tr td:nth-child(3)").all_inner_texts()) == {"99.9%", "< 0.1%"}


def test_why_a_row_has_no_topic_is_told(page):
    rows = [["title", "text"], ["Хоккеисты выиграли матч чемпионата", ""], ["", ""], ["", "Hello, world"]]
    drop(page, "news.csv", csv_of(rows))
    finished(page)
    told = ["Sport", "no words", "too few words that the model knows"]
    assert page.locator("#first-rows td").all_inner_texts() == told
    assert chart(page) == dict.fromkeys(told, 1)


def test_rows_that_cannot_be_read_are_told(page):
    drop(
        page,
        "news.csv",
        csv_of([["text", "date"], ["Суд вынес приговор бывшему мэру", "1"], ["Одно поле"], ["Хоккей", "2"]]),
    )
    finished(page)
    expect(page.locator("#left-out")).to_contain_text("Left out: 1 row that cannot be read. The first: news.csv line 3")


def test_a_table_without_articles_is_told_and_not_offered_for_download(page):
    drop(page, "news.csv", csv_of([["id", "text"]]))
    expect(page.locator("#table-status")).to_have_text("There are no articles in news.csv.")
    for place in ("#downloads", "#chart", "#table-again"):
        expect(page.locator(place)).to_be_hidden()


def test_the_column_of_the_texts_can_be_named(open_page):
    page = open_page(quiet=False)
    drop(page, "news.csv", csv_of([["новость"], ["Суд вынес приговор бывшему мэру"]]))
    expect(page.locator("#table-problem")).to_contain_text("news.csv has no column “text”. It has: новость. Write")
    expect(page.locator("#table-problem")).to_contain_text("in the field “Column of the text”")
    page.get_by_role("button", name="Русский").click()
    expect(page.locator("#table-problem")).to_contain_text("В файле news.csv нет столбца «text», а есть: новость.")
    page.get_by_role("button", name="English").click()
    page.get_by_label("Column of the text").fill("новость")
    page.get_by_label("Column of the text").press("Enter")
    finished(page)
    expect(page.locator("#table-problem")).to_be_hidden()
    expect(page.locator("#table-status")).to_have_text("Done: 1 article.")
    page.get_by_label("Columns of the table to keep").fill("date")
    page.get_by_role("button", name="CSV").click()
    expect(page.locator("#table-problem")).to_contain_text("no column “date”. It has: новость. Correct")


def test_the_fields_offer_the_columns_that_the_table_has(open_page):
    page = open_page(quiet=False)
    drop(page, "news.csv", csv_of([["Шапка (полная)", "новость"], ["Хоккеисты выиграли матч", "Итог: 3:1."]]))
    expect(page.locator("#table-problem")).to_be_visible()
    for label in ("Column of the text", "Column of the headline"):
        offered = page.get_by_label(label).evaluate("field => [...field.list.options].map(({ value }) => value)")
        assert offered == ["Шапка (полная)", "новость"]


def test_the_column_of_the_headlines_can_be_named(open_page):
    page = open_page(quiet=False)
    field = page.get_by_label("Column of the headline")
    drop(page, "news.csv", csv_of([["Шапка", "text"], ["Хоккеисты выиграли матч чемпионата", ""]]))
    finished(page)
    assert chart(page) == {"no words": 1}
    field.fill("Шпака")
    field.press("Enter")
    expect(page.locator("#table-problem")).to_contain_text("no column “Шпака”. It has: Шапка, text. Correct the field")
    field.fill("Шапка")
    field.press("Enter")
    finished(page)
    assert chart(page) == {"Sport": 1}
    assert page.locator("#first-rows th").all_inner_texts() == ["1. Хоккеисты выиграли матч чемпионата"]
    expect(page.get_by_label("Columns of the table to keep")).to_have_value("Шапка")


@pytest.mark.filterwarnings("ignore:articles.csv is not UTF-8", "ignore:reading title from column")
@pytest.mark.parametrize("title", ["Headline", "ЗАГОЛОВОК"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
def test_headlines_are_shown_under_the_names_that_they_usually_have(page, title, encoding):
    content = f"id;{title};text\n7;Суд вынес приговор;{TEXT.splitlines()[0]}\n"
    drop(page, "news.csv", content.encode(encoding))
    finished(page)
    assert page.locator("#first-rows th").all_inner_texts() == ["1. Суд вынес приговор"]


@pytest.mark.filterwarnings("ignore:reading title from column")
def test_headlines_of_a_workbook_are_found_by_what_the_server_tells(open_page, tmp_path):
    import pandas as pd

    pytest.importorskip("xlsxwriter", reason="no Excel: pip install '.[office]'")
    file = tmp_path / "news.xlsx"
    pd.DataFrame({"Заголовок": ["Суд вынес приговор"], "text": [TEXT]}).to_excel(file, index=False, engine="xlsxwriter")
    page = open_page(quiet=False)
    page.get_by_label("Choose a file").set_input_files(file)
    finished(page)
    assert page.locator("#first-rows th").all_inner_texts() == ["1. Суд вынес приговор"]
    expect(page.get_by_label("Columns of the table to keep")).to_have_value("Заголовок")


def test_rows_without_headline_and_id_are_shown_by_their_number(page):
    drop(page, "news.csv", csv_of([["text"], [TEXT], [TEXT]]))
    finished(page)
    assert page.locator("#first-rows th").all_inner_texts() == ["row 1", "row 2"]


def test_other_details_of_the_server_have_the_name_of_the_file(open_page):
    page = open_page(quiet=False)
    drop(page, "news.xlsx", b"this is no workbook")
    expect(page.locator("#table-problem")).to_contain_text("The server says: news.xlsx")


def test_a_table_can_be_stopped(page):
    page.route("**/v1/predict-batch*", lambda route: None)
    drop(page, "archive.csv", (EXAMPLES / "archive.csv").read_bytes())
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#table-status")).to_have_text("Stopped: not all of it is done.")
    page.unroute("**/v1/predict-batch*")
    page.get_by_role("button", name="Try again").click()
    finished(page)


def test_only_a_person_stops_a_table(open_page):
    page = open_page(quiet=False)
    answers = [None, "the disk is full", "the disk is full"]

    def answer(route):
        detail = answers.pop(0)
        return route.fulfill(status=500, json={"detail": detail}) if detail else route.continue_()

    page.route("**/v1/predict-batch*", answer)
    drop_large(page, "large.jsonl", (json.dumps({"text": TEXT}) + "\n" * 200_000) * 8)
    expect(page.locator("#table-problem")).to_contain_text("the disk is full")
    expect(page.locator("#table-status")).to_have_text(re.compile(r"^Only a part is done: \d articles\.$"))
    drop(page, "news.csv", csv_of([["text"], [TEXT]]))
    expect(page.locator("#table-name")).to_have_text("news.csv")
    expect(page.locator("#table-problem")).to_contain_text("the disk is full")
    expect(page.locator("#table-status")).to_have_text("")


def test_what_went_wrong_before_is_gone_while_the_next_file_is_read(open_page):
    page = open_page(quiet=False)
    page.route("**/v1/predict-batch*", lambda route: route.fulfill(status=500, json={"detail": "the disk is full"}))
    drop(page, "news.csv", csv_of([["text"], [TEXT]]))
    expect(page.locator("#table-again")).to_be_visible()
    page.unroute("**/v1/predict-batch*")
    page.route("**/v1/predict-batch*", lambda route: None)
    drop(page, "archive.csv", (EXAMPLES / "archive.csv").read_bytes())
    expect(page.locator("#stop")).to_be_visible()
    expect(page.locator("#table-again")).to_be_hidden()
    expect(page.locator("#table-problem")).to_be_hidden()


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        *(
            (name, "Copy its text and paste it into the field, or save the file as .docx.")
            for name in ("a.doc", "a.PDF")
        ),
        ("a.png", "Save an article as .docx or .txt, a table as .xlsx or .csv."),
    ],
)
def test_other_files_are_refused_with_advice(page, name, advice):
    drop(page, name, b"%PDF")
    expect(page.locator("#file-problem")).to_have_text(f"The page does not read {name}. {advice}")
    page.get_by_role("button", name="Русский").click()
    expect(page.locator("#file-problem")).to_contain_text("страница не читает")


# Corrections


def stored(labels):
    articles = [json.loads(line) for line in labels.with_suffix(".articles.jsonl").read_text("utf-8").splitlines()]
    with labels.open(encoding="utf-8") as file:
        return articles, [row["topics"] for row in csv.DictReader(file)]


def eventually(is_so):
    """Wait until something is so that the page does not tell: it shows a correction before the service has it."""
    end = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_wrong_topic_is_corrected_with_one_click(open_page, with_feedback, labels, shipped):
    page = open_page(with_feedback)
    paste(page, TEXT)
    given = shipped.topics([TEXT])[0]
    page.get_by_role("button", name="Wrong").first.click()
    expect(page.locator("#status")).to_contain_text("Thank you, noted")
    articles, topics = stored(labels)
    assert topics == [";".join(given[1:])]
    assert articles[0]["text"] == TEXT
    page.get_by_label("Why not another topic?").select_option("sport")
    page.get_by_role("button", name="Add this topic").click()
    eventually(lambda: stored(labels)[1] == [";".join([*given[1:], "sport"])])
    page.get_by_role("button", name="Put back").click()
    eventually(lambda: set(stored(labels)[1][0].split(";")) == {*given, "sport"})


def test_a_topic_that_is_added_is_no_longer_asked_about(open_page, with_feedback, labels):
    page = open_page(with_feedback)
    paste(page, TEXT)
    page.get_by_label("Why not another topic?").select_option("sport")
    expect(page.locator("#why-heading")).to_have_text("Why not “Sport”")
    page.get_by_role("button", name="Add this topic").click()
    expect(page.locator("#status")).to_contain_text("Thank you, noted")
    expect(page.locator("#why")).to_be_hidden()
    expect(page.get_by_label("Why not another topic?")).to_have_value("")
    page.locator(".topic", has_text="Sport").click()
    expect(page.locator("#why-summary")).to_contain_text("You have added this topic.")
    page.get_by_role("button", name="Take this topic away").click()
    expect(page.locator("#why-summary")).not_to_contain_text("You have added this topic.")


def test_right_topics_are_labels_too(open_page, with_feedback, labels, shipped):
    page = open_page(with_feedback)
    paste(page, TEXT)
    page.get_by_role("button", name="These topics are right").click()
    expect(page.locator("#status")).to_contain_text("Thank you, noted")
    corpus = read_corpus(labels.with_suffix(".articles.jsonl"), [labels])  # as `extend` reads them
    assert (corpus.texts, [sorted(t) for t in corpus.topics]) == ([TEXT], [sorted(shipped.topics([TEXT])[0])])


def test_a_correction_that_fails_is_told_and_taken_back(open_page, with_feedback, labels):
    page = open_page(with_feedback, quiet=False)
    paste(page, TEXT)
    page.route("**/v1/feedback", lambda route: route.fulfill(status=500, json={"detail": "the disk is full"}))
    page.get_by_role("button", name="Wrong").first.click()
    expect(page.locator("#problem-text")).to_have_text("The correction is not saved. The server says: the disk is full")
    expect(page.locator(".topic s")).to_have_count(0)
    assert stored(labels) == ([], [])
    page.unroute("**/v1/feedback")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#status")).to_contain_text("Thank you, noted")
    expect(page.locator("#problem")).to_be_hidden()
    expect(page.locator(".topic s")).to_have_count(1)
    assert len(stored(labels)[1]) == 1


@pytest.mark.parametrize(
    ("replaced", "told"),
    [
        (["sport", "weather"], " Before, it was: Sport; Weather."),
        ([], " Before, it had none of the topics."),
        (None, ""),
    ],
)
def test_what_a_correction_replaces_is_told(open_page, with_feedback, replaced, told):
    page = open_page(with_feedback)
    answers = [replaced, ["sport"], ["sport"]]
    page.route("**/v1/feedback", lambda route: route.fulfill(json={"replaced": answers.pop(0)}))
    paste(page, TEXT)
    page.get_by_role("button", name="These topics are right").click()
    noted = "Thank you, noted. Topics of the article: Accidents and disasters."
    expect(page.locator("#status")).to_have_text(noted + told)
    page.get_by_role("button", name="Wrong").click()  # which replaces only what this reader has just said
    expect(page.locator("#status")).to_have_text(f"Thank you, noted: the article has none of the topics.{told}")


def test_without_feedback_nothing_can_be_corrected(page):
    paste(page, TEXT)
    expect(page.locator(".topic").first).to_be_visible()
    for name in ("Wrong", "These topics are right", "Add this topic"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    expect(page.locator("footer")).to_contain_text("does not keep it")


# Languages


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        ("", "ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("", "en;q=0.2, ru;q=0.7", "ru"),
        ("", "ru;q=0, en", "en"),
        ("", "ru;q=x, EN-gb;q=0.1", "en"),
        ("", "", "en"),
        ("en", "ru", "en"),
        ("de", "ru", "ru"),
    ],
)
def test_the_language_is_that_of_the_address_else_of_the_browser(asked, accepted, language):
    assert choose_language(asked, accepted) == language


def test_the_command_may_set_the_language(open_page):
    with serving(language="ru") as russian:
        expect(open_page(russian).locator("h1")).to_have_text(messages("ru")("service_title"))


def test_the_language_changes_without_losing_anything(open_page):
    page = open_page(locale="ru-RU")
    assert page.title() == messages("ru")("service_title")
    page.locator("#text").fill(TEXT)
    page.locator(".topic").first.click()
    expect(page.locator("#why-heading")).to_contain_text("Почему «Происшествия")
    drop(page, "archive.csv", (EXAMPLES / "archive.csv").read_bytes())
    finished(page)
    numbers = sorted(chart(page).values())
    page.get_by_role("button", name="English").click()
    expect(page.locator("#why-heading")).to_contain_text("Why “")
    expect(page.locator("#table-status")).to_have_text("Done: 169 articles.")
    assert sorted(chart(page).values()) == numbers
    assert page.title() == messages("en")("service_title")
    left = page.locator("body").inner_text().replace(TEXT, "")
    for headline in page.locator("#first-rows th bdi").all_inner_texts():
        left = left.replace(headline, "")
    assert set(re.findall("[а-яё]{4,}", left.lower())) <= set(re.findall("[а-яё]{4,}", TEXT.lower())) | {"русский"}
    page.reload()
    assert page.locator("html").get_attribute("lang") == "en"


def test_the_language_that_is_chosen_is_that_of_the_next_page(page):
    page.get_by_role("button", name="Русский").click()
    page.locator("footer a").click()
    expect(page.locator("h1")).to_contain_text("что могут спросить программы")
    page.get_by_role("link", name="страница").click()
    expect(page.locator("h1")).to_have_text(messages("ru")("service_title"))


def test_its_foot_tells_of_the_day_of_the_model(open_page, address):
    page = open_page(locale="ru")
    day = page.request.get(f"{address}v1/model").json()["created"][:10]
    expect(page.locator("footer")).to_contain_text(f"· модель от {day}")


def test_its_foot_leads_to_what_programs_can_ask(page):
    page.locator("footer a").click()
    expect(page).to_have_url(re.compile(r"/docs\?lang=en$"))
    expect(page.locator("body")).to_contain_text("/v1/predict")


# What programs can ask


@pytest.fixture
def docs(browser, address):
    """Open the page for programs, in Russian."""
    contexts = []

    def open_docs(**options):
        contexts.append(browser.new_context(locale="ru", **options))
        page = contexts[-1].new_page()
        page.goto(f"{address}docs")
        return page

    yield open_docs
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [1200, 400])
def test_an_example_for_programs_is_seen_and_selected_as_a_whole(docs, width):
    page = docs(viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == width
    cut = "all => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent)"
    assert page.locator("pre").evaluate_all(cut) == []
    example = page.locator("pre").nth(1)
    example.click()
    assert page.evaluate("getSelection().toString()") == example.text_content()
    assert re.fullmatch(r"curl .* -o topics\.csv", example.text_content())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_barrier_for_programmers(docs, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe: pip install '.[dev]'").Axe()
    found = axe.run(docs(color_scheme=scheme)).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []


# What goes wrong


def test_hostile_text_stays_text(open_page, with_feedback):
    page = open_page(with_feedback)
    paste(page, HOSTILE)
    page.get_by_label("Why not another topic?").select_option("space")
    expect(page.locator("#marked")).to_have_text(HOSTILE)
    drop(page, "<b>x</b>.csv", csv_of([["id", "text"], ["<i onclick=alert(1)>", HOSTILE]]))
    finished(page)
    expect(page.locator("#first-rows th bdi")).to_have_text("<i onclick=alert(1)>")
    expect(page.locator("#table-name")).to_have_text("<b>x</b>.csv")
    assert page.locator("main img, main script, main b, main i[onclick]").count() == page.locator(".bar b").count()
    assert page.title() == messages("en")("service_title")


def test_a_busy_server_is_asked_again(open_page):
    page = open_page(quiet=False)
    busy = [503, 429]
    page.route(
        "**/v1/predict",
        lambda route: (
            route.fulfill(status=busy.pop(), headers={"Retry-After": "1"}, json={"detail": ""})
            if busy
            else route.continue_()
        ),
    )
    page.get_by_label("Text in Russian").fill(TEXT)
    expect(page.locator("#status")).to_have_text("The server is busy. The next try is in 1 second.")
    expect(page.locator(".topic")).not_to_have_count(0)
    expect(page.locator("#status")).to_contain_text("topic")


def test_who_asks_too_much_is_told_so(open_page):
    page = open_page(quiet=False)
    page.route("**/v1/predict", lambda route: route.fulfill(status=429, headers={"Retry-After": "60"}, json={}))
    page.get_by_label("Text in Russian").fill(TEXT)
    expect(page.locator("#status")).to_have_text(
        "Too many requests or wrong tokens come from this computer. The next try is in 30 seconds."
    )
    page.unroute("**/v1/predict")
    page.get_by_label("Text in Russian").fill(TEXT[:200])  # who types on need not wait
    expect(page.locator(".topic")).not_to_have_count(0)
    expect(page.locator("#status")).to_contain_text("topic")


def test_one_message_is_enough_while_the_page_waits(open_page):
    page = open_page(quiet=False)
    answers = [{"status": 500}, {"status": 429, "headers": {"Retry-After": "60"}}]
    page.route("**/v1/predict", lambda route: route.fulfill(json={"detail": ""}, **answers.pop(0)))
    page.get_by_label("Text in Russian").fill(TEXT)
    expect(page.locator("#problem")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#status")).to_contain_text("The next try is in 30 seconds.")
    expect(page.locator("#problem")).to_be_hidden()


@pytest.mark.parametrize("status", [None, 502])
def test_a_server_that_is_back_is_asked_without_a_click(open_page, status):
    page = open_page(quiet=False)
    page.clock.install()
    page.route("**/v1/predict", lambda route: route.fulfill(status=status) if status else route.abort())
    page.get_by_label("Text in Russian").fill(TEXT)
    page.clock.run_for(300)
    expect(page.locator("#problem-text")).to_contain_text("The server does not answer.")
    with page.expect_request("**/v1/predict"):
        page.clock.run_for(10_000)
    expect(page.locator("#result")).to_have_attribute("aria-busy", "false")
    expect(page.locator("#problem-text")).to_contain_text("The server does not answer.")
    page.unroute("**/v1/predict")
    page.clock.run_for(10_000)
    expect(page.locator(".topic")).not_to_have_count(0)
    expect(page.locator("#problem")).to_be_hidden()


def test_without_the_token_nothing_is_asked_until_a_person_says_so(open_page):
    page = open_page(quiet=False)
    page.clock.install()
    asked = []
    page.route("**/v1/**", lambda route: asked.append(route.request.url) or route.fulfill(status=401, json={}))
    page.get_by_label("Text in Russian").fill(TEXT)
    page.clock.run_for(300)
    expect(page.locator("#problem-text")).to_contain_text("know its token. Press “Try again”")
    page.get_by_label("Text in Russian").fill(TEXT[:200])
    page.clock.run_for(20_000)
    drop(page, "news.csv", csv_of([["text"], [TEXT]]))
    expect(page.locator("#table-problem-text")).to_contain_text("know its token")
    assert len(asked) == 1
    page.unroute("**/v1/**")
    page.locator("#again").click()
    expect(page.locator(".topic")).not_to_have_count(0)
    expect(page.locator("#problem")).to_be_hidden()


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (401, "know its token"),
        (408, "took too long"),
        (413, "more than the server accepts"),
        (503, "The server says: it takes too long"),  # without Retry-After: it is of no use to try again
    ],
)
def test_what_the_server_refuses_is_told_in_plain_words(open_page, status, told):
    page = open_page(quiet=False)
    requests = []
    page.on("request", lambda request: requests.append(request))
    page.route("**/v1/predict", lambda route: route.fulfill(status=status, json={"detail": "it takes too long"}))
    page.get_by_label("Text in Russian").fill(TEXT)
    expect(page.locator("#problem-text")).to_contain_text(told)
    assert len(requests) == 1


def test_topics_of_the_text_before_do_not_stand_beside_an_error(open_page, with_feedback):
    page = open_page(with_feedback, quiet=False)
    paste(page, TEXT)
    page.locator(".topic").first.click()
    expect(page.locator("#why")).to_be_visible()
    page.route("**/v1/predict", lambda route: route.fulfill(status=500, json={"detail": "the disk is full"}))
    page.get_by_label("Text in Russian").fill("Хоккеисты выиграли матч чемпионата мира")
    expect(page.locator("#problem")).to_be_visible()
    expect(page.locator("#status")).to_have_text("")
    expect(page.locator(".topic")).to_have_count(0)
    for place in ("#right", "#others", "#why"):
        expect(page.locator(place)).to_be_hidden()


def test_a_network_that_is_gone_is_told_and_tried_again(open_page):
    page = open_page(quiet=False)
    page.context.set_offline(True)
    page.get_by_label("Text in Russian").fill(TEXT)
    expect(page.locator("#problem-text")).to_contain_text("The server does not answer.")
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".topic")).not_to_have_count(0)
    expect(page.locator("#problem")).to_be_hidden()


def test_a_table_larger_than_the_server_takes_is_told(open_page, small):
    with serving(max_body=1_500_000) as strict:
        page = open_page(strict)
        drop_large(page, "large.parquet", "x" * 1_600_000)
        expect(page.locator("#table-problem")).to_contain_text("more than the server accepts")
        drop_large(page, "large.jsonl", (json.dumps({"text": small.texts[0]}) + "\n" * 200_000) * 8)
        expect(page.locator("#too-large")).to_contain_text(
            "cannot be downloaded here, because it has more than 1 megabyte"
        )
        expect(page.locator("#table-status")).to_have_text("Done: 8 articles.")
        expect(page.locator("#downloads")).to_be_hidden()


def test_the_page_works_behind_a_token(open_page):
    with serving(token="secret") as guarded:
        page = open_page(guarded, http_credentials={"username": "anna", "password": "secret"})
        paste(page, TEXT)
        expect(page.locator(".topic")).not_to_have_count(0)


# For everybody


def test_all_of_it_works_by_keyboard_alone(open_page, with_feedback, labels):
    page = open_page(with_feedback)

    def go_to(name):
        for _ in range(40):
            page.keyboard.press("Tab")
            focused = page.evaluate("(document.activeElement.labels?.[0] ?? document.activeElement).innerText ?? ''")
            if re.search(name, focused):
                return
        pytest.fail(f"Tab does not reach {name!r}")

    go_to("Insert a sample")
    page.keyboard.press("Enter")
    expect(page.locator(".topic")).to_have_count(1)
    assert page.evaluate("document.activeElement.id") == "text"
    go_to("Transport")
    page.keyboard.press("Enter")
    expect(page.locator("#why-heading")).to_have_text("Why “Transport”")
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"
    go_to("Wrong")
    page.keyboard.press("Space")
    expect(page.locator("#status")).to_contain_text("Thank you")
    assert page.evaluate("document.activeElement.innerText").startswith("Put back")
    go_to("Why not another topic")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#why-heading")).to_contain_text("Why not")
    go_to("Add this topic")
    page.keyboard.press("Enter")
    expect(page.locator(".topic")).to_have_count(2)
    assert len(stored(labels)[1]) == 1


def everything(page):
    """Bring all parts of the page to light."""
    page.locator("#sample").click()
    page.locator(".topic").first.click()
    expect(page.locator("#marked")).to_be_visible()
    drop(page, "оченьдлинноеимяфайла" * 5 + ".csv", csv_of([["id", "text"], ["x" * 200, TEXT], ["2", "Hello, world"]]))
    finished(page)


@pytest.mark.parametrize("locale", ["ru", "en"])
def test_nothing_is_wider_than_a_phone(open_page, with_feedback, locale):
    page = open_page(with_feedback, width=360, locale=locale)
    everything(page)
    page.locator(".fix").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    outside = "all => all.filter((one) => one.getBoundingClientRect().right > 360 || one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1 && getComputedStyle(one).display !== 'inline').map((one) => one.outerHTML.slice(0, 80))"
    assert page.locator("main *:not(.unseen):not(option)").evaluate_all(outside) == []


def test_on_a_phone_the_topics_of_a_whole_text_come_into_sight(open_page):
    page = open_page(width=390)
    page.get_by_label("Text in Russian").press_sequentially(TEXT[:200])
    expect(page.locator(".topic")).not_to_have_count(0)
    assert page.evaluate("scrollY") == 0  # who types is not interrupted
    page.get_by_role("button", name="Insert a sample").click()
    expect(page.locator(".topic .name")).to_have_text(["Transport"])
    expect(page.locator(".topic").last).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("locale", ["ru", "en"])
def test_no_name_of_a_topic_breaks_inside_a_word_on_a_phone(open_page, locale):
    page = open_page(width=400, locale=locale)
    drop(page, "archive.csv", (EXAMPLES / "archive.csv").read_bytes())
    finished(page)
    broken = """all => all.flatMap(({ firstChild }) => [...firstChild.data.matchAll(/[^ -]+/g)].filter(({ 0: word, index }) => {
        const range = document.createRange();
        range.setStart(firstChild, index);
        range.setEnd(firstChild, index + word.length);
        return range.getClientRects().length > 1;
    }).map(([word]) => word))"""
    assert page.locator("#chart-rows th bdi").evaluate_all(broken) == []


def test_at_night_the_page_is_dark(open_page):
    colours = {}
    for scheme in ("light", "dark"):
        page = open_page(color_scheme=scheme)
        colours[scheme] = [
            int(n) for n in re.findall(r"\d+", page.evaluate("getComputedStyle(document.body).backgroundColor"))
        ]
    assert min(colours["light"]) > 200 and max(colours["dark"]) < 60


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["ru", "en"])
def test_axe_finds_no_barrier(open_page, with_feedback, scheme, locale):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe: pip install '.[dev]'").Axe()
    page = open_page(with_feedback, color_scheme=scheme, locale=locale)
    for act in (lambda page: None, everything, lambda page: page.locator(".fix").first.click()):
        act(page)
        found = axe.run(page).response["violations"]
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
