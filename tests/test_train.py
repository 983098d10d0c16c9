import re

import pytest

from classifier import store
from classifier.articles import Notice
from classifier.corpus import Corpus
from classifier.errors import UsageError
from classifier.evaluate import AVERAGES
from classifier.model import TopicClassifier, load
from classifier.train import results, train

MODEL = TopicClassifier()


def held_out(small):
    """The example table with every fourth text held out."""
    return small._replace(splits=["dev" if row % 4 == 0 else "train" for row in range(len(small.ids))])


def test_without_splits_the_scores_are_cross_validated(small, tmp_path):
    said = []
    report = train(small, tmp_path / "model", model=MODEL, progress=said.append)
    assert list(report.index) == ["культура", "погода", "спорт", "суд", *AVERAGES]
    assert report.loc["micro", "support"] == sum(map(len, small.topics))
    assert [line for line in said if "fold 5 of 5" in line]
    assert store.manifest(tmp_path / "model")["report"]["measure"] == "5-fold cross-validation"


def test_with_splits_the_model_sees_only_train_and_is_scored_on_the_rest(small, tmp_path):
    corpus = held_out(small)
    known, unseen = corpus.parted()
    report = train(corpus, tmp_path / "model", model=MODEL, min_examples=5)
    model = load(tmp_path / "model", trust=True)
    assert model.predict_proba(unseen.texts) == pytest.approx(
        MODEL.fit(known.texts, known.topics).predict_proba(unseen.texts)
    )
    assert report.equals(results(model.tagger_, unseen).scores())
    assert store.manifest(tmp_path / "model")["data"] == {
        "articles": len(known.ids),
        "sha256": known.sha256(),
        "examples": known.counts(),
    }


def test_the_card_tells_data_and_scores(small, tmp_path):
    report = train(small, tmp_path / "model", model=MODEL, about="# Четыре темы\n\nДля проверки.")
    card = (tmp_path / "model" / "README.md").read_text(encoding="utf-8")
    assert card.startswith("# Четыре темы\n\nДля проверки.\n\n## Use")
    assert re.search(r"\d lemmas, whose rarity and vectors were learned from [\d,]+ articles without labels", card)
    assert f"46 labelled articles; sha256 of their ids, texts and topics: `{small.sha256()}`" in card
    assert f"| micro | {report.loc['micro', 'precision']:.3f} |" in card
    assert "| суд | суд | 12 |" in card


def test_the_same_data_give_the_same_bytes(small, tmp_path):
    for name in ("one", "two"):
        train(held_out(small), tmp_path / name, min_examples=5)
    assert (tmp_path / "one" / "model.joblib").read_bytes() == (tmp_path / "two" / "model.joblib").read_bytes()


def test_rare_topics_are_refused_by_name_or_left_out(small, tmp_path):
    topics = [[*row, "редкое"] if row == ["суд"] else row for row in small.topics]
    topics[0] = [*topics[0], "единственное"]
    corpus = small._replace(topics=topics)
    with pytest.raises(UsageError, match=r"too few examples \(under 10\) of: единственное 1; .*--drop-rare"):
        train(corpus, tmp_path / "model", model=MODEL)
    assert not (tmp_path / "model").exists()
    report = train(corpus, tmp_path / "model", model=MODEL, drop_rare=True)
    assert "редкое" in report.index and "единственное" not in report.index


def test_nothing_to_train_is_refused(tmp_path):
    with pytest.raises(UsageError, match="nothing to train"):
        train(Corpus(["a"], ["x"], [["y"]], [""], [""], [""]), tmp_path / "model", drop_rare=True)


def test_a_folder_of_other_files_is_refused_before_the_work(small, tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match="holds other files"):
        train(small, tmp_path, vectors_from=small.texts, progress=lambda _: pytest.fail("work was begun"))


def test_topics_that_the_model_does_not_know_are_named_and_left_out(small, small_model):
    corpus = small._replace(topics=[[*row, "новое"] for row in small.topics])
    with pytest.warns(Notice, match="left out.*: новое"):
        assert results(small_model.tagger_, corpus).scores().equals(results(small_model.tagger_, small).scores())


def test_a_corpus_of_other_topics_is_refused(small, small_model):
    corpus = small._replace(topics=[["новое"] for _ in small.topics])
    with pytest.warns(Notice), pytest.raises(UsageError, match="no article has a topic that the model knows"):
        results(small_model.tagger_, corpus)


@pytest.mark.corpus
def test_training_on_the_corpus_learns_what_the_shipped_model_knows(shared, tmp_path):
    some = shared.where([row % 3 == 0 or split != "train" for row, split in enumerate(shared.splits)])
    report = train(some, tmp_path / "model", model=None)
    assert len(report) == 45 + len(AVERAGES)
    assert report.loc["micro", "f1"] > 0.7  # 0.81 with three times the articles
