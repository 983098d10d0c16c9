import pandas as pd
import pytest

from classifier.comparison import Comparison, archive, compare
from classifier.errors import UsageError

# Our own writing. The shipped model gives the first a topic, and the others none.
MATCH = "Хоккеисты выиграли матч чемпионата и вышли в финал"
RIDDLE = "Загадка: два кольца, два конца, а посередине гвоздик"
RIDDLES = [f"{RIDDLE}, номер {number}" for number in range(6)]
BAGELS = [f"Бублики и баранки, бублики с маком, номер {number}" for number in range(6)]


def words_of(candidates):
    """Return the words of each candidate."""
    return [{word, *filter(None, together.split(", "))} for word, together in candidates.together.items()]


def archive_of(texts, **columns):
    return pd.DataFrame({"title": "", "text": texts, **columns})


def test_what_cannot_be_judged_does_not_count(shipped):
    found = compare(archive_of([MATCH, "Hello, world", "", *RIDDLES]), shipped)
    assert (found.articles, found.judged, found.untagged) == (9, 7, 6)
    assert found.measures.archive["no_topic"] == pytest.approx(6 / 7)


def test_the_measures_are_those_that_tagging_gives(shipped):
    texts = [MATCH, "В город придёт метель", *RIDDLES]
    found = compare(archive_of(texts), shipped).measures.archive
    tagged = shipped.tag(texts)
    assert found["expected_precision"] == pytest.approx(tagged.probabilities[tagged.y_pred == 1].mean())
    assert found["no_topic"] == (~tagged.y_pred.any(axis=1)).mean()


def test_it_does_not_depend_on_the_batches(shipped, monkeypatch):
    frame = archive_of([MATCH, *RIDDLES, "Hello", *BAGELS], date=[*["2023-01-01"] * 7, *["2023-01-02"] * 7])
    whole = compare(frame, shipped, reference={})
    monkeypatch.setattr(archive, "batched", lambda articles: ([article] for article in articles))
    parts = compare(frame, shipped, reference={})
    assert whole.measures.archive.to_dict() == pytest.approx(parts.measures.archive.to_dict())
    assert whole.typical.equals(parts.typical) and whole.candidates.equals(parts.candidates)


def test_typical_words_are_those_more_frequent_than_in_the_training_news(shipped):
    found = compare(archive_of([MATCH, *BAGELS, "Абырвалгом назвали новый сорт"] * 5), shipped, words=4).typical
    assert {"бублик", "баранка"} < set(found.index) and len(found) == 4
    assert (found.share > found.beside).all()


def test_words_that_no_lexicon_has_are_typical_too(shipped):
    found = compare(archive_of([f"Матч: абырвалги, абырвалгов, {number} абырвалгам" for number in range(5)]), shipped)
    assert found.typical.beside["абырвалг"] == 0 and found.typical.articles["абырвалг"] == 5


def test_growing_words_of_articles_without_a_topic_are_candidates_for_a_topic(shipped):
    dates = [*["2023-01-10"] * 6, *["10.03.2023"] * 6, "2023-03-11"]
    found = compare(archive_of([*RIDDLES, *BAGELS, MATCH], date=dates), shipped)
    assert found.since == "2023-03-10" and found.untagged == 12
    assert words_of(found.candidates) == [{"бублик", "баранка", "мак"}]  # always together: one candidate
    assert found.candidates.example.to_list() == BAGELS[:1]
    assert found.candidates[["share", "beside"]].to_numpy().tolist() == [[1.0, 0.0]]


@pytest.mark.parametrize("dates", [None, ["2023-01-10"] * 12, ["2023-01-10", "2023-01-11", *[None] * 10]])
def test_without_dates_the_articles_without_a_topic_are_compared_with_the_others(shipped, dates):
    matches = [f"{MATCH} в номере {number}" for number in range(6)]
    frame = archive_of([*RIDDLES, *matches], **({} if dates is None else {"date": dates}))
    found = compare(frame, shipped)
    (words,) = words_of(found.candidates)
    assert found.since == "" and {"загадка", "кольцо"} < words and "номер" not in words  # which the others have too


def test_candidates_that_do_not_occur_together_have_examples_of_their_own(shipped):
    found = compare(archive_of([*RIDDLES, *BAGELS, f"{MATCH}, номер 7"]), shipped).candidates
    assert {"загадка", "бублик"} < set.union(*words_of(found)) and len(found) == 2
    assert set(found.example) == {RIDDLES[0], BAGELS[0]}


def test_a_sample_of_the_articles_without_a_topic_tells_what_grows(shipped, monkeypatch):
    monkeypatch.setattr(archive, "_SAMPLE", 3)
    found = compare(archive_of(RIDDLES, date=[f"2023-01-0{day}" for day in range(1, 7)]), shipped)
    assert isinstance(found, Comparison) and found.untagged == 6


def test_the_reference_is_that_of_the_model_or_the_callers(shipped):
    own = {"one": {"no_topic": 0.1}, "two": {"no_topic": 0.2}}
    row = compare(archive_of(RIDDLES), shipped, reference=own).measures.loc["no_topic"]
    assert row.to_list() == [1.0, 0.1, 0.2, "one", "two", "worse than any outlet tested"]
    assert compare(archive_of(RIDDLES)).measures.loc["no_topic"].place == "worse than any outlet tested"
    assert compare(archive_of(RIDDLES), shipped).measures.loc["no_topic"].place == ""


def test_articles_that_the_model_was_trained_on_are_counted(small_model, small):
    from dataclasses import replace

    from classifier.text.reprints import hash_texts

    knowing = replace(small_model.predictor_, trained_on=hash_texts(small.texts[:3]))
    assert compare(archive_of(small.texts), knowing).seen == 3


def test_an_empty_archive_has_no_figures(shipped):
    found = compare(archive_of([]), shipped)
    assert found.articles == 0 and found.measures.archive.isna().all()
    assert found.typical.empty and found.candidates.empty


def test_a_missing_column_is_told():
    with pytest.raises(UsageError, match="no column 'body'"):
        compare(archive_of([MATCH]), text="body")
