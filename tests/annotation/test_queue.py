from collections import Counter

import numpy as np
import pytest

from classifier.annotation.queue import QueueOptions, choose_tasks, margins_of
from classifier.data.articles import Article, batched
from classifier.duplicates.splits import split_groups
from classifier.tagging.batches import tag_batch
from tests.duplicates.conftest import BRIDGE, BRIDGE_AGENCY, BRIDGE_SHORTER, HARVEST

SHIPS = [
    "Ледоколы провели караван\nПо Северному морскому пути прошли двадцать судов с грузом для портов Чукотки.",
    "Порт Сабетта готовит вторую очередь\nСжиженный газ повезут Северным морским путём и зимой.",
    "Метеорологи закрыли станцию на Диксоне\nОна семьдесят лет служила капитанам Северного морского пути.",
    "Якутия ждёт новых барж\nЗаказ губернатора рассчитан на реки, Северный морской путь и малые гавани.",
]
MATCH = "Хоккеисты выиграли матч номер {}\nКоманда победила соперника со счётом {}:1 на своём льду."


@pytest.fixture(scope="session")
def archive(small):
    """The small table, articles about ships, and a text that cannot be judged."""
    texts = [*small.texts, *SHIPS, "Hello, world"]
    return [Article(f"n{row}", text, {}, f"news:{row}") for row, text in enumerate(texts)]


@pytest.fixture
def choose(shipped, archive):
    """Choose tasks from some articles with some options."""

    def chosen(number, articles=archive, read=(), **options):
        batches = (tag_batch(shipped, batch) for batch in batched(articles, 20))
        return choose_tasks(shipped, batches, QueueOptions(number, **options), read=read)

    return chosen


def test_a_quarter_is_random_and_the_others_are_near_a_threshold(choose, shipped):
    tasks = choose(20, topics=shipped.classes)
    assert Counter(task.chosen for task in tasks) == {"random": 5, "uncertain": 15}
    assert {task.topic for task in tasks if task.chosen == "random"} == {""}


def test_topics_have_their_turns_and_their_nearest_articles(choose, shipped, archive):
    topics = ["sport", "courts", "weather"]
    tasks = choose(12, topics=topics)
    assert Counter(task.topic for task in tasks) == {"": 3, "sport": 3, "courts": 3, "weather": 3}
    margins = np.abs(margins_of(shipped, shipped.predict_proba([article.text for article in archive])))
    nearest = {topic: archive[margins[:-1, shipped.classes.index(topic)].argmin()].id for topic in topics}
    for topic, article in nearest.items():
        assert article in {task.article.id for task in tasks if task.topic in (topic, "")}


def test_nothing_is_chosen_twice_nor_what_cannot_be_judged_or_was_read(choose, archive):
    everything = {task.article.id for task in choose(1000, topics=["sport"])}
    assert len(choose(1000, topics=["sport"])) == len(everything)
    assert everything <= {article.id for article in archive[:-1]}
    again = choose(1000, topics=["sport"], read={"n1", "n2"})
    assert {task.article.id for task in again} == everything - {"n1", "n2"}


def test_of_reprints_one_is_chosen(choose):
    texts = [MATCH.format(3, 3), MATCH.format(3, 3).upper(), MATCH.format(4, 4), SHIPS[0]]
    articles = [Article(str(row), text, {}, "") for row, text in enumerate(texts)]
    assert len(choose(4, articles, random_share=1)) == 2  # the same words in capitals, and nearly the same text


def test_of_reprints_with_small_edits_one_is_chosen(choose):
    pytest.importorskip("rensa", reason="rensa is not installed: pip install '.[duplicates]'")
    texts = [BRIDGE, BRIDGE_AGENCY, BRIDGE_SHORTER, HARVEST]
    assert len(set(split_groups(texts)[0])) == 2  # `news-topics duplicates` says so too
    articles = [Article(str(row), text, {}, "") for row, text in enumerate(texts)]
    assert len(choose(4, articles, random_share=1)) == 2


def test_another_seed_draws_others_and_the_same_seed_the_same(choose):
    first, same, other = (choose(10, random_share=1, seed=seed) for seed in (1, 1, 2))
    assert first == same and {task.article.id for task in first} != {task.article.id for task in other}


def test_random_articles_are_drawn_from_the_whole_archive(choose, archive):
    drawn = Counter(task.article.id for seed in range(60) for task in choose(5, random_share=1, seed=seed))
    assert drawn.keys() == {article.id for article in archive[:-1]}


def test_phrases_find_the_first_articles_of_a_new_topic(choose):
    tasks = choose(12, phrases=["Северный морской путь"], phrase_topic="арктика")
    assert {task.topic for task in tasks if task.chosen == "phrase"} == {"арктика"}
    assert {task.article.text for task in tasks if task.chosen == "phrase"} <= set(SHIPS)
    mixed = Counter(task.chosen for task in choose(12, topics=["sport"], phrases=["суд"]))
    assert mixed["random"] == 3 and mixed["phrase"] and mixed["uncertain"]


def test_readers_stopping_in_the_middle_have_read_a_part_of_each_kind(choose, shipped):
    tasks = choose(40, topics=shipped.classes)
    assert {task.chosen for task in tasks[:20]} == {"random", "uncertain"}


def test_suggestions_are_the_topics_of_the_model(choose, shipped):
    for task in choose(10, topics=["sport"]):
        assert list(task.suggested) == shipped.topics([task.article.text])[0]


def test_a_topic_is_checked_on_articles_that_get_it(choose, shipped, archive):
    given = {article.id for article in archive if "sport" in shipped.topics([article.text])[0]}
    tasks = choose(5, given="sport", random_share=1)
    assert len(tasks) == 5 and {task.article.id for task in tasks} < given
    assert {(task.chosen, task.topic) for task in tasks} == {("given", "sport")}
