"""The page of trends, as HTML and in a real browser."""

import re

import pytest

pytest.importorskip("matplotlib", reason="matplotlib is not installed: pip install '.[report]'")
from classifier.trends.changes import Mix
from classifier.trends.page import render_page
from tests.trends import made_up
from tests.trends.made_up import MONTHS, TOPICS

HOSTILE = "<script>document.title = 'owned'</script><img src=x> & \u202e</svg>$x^2$"


def made_page(table, language="en", headlines=made_up.HEADLINES, **facts):
    return render_page(
        table, made_up.changes(table), made_up.examples(table, headlines), made_up.facts(table, **facts), language
    )


def page_of(table, changes, **facts):
    return render_page(table, changes, made_up.examples(table), made_up.facts(table, **facts), "en")


def words(html):
    """What a page says, on one line."""
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]*>", " ", html, flags=re.DOTALL)).replace(" .", ".")


@pytest.fixture(scope="module")
def table():
    """Three topics in eight months, one of which has too few articles."""
    return made_up.shares(TOPICS[:3], MONTHS[:8], gaps=("2022-05",))


@pytest.fixture(scope="module")
def russian(table):
    return made_page(table, "ru")


@pytest.fixture(scope="module")
def many():
    """A page in Russian with more topics than can be large at once."""
    return made_page(made_up.shares(TOPICS[:9], MONTHS[:8], gaps=("2022-05",)), "ru")


@pytest.fixture(scope="module")
def split():
    """A page in English with three groups and a checked sample."""
    table = made_up.shares(TOPICS[:2], MONTHS[:4], ("rt", "tass", ""), checked=True, rare=TOPICS[1:2])
    return made_page(table, split="source", checked=412)


def test_the_page_says_what_was_counted_and_what_was_left_out(table):
    said = words(made_page(table, unjudged=1))
    articles = table[table.topic == TOPICS[0]].all_articles.sum()
    assert f"{articles:,} articles, 8 months (January 2022 – August 2022)." in said
    assert (
        "1,240 reprints are not counted. Not counted: 21 articles without a date. Not counted: 1 article that" in said
    )
    assert "A period with fewer than 20 articles is a gap" in said
    assert "Shares are uncorrected:" in said and "Shares are corrected" not in said
    assert "Model: news-topics. Files: archive/. Page made 2026-01-31." in said


def test_reprints_that_count_or_that_nobody_looked_for_are_told(table):
    assert "Reprints count like all other articles; 1,240 are among them." in words(made_page(table, count="all"))
    assert "Reprints were not looked for" in words(made_page(table, reprints_known=False))


def test_the_russian_page_is_russian_and_its_nouns_agree_with_their_numbers(russian):
    said = words(russian)
    assert '<html lang="ru">' in russian and "О чём пишут новости: январь 2022 – август 2022" in said
    assert "8 месяцев" in said and "Не посчитана 21 статья без даты. Не посчитаны 3 статьи," in said
    assert "Если в периоде меньше 20 статей, на графике пропуск" in said
    assert not re.search(r"[A-Za-z]{3,}", re.sub(r"news-topics( queue --random| trends --checked)?|archive", "", said))


def test_every_period_of_a_chart_tells_its_values(table, russian):
    row = table[(table.topic == TOPICS[0]) & (table.period == "2022-03")].iloc[0]
    shown = f"{100 * row.share:.1f}\u00a0% ({100 * row.low:.1f}–{100 * row.high:.1f}\u00a0%), ".replace(".", ",")
    all_articles = f"{row.all_articles:,}".replace(",", "\u00a0")
    titles = re.findall("<title>([^<]*)</title></rect>", russian)
    assert f"март 2022: {shown}{row.articles} из {all_articles} статей" in titles
    assert len(titles) == 3 * 8
    assert titles[4].startswith("май 2022: слишком мало статей: ")


def test_a_checked_sample_and_topics_too_rare_for_it_are_told(split):
    said = words(split)
    assert "Shares are corrected with 412 articles that people have read" in said
    assert "Shares are uncorrected:" not in said
    assert said.count("The share is uncorrected: the topic is too rare") == 1
    assert said.count("Topics too rare for that are uncorrected") == 1
    assert "The correction is the same for all groups" in said and "may still be above zero" in said
    captions = re.findall('<figcaption>.*?<span class="share">(.*?)</span>', split, re.DOTALL)
    assert captions == ["corrected share of articles", "share of articles, uncorrected"]


def test_the_table_of_a_topic_has_the_shares_of_each_group(split):
    assert split.count('<th scope="col" class="words">group</th>') == 2
    assert split.count('<td class="words"><bdi>tass</bdi></td>') == 2 * 4
    assert split.count('<td class="words"><bdi>not known</bdi></td>') == 2 * 4
    assert "apart for each value of the column source; it has 3 of them." in words(split)


def test_charts_show_the_five_largest_groups_and_the_page_says_so():
    table = made_up.shares(TOPICS[:1], MONTHS[:2], tuple("abcdefg"))
    table.loc[table.group.isin(["b", "d"]), "all_articles"] = 21
    page = made_page(table, split="source")
    assert page.count('<svg class="key"') == 5
    assert "Charts and changes are of the five groups with most articles" in words(page)
    assert page.count('<td class="words"><bdi>d</bdi></td>') == 2


def test_a_long_table_has_the_last_periods_and_says_so():
    days = [str(day.date()) for day in made_up.pd.date_range("2023-01-01", periods=130)]
    page = made_page(made_up.shares(TOPICS[:1], days), by="day")
    assert "These are only the last 60 periods; the end of the page tells how to get all." in words(page)
    assert "<code>news-topics trends --output trends.csv</code> writes a table of all periods." in page
    assert len(re.findall('<th scope="row">', page)) == 60
    first = re.findall("<title>([^<]*)</title></rect>", page)[0].split("\n")
    assert [line.partition(":")[0] for line in first] == ["1 January 2023", "2 January 2023"]


def test_topics_without_articles_are_named_and_not_drawn():
    table = made_up.shares(TOPICS[:2], MONTHS[:3])
    table.loc[table.topic == TOPICS[1], ["articles", "share", "low", "reprints"]] = 0
    page = made_page(table)
    assert "There are no articles on: International organizations." in words(page)
    assert page.count("<article") == 1


def test_one_period_cannot_be_compared():
    page = made_page(made_up.shares(TOPICS[:2], ["2023-Q2"]), by="quarter")
    assert "There is nothing to compare" in words(page) and "1 quarter (2nd quarter of 2023)." in words(page)


def test_a_group_that_is_new_in_the_second_half_has_nothing_to_compare(table):
    changes = made_up.changes(table).assign(earlier=float("nan"), difference=float("nan"), change="unclear")
    said = words(page_of(table, changes))
    assert "One of the halves has too few articles" in said
    assert "may be chance" not in said and "Table: all topics" not in said


def test_each_group_is_compared_within_its_own_time():
    table = made_up.shares(TOPICS[:2], MONTHS[:4], ("rt", "tass", "ria"))
    changes = made_up.changes(table)
    changes = changes[changes.group != "ria"]
    changes.attrs["spans"] = {
        "rt": (("2022-01", "2022-02"), ("2022-03", "2022-04")),
        "tass": (("2022-02", "2022-02"), ("2022-03", "2022-03")),
    }
    said = words(page_of(table, changes, split="source"))
    assert "First half: January 2022 – February 2022. Second half: March 2022 – April 2022." in said
    assert "First half: February 2022. Second half: March 2022." in said
    assert said.count("All articles are of one period") == 1


def test_a_dot_is_explained_only_where_one_is_drawn(table):
    changes = made_up.changes(table).assign(change="unclear")
    assert "A dot is" not in words(page_of(table, changes))
    assert "No change is clear: every interval includes zero" in words(page_of(table, changes))
    changes.loc[0, "change"] = "rose"
    assert words(page_of(table, changes)).count("A dot is the difference of the shares") == 1


def test_outlets_that_changed_are_told_before_what_rose_and_fell(table):
    page = made_page(table, mix=Mix("source", "<i>Волна</i>", 0.0, 0.417))
    told = "Outlets changed: &lt;i&gt;Волна&lt;/i&gt; had 0% of the articles in the first half and 41.7% in the second."
    assert told in page and "<code>--split source</code> counts outlets apart." in page
    assert page.index(told) < page.index("First half:")
    assert "Outlets changed" not in made_page(table)


def test_commands_and_method_stand_at_the_end(russian):
    end = russian.index('<section id="counted"')
    assert "news-topics" not in words(russian[:end])
    assert "<code>news-topics trends --checked</code>" in russian[end:] and "95 из 100" in russian[end:]
    assert "Доли не исправлены" in words(russian[:end]) and 'href="#counted"' in russian[:end]


def test_few_topics_are_all_large_in_the_order_in_which_they_were_chosen(show):
    table = made_up.shares([TOPICS[2], TOPICS[0]], MONTHS[:3])
    page = made_page(table)
    assert visible_topic(show(page)) == ["Sanctions", "Diplomacy and foreign policy"]
    assert 'id="overview"' not in page


def test_of_some_chosen_topics_the_first_is_large_and_of_many_the_one_with_most_articles():
    for number in (8, 9):
        table = made_up.shares(TOPICS[:number], MONTHS[:2])
        table.loc[table.topic == TOPICS[5], "articles"] += 5000
        large = re.search('<article class="topic first" id="t(.)"', made_page(table))[1]
        assert large == ("1" if number == 8 else "6")


def test_a_table_begins_and_ends_with_the_articles_of_a_group_and_says_where_there_are_none():
    table = made_up.shares(TOPICS[:1], MONTHS[:5], ("rt", "tass"))
    for period in ("2022-01", "2022-03", "2022-05"):
        rows = (table.group == "tass") & (table.period == period)
        table.loc[rows, ["articles", "all_articles"]] = 0
        table.loc[rows, ["share", "low", "high"]] = float("nan")
    page = made_page(table, split="source")
    assert page.count('<td class="words"><bdi>rt</bdi></td>') == 5
    cells = re.findall(r'<td class="words"><bdi>tass</bdi></td><td>(.*?)</td>', page)
    assert [cell == "no articles" for cell in cells] == [False, True, False]
    assert "tass: no articles</title>" in page and "too few" not in page


def test_an_article_without_a_headline_is_told_by_its_id(table):
    page = made_page(table, "ru", ["", made_up.HEADLINES[0]])
    assert f"<bdi>без заголовка: {TOPICS[0]}-0</bdi>" in page
    assert f'<bdi lang="ru">{made_up.HEADLINES[0]}</bdi>' in page


def test_ids_in_charts_are_not_shared(split):
    ids = re.findall(r'\bid="([^"]*)"', split)
    assert len(ids) == len(set(ids))
    assert {a or b for a, b in re.findall(r'href="#([\w-]+)"|url\(#(\w+)\)', split)} <= set(ids)


# In a browser


def visible_topic(shown):
    return [heading.inner_text() for heading in shown.locator("article h3").all() if heading.is_visible()]


def test_one_topic_is_large_and_a_small_chart_leads_to_another(show, many):
    shown = show(many)
    assert len(visible_topic(shown)) == 1
    shown.get_by_role("link", name="Санкции").first.press("Enter")
    assert visible_topic(shown) == ["Санкции"]
    shown.get_by_role("link", name="← Международные организации").click()
    assert visible_topic(shown) == ["Международные организации"]


def test_the_keyboard_switches_from_shares_to_counts(show, russian):
    shown = show(russian)
    large = shown.locator("article.first svg.large > g")
    assert [group.is_visible() for group in large.all()][:2] == [True, False]
    shown.get_by_role("radio", name="доли").press("ArrowRight")
    assert shown.get_by_role("radio", name="число статей").is_checked()
    assert [group.is_visible() for group in large.all()][:2] == [False, True]


def test_the_pointer_finds_the_values_of_a_period_where_its_point_is(show, russian):
    shown = show(russian)
    marker = shown.locator("article.first svg.large .share use").last.bounding_box()
    x, y = marker["x"] + marker["width"] / 2, marker["y"] + marker["height"] / 2
    found = shown.evaluate(
        "([x, y]) => (scrollTo(0, y - 300), document.elementFromPoint(x, y - scrollY).textContent)", [x, y]
    )
    assert found.startswith("август 2022: ")


@pytest.mark.parametrize("width", [400, 1200])
def test_names_beside_changes_never_touch_a_dot(show, width):
    table = made_up.shares(TOPICS[:8], MONTHS[:4])
    shown = show(page_of(table, made_up.changes(table).assign(change="rose")), width)
    boxes = "found => found.map(each => each.getBoundingClientRect().toJSON())"
    dots = [box for box in shown.locator("#changes svg use").evaluate_all(boxes) if box["width"] > 3]
    names = shown.locator("#changes svg text").evaluate_all(boxes)
    assert len(dots) == 8 < len(names)
    rows = [(name["top"] < dot["bottom"] and dot["top"] < name["bottom"]) for name in names for dot in dots]
    assert not any(rows)


def test_a_table_that_is_cut_shows_a_shadow_and_breaks_no_word(show):
    table = made_up.shares(TOPICS[:3], MONTHS[:4])
    shown = show(page_of(table, made_up.changes(table)), 360)
    shown.locator("#changes summary").click()
    scroll = shown.locator("#changes .scroll")
    assert scroll.evaluate("each => each.scrollWidth > each.clientWidth")
    assert "gradient" in scroll.evaluate("each => getComputedStyle(each).backgroundImage")
    assert scroll.locator("tbody th").first.evaluate("each => getComputedStyle(each).overflowWrap") == "break-word"


def test_a_screen_reader_finds_chart_table_and_articles(show, russian):
    shown = show(russian)
    assert shown.locator("article.first").get_by_role("img").get_attribute("aria-label").startswith("Тема «")
    shown.locator("article.first summary").first.click()
    rows = shown.locator("article.first").get_by_role("row")
    assert rows.count() == 1 + 8
    assert rows.nth(5).inner_text().split("\t")[:2] == ["май 2022", "мало статей"]
    assert (
        shown.locator("article.first h4")
        .first.inner_text()
        .startswith("Статьи, в которых модель нашла тему увереннее всего: ")
    )
    assert "вероятность 0,99" in shown.locator("article.first .articles li").first.inner_text()


def test_what_rose_and_fell_stands_before_what_is_unclear(show, table, russian):
    shown = show(russian)
    shown.locator("#changes summary").click()
    kinds = [row.locator("td").first.inner_text() for row in shown.locator("#changes tbody tr").all()]
    assert sorted(kinds, key="неясно".__eq__) == kinds and len(kinds) == 3


@pytest.mark.parametrize("width", [320, 360, 1600])
def test_the_page_is_never_wider_than_the_window_and_markup_stays_text(show, width):
    table = made_up.shares([HOSTILE, "слово" * 30], MONTHS[:3], (HOSTILE, "_b"))
    page = made_page(table, "ru", [HOSTILE, "", "Слово" * 90], split=HOSTILE, sources=HOSTILE, model=HOSTILE)
    shown = show(page, width)
    shown.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    assert shown.title().startswith("О чём пишут новости")
    assert [shown.locator(tag).count() for tag in ("script", "img")] == [0, 0]
    assert "\u202e" not in page
    assert shown.locator("h3").first.inner_text().startswith("<script>document.title")


def test_printed_all_topics_have_their_charts_and_tables(show, many):
    shown = show(many)
    shown.emulate_media(media="print")
    assert len(visible_topic(shown)) == 9
    assert all(chart.is_visible() for chart in shown.locator("article svg.large").all())
    assert not shown.get_by_role("radio").first.is_visible()
    assert shown.locator("article table").first.bounding_box()["height"] > 50
