"""What becomes of the answers of a model: rules first, then people's labels, then the topics that are wanted."""

import numpy as np

from classifier.data.articles import Article
from classifier.model.predictions import Predictions
from classifier.model.rules import Rule, Rules
from classifier.tagging.batches import tag_articles
from classifier.tagging.corrections import Corrections

ARTICLES = [Article("1", "Ледокол вышел в море", {}, ""), Article("2", "Матч отложен", {}, "")]
RULES = Rules([Rule("арктика", phrases=("ледокол",)), Rule("sport", "block")])


def predictions():
    return Predictions(["sport", "culture"], np.array([[0.9, 0.2], [0.8, 0.7]]), np.ones((2, 2), np.int8), ["", ""])


def corrected(**corrections):
    columns = Corrections(**corrections).apply(predictions(), ARTICLES).columns(all_topics=True)
    return columns


def test_without_corrections_the_answer_is_that_of_the_model():
    assert corrected() == predictions().columns(all_topics=True)
    assert "origins" not in corrected()


def test_a_labelled_article_has_the_topics_of_the_person_and_no_others():
    columns = corrected(labels={"1": ["погода", "culture"], "7": ["sport"]})
    assert columns["topics"] == [["culture", "погода"], ["sport", "culture"]]
    assert columns["probabilities"] == [[0.2, None], [0.8, 0.7]]
    assert columns["origins"] == [["person", "person"], ["model", "model"]]


def test_a_person_may_say_that_an_article_has_no_topic():
    assert corrected(labels={"1": []})["topics"] == [[], ["sport", "culture"]]


def test_a_label_stands_above_every_rule():
    columns = corrected(rules=RULES, labels={"1": ["sport"]})
    assert columns["topics"] == [["sport"], ["culture"]] and columns["origins"] == [["person"], ["model"]]


def test_only_some_topics_are_given_and_written():
    columns = corrected(rules=RULES, labels={"2": ["sport", "culture"]}, only=frozenset(["арктика", "sport"]))
    assert columns["topics"] == [["арктика"], ["sport"]]
    assert list(columns) == ["topics", "probabilities", "origins", "note", "sport"]
    assert corrected(only=frozenset(["арктика"]))["topics"] == [[], []]


def test_the_hash_tells_every_change():
    some = [
        Corrections(),
        Corrections(labels={}),
        Corrections(labels={"1": []}),
        Corrections(labels={"1": ["sport"]}),
        Corrections(rules=Rules(RULES.rules[:1])),
        Corrections(rules=RULES),
        Corrections(only=frozenset(["sport"])),
    ]
    assert len({corrections.sha256() for corrections in some}) == len(some)
    assert Corrections(rules=RULES).sha256() == Corrections(rules=Rules(RULES.rules)).sha256()


def test_any_number_of_processes_gives_the_same_answers(folder):
    corrections = Corrections(Rules([Rule("арктика", phrases=("ледокол",))]), {"2": ["спорт"]})
    one, two = (list(tag_articles(folder, ARTICLES, jobs, corrections=corrections)) for jobs in (1, 2))
    assert one[0].predictions.columns() == two[0].predictions.columns()
    assert "арктика" in one[0].predictions.columns()["topics"][0]


def test_topics_of_rules_and_people_have_the_same_order_in_any_number_of_processes(folder):
    """Rules are applied by the processes, labels by the program that started them."""
    rules = Rules([Rule(topic, phrases=(word,)) for topic, word in (("лёд", "ледокол"), ("отмены", "отложен"))])
    texts = ["Матч отложен"] * 300 + ["Ледокол отложен"] * 900
    articles = [Article(str(number), text, {}, "") for number, text in enumerate(texts)]
    corrections = Corrections(rules, {"700": ["море"], "1100": ["спорт"]})
    one, two = (list(tag_articles(folder, articles, jobs, corrections=corrections)) for jobs in (1, 2))
    assert [len(batch) for batch in two] == [1000, 200]
    for batch, same in zip(one, two, strict=True):
        assert batch.articles == same.articles
        assert batch.predictions.columns(all_topics=True) == same.predictions.columns(all_topics=True)
    assert one[0].predictions.columns()["topics"][500][-2:] == ["лёд", "отмены"]
