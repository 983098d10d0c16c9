"""The training recipe: fit, score on articles that were held out, store."""

import re
import sys

import pytest
from sklearn.model_selection import KFold

from classifier.data.corpus import Corpus
from classifier.errors import UsageError
from classifier.evaluation.metrics import AVERAGES
from classifier.evaluation.results import evaluate
from classifier.model.estimator import TopicClassifier, load
from classifier.storage.model_folder import read_manifest
from classifier.train import TrainOptions, Unlabelled, _folds, train

FEW = TrainOptions(min_examples=5)


def with_splits(small):
    """Return the example table with every fourth text held out."""
    return small._replace(splits=["dev" if row % 4 == 0 else "train" for row in range(len(small.ids))])


@pytest.fixture(scope="module")
def trained(small, tmp_path_factory):
    """The model folder of the example table with splits, and the scores that training gave."""
    folder = tmp_path_factory.mktemp("trained") / "model"
    return folder, train(with_splits(small), folder, options=TrainOptions(5, about="# Четыре темы\n\nДля проверки."))


def test_without_splits_the_scores_are_cross_validated(small, tmp_path):
    messages = []
    scores = train(small, tmp_path / "model", progress=messages.append)
    assert list(scores.index) == ["культура", "погода", "спорт", "суд", *AVERAGES]
    assert scores.loc["micro", "support"] == sum(map(len, small.topics))
    assert [message for message in messages if "fold" in message][-1] == "Cross-validating: fold 5 of 5"
    assert read_manifest(tmp_path / "model")["report"]["measure"] == "by 5-fold cross-validation"


def test_with_splits_the_model_learns_from_train_and_is_scored_on_the_rest(small, trained):
    labelled, held_out = with_splits(small).train_test_split()
    folder, scores = trained
    model = load(folder)
    expected = TopicClassifier().fit(labelled.texts, labelled.topics).predict_proba(held_out.texts)
    assert model.predict_proba(held_out.texts) == pytest.approx(expected)
    assert scores.equals(evaluate(model.predictor_, held_out).scores())
    assert read_manifest(folder)["data"] == {
        "articles": len(labelled.ids),
        "sha256": labelled.sha256(),
        "examples": labelled.counts(),
    }


def long(texts):
    """Return texts that are long enough to have near copies: each with words of its own."""
    return [f"{text} {' '.join(f'слово{row}буква{place}' for place in range(30))}" for row, text in enumerate(texts)]


def test_held_out_articles_that_repeat_articles_of_training_are_not_scored(small, tmp_path):
    pytest.importorskip("rensa", reason="rensa is not installed: pip install '.[duplicates]'")
    messages = []
    texts = long(small.texts)
    texts[4], texts[8] = texts[5].upper(), texts[9].replace("буква29", "буква30")
    corpus = with_splits(small._replace(texts=texts))
    scores = train(corpus, tmp_path / "model", options=FEW, progress=messages.append)
    assert "Held-out articles that repeat articles of training, and are not scored: 2" in messages
    assert "Scoring 10 held-out articles" in messages
    new = corpus.where([row % 4 == 0 and row not in (4, 8) for row in range(len(texts))])
    assert scores.equals(evaluate(load(tmp_path / "model").predictor_, new).scores())
    assert read_manifest(tmp_path / "model")["data"]["articles"] == 34  # none is left out of training


def test_if_all_held_out_articles_repeat_articles_of_training_that_is_told(small, tmp_path):
    messages = []
    both = [*with_splits(small).train_test_split(), small.where([row % 4 == 1 for row in range(46)])]
    train_rows, copies = both[0], both[2]._replace(splits=["dev"] * 12)
    train(Corpus(*map(list.__add__, train_rows, copies)), tmp_path / "model", options=FEW, progress=messages.append)
    assert "All held-out articles repeat articles of training: the scores say nothing about new ones" in messages


def test_folds_are_those_of_k_fold_and_keep_together_what_repeats(small):
    texts = small.texts
    assert len(set(texts)) == len(texts)
    expected = KFold(5, shuffle=True, random_state=0).split(texts)
    for (seen, held), (seen_expected, held_expected) in zip(_folds(texts, print), expected, strict=True):
        assert seen.tolist() == seen_expected.tolist() and held.tolist() == held_expected.tolist()
    messages = []
    for seen, _ in _folds([*texts, *texts], messages.append):
        assert {row % len(texts) for row in seen if row < len(texts)} == {
            row - len(texts) for row in seen if row >= len(texts)
        }
    assert messages[-1] == "Articles that repeat others, and stay in one fold with them: 46"


def test_articles_that_are_all_the_same_cannot_be_cross_validated(small, tmp_path):
    same = small._replace(texts=[small.texts[0]] * 46)
    with pytest.raises(UsageError, match="only 1 of 46 articles differ, too few to learn from: label others"):
        train(same, tmp_path / "model", options=FEW)


def test_without_rensa_near_copies_are_not_looked_for_and_that_is_told(small, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "rensa", None)
    messages = []
    train(with_splits(small), tmp_path / "model", options=FEW, progress=messages.append)
    assert sum("needs rensa (pip install 'news-topics[duplicates]')" in message for message in messages) == 1


def test_the_manifest_names_the_settings_of_the_classifier(small, tmp_path):
    train(with_splits(small), tmp_path / "model", model=TopicClassifier(alpha=2, lead_words=50), options=FEW)
    settings = {name: value for name, value in TopicClassifier().get_params().items() if name != "lexicon"}
    assert read_manifest(tmp_path / "model")["parameters"] == {**settings, "alpha": 2, "lead_words": 50}


def test_the_card_tells_data_and_scores(small, trained):
    labelled = with_splits(small).train_test_split()[0]
    folder, scores = trained
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert card.startswith("# Четыре темы\n\nДля проверки.\n\n## Use")
    assert re.search(r"\d lemmas, whose rarity and vectors were learned from [\d,]+ articles without labels", card)
    assert f"34 labelled articles; sha256 of their ids, texts and topics: `{labelled.sha256()}`" in card
    assert "Measured on 12 held-out articles." in card
    assert f"| micro | {scores.loc['micro', 'precision']:.3f} |" in card
    assert f"| суд | суд | {labelled.counts()['суд']} |" in card


def test_the_same_data_give_the_same_bytes(small, trained, tmp_path):
    train(with_splits(small), tmp_path / "again", options=FEW)
    assert (tmp_path / "again" / "model.joblib").read_bytes() == (trained[0] / "model.joblib").read_bytes()


def test_rare_topics_are_refused_by_name_or_left_out(small, tmp_path):
    topics = [[*row, "редкое"] if row == ["суд"] else row for row in small.topics]
    topics[1] = [*topics[1], "единственное"]
    corpus = small._replace(topics=topics)
    with pytest.raises(UsageError, match=r"too few examples \(under 10\) of: единственное 1; .*--drop-rare"):
        train(corpus, tmp_path / "model")
    assert not (tmp_path / "model").exists()
    scores = train(with_splits(corpus), tmp_path / "model", options=TrainOptions(5, drop_rare=True))
    assert "редкое" in scores.index and "единственное" not in scores.index


@pytest.mark.parametrize("split", [False, True])
def test_a_single_topic_can_be_learned(small, tmp_path, split):
    corpus = with_splits(small) if split else small
    corpus = corpus._replace(topics=[[topic for topic in row if topic == "спорт"] for row in corpus.topics])
    scores = train(corpus, tmp_path / "model", options=FEW)
    assert list(scores.index) == ["спорт", *AVERAGES] and scores.f1["спорт"] > 0.5
    assert load(tmp_path / "model").topics(["Хоккеисты выиграли матч чемпионата"]) == [["спорт"]]


def test_nothing_to_train_is_refused(tmp_path):
    with pytest.raises(UsageError, match="nothing to train"):
        train(Corpus(["a"], ["x"], [["y"]], [""], [""], [""]), tmp_path / "model", options=TrainOptions(drop_rare=True))


def test_a_folder_with_other_files_is_refused_before_the_work_begins(small, tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match="holds other files"):
        train(small, tmp_path, vectors_from=small.texts, progress=lambda _: pytest.fail("the work has begun"))


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.corpus
def test_a_twelfth_of_the_corpus_teaches_most_of_what_the_shipped_model_knows(shared, tmp_path):
    some = shared.where([row % 12 == 0 or split != "train" for row, split in enumerate(shared.splits)])
    scores = train(some, tmp_path / "model")
    assert len(scores) == 45 + len(AVERAGES)
    assert scores.loc["micro", "f1"] > 0.7  # the shipped model, of twelve times the articles: 0.84


def test_three_outlets_with_enough_texts_become_the_reference_of_compare(small, tmp_path, monkeypatch):
    monkeypatch.setattr("classifier.comparison.left_out.MIN_TEXTS", 10)
    corpus = with_splits(small)._replace(sources=[("один", "два", "три")[row % 3] for row in range(len(small.ids))])
    train(corpus, tmp_path / "model", options=FEW)
    found = read_manifest(tmp_path / "model")["reference"]
    assert found.keys() == {"один", "два", "три"}
    assert sum(row["articles"] for row in found.values()) == len(corpus.train_test_split()[0].ids)


def test_a_word_of_one_outlet_alone_is_unknown_without_it(small, tmp_path, monkeypatch):
    monkeypatch.setattr("classifier.comparison.left_out.MIN_TEXTS", 10)
    sources = [("один", "два", "три")[row % 3] for row in range(len(small.ids))]
    own = [f"{text} абырвалг" if source == "один" else text for text, source in zip(small.texts, sources, strict=True)]
    corpus = small._replace(texts=own, sources=sources)
    for name, unlabelled in (("learned", Unlabelled(own * 8, sources=sources * 8)), ("taken", None)):
        train(corpus, tmp_path / name, vectors_from=unlabelled, options=FEW)
    found = {
        name: {outlet: row["unknown_words"] for outlet, row in read_manifest(tmp_path / name)["reference"].items()}
        for name in ("learned", "taken")
    }
    assert found["learned"]["один"] > found["learned"]["два"] > found["taken"]["два"]


def test_without_sources_there_is_no_reference(trained):
    assert read_manifest(trained[0])["reference"] == {}


def test_articles_chosen_at_random_are_the_reference(small, tmp_path, monkeypatch):
    monkeypatch.setattr("classifier.comparison.left_out.MIN_TEXTS", 10)
    corpus = small._replace(sources=[("один", "два", "три")[row % 3] for row in range(len(small.ids))])
    at_random = set(small.ids[:33])
    train(corpus, tmp_path / "model", options=TrainOptions(min_examples=5, at_random=at_random))
    assert sum(row["articles"] for row in read_manifest(tmp_path / "model")["reference"].values()) == 33
