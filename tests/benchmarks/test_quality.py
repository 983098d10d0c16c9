"""The benchmark of quality: splits do not leak, rivals are tuned in their favour, results are kept, figures are right."""

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.special import expit, logit
from sklearn.kernel_ridge import KernelRidge
from sklearn.metrics import f1_score
from sklearn.svm import LinearSVC

from tests.benchmarks.quality import encoders, heads, ours, rivals, tuning
from tests.benchmarks.quality.contenders import Rival, Trial
from tests.benchmarks.quality.materials import FULL, HEADLINE, OPENING, TOPICS, Split

EVERY = Split("dev", np.arange(6), np.arange(6), None)


def knowing(shift=0.0, fitted=None):
    """What fits a rival that gives right topics `shift` and wrong ones `shift - 1`; `fitted` notes on how many rows."""

    def fit(news, split):
        if fitted is not None:
            fitted.append(split.fit.tolist())
        return lambda inputs: news.y_true[inputs.rows] - 1.0 + shift

    return fit


# Splits and lengths


def test_no_tested_article_and_nothing_that_repeats_it_is_fitted(news):
    dev, a, b = news.splits()
    assert (dev.name, dev.outlet, dev.fit.tolist(), dev.test.tolist()) == ("dev", None, [1, 3, 4], [5])
    for split, rows in ((a, [0, 2, 4]), (b, [1, 3, 5])):
        assert split.name == split.outlet and split.test.tolist() == rows
        assert not set(split.fit) & set(rows)
    assert 0 not in b.fit  # it repeats the tested 5
    assert a.fit.tolist() == [3]
    news.news.loc[3, "split"] = "dev"
    assert not len(next(split for split in news.splits() if split.name == "a").fit)  # `dev` is never fitted


def test_an_article_is_tested_at_three_lengths_but_not_on_a_headline_that_it_lacks(news):
    news.news.loc[1, "text"] = "слово " * 100
    assert news.inputs(np.array([1, 2]), FULL).texts == news.texts[1:3]
    assert news.inputs(np.array([1, 2]), OPENING).texts == ["Спорт\n" + " ".join(["слово"] * 60), news.texts[2]]
    headed = news.inputs(np.array([1, 2]), HEADLINE)
    assert (headed.rows.tolist(), headed.texts) == ([1], ["Спорт"])


def test_word_vectors_are_learned_and_taught_without_the_tested_outlet(news, monkeypatch):
    monkeypatch.setattr("tests.benchmarks.quality.materials.Lexicon.learn", lambda texts: ["learned", *texts])
    monkeypatch.setattr(ours, "read_e5", lambda ids: ([name for name in ids if name != "z"], np.ones((1, 384))))
    monkeypatch.setattr(ours, "distill", lambda lexicon, texts, encoded: (lexicon, texts))
    assert news.lexicon("a") == ["learned", "из б", "из в"]
    assert ours.distilled(news, "a") == (["learned", "из б", "из в"], ["из б"])
    assert ours.distilled(news, None) == (["learned", "из а", "из б", "из в"], ["из а", "из б"])


def test_a_smaller_share_of_the_labels_is_part_of_a_larger_one():
    split = EVERY._replace(fit=np.arange(100, 200))
    eighth, half = (ours.part_of(split, share).fit for share in (1 / 8, 1 / 2))
    assert (len(eighth), len(half)) == (12, 50)
    assert set(eighth) < set(half) < set(split.fit)
    assert ours.part_of(split, 1).fit.tolist() == split.fit.tolist()


# Tuning


def test_a_rival_gets_the_settings_and_the_cutoff_that_are_best_on_the_tested_rows(news):
    news.y_true = np.eye(6, dtype=np.int8)
    trials = [
        Trial("bad", lambda news, split: lambda inputs: -news.y_true[inputs.rows] + 0.0),
        Trial("good", knowing(2.5)),
    ]
    settings = tuning.tune(Rival("it", trials), news, EVERY, {}, lambda settings: None)
    assert settings["settings"] == "good"
    assert 1.5 < settings["tried"]["good"]["cutoff"] <= 2.5
    assert settings["tried"]["good"]["macro-F1"] == 1 > settings["tried"]["bad"]["macro-F1"]
    answer = tuning.tuned_model(Rival("it", trials), settings, news, EVERY)(news.inputs(EVERY.test, FULL))
    assert (answer.y_pred == news.y_true).all()


def test_settings_that_were_tried_are_not_tried_again(news):
    news.y_true = np.eye(6, dtype=np.int8)
    fitted, kept = [], []
    rival = Rival("it", [Trial("one", knowing(0, fitted)), Trial("other", knowing(1, fitted))])
    known = {"tried": {"one": {"macro-F1": 1.1, "cutoff": 0.5}}}
    tuning.tune(rival, news, EVERY, known, lambda settings: kept.append(dict(settings)))
    assert kept[0]["tried"].keys() == {"one", "other"} and "settings" not in kept[0]
    assert kept[-1]["settings"] == "one"
    times = len(fitted)
    assert tuning.tune(rival, news, EVERY, known, kept.append) == known and len(fitted) == times


def test_cutoffs_by_topic_are_used_if_they_are_better(news):
    news.y_true = np.tile(np.eye(2, dtype=np.int8), (3, 1))
    rival = Rival("it", [Trial("shifted", knowing(np.array([0.0, 3.0])))])
    settings = tuning.tune(rival, news, EVERY, {}, lambda settings: None)
    assert settings["rule"] in tuning.RULES and settings["macro-F1 by rule"]["one"] < 1
    answer = tuning.tuned_model(rival, settings, news, EVERY)(news.inputs(EVERY.test, FULL))
    assert (answer.y_pred == news.y_true).all()


def test_cross_validation_scores_articles_by_models_that_have_not_seen_them(news):
    def fit(news, split):
        return lambda inputs: np.isin(inputs.rows, split.fit)[:, None] * np.ones(len(TOPICS))

    assert not tuning.cross_validated(Trial("seen", fit), news, EVERY._replace(fit=np.array([0, 2, 3, 5]))).any()


def test_the_cutoff_of_a_topic_is_half_of_its_best_f1_as_a_probability():
    scores = np.random.RandomState(0).normal(-1, 3, (5000, 1))
    y_true = (np.random.RandomState(1).rand(5000, 1) < expit(scores)).astype(np.int8)
    best = max(f1_score(y_true, scores >= cutoff) for cutoff in np.arange(-3, 3, 0.01))
    assert tuning.half_of_best(y_true, scores)[0] == pytest.approx(logit(best / 2), abs=0.2)
    seen = tuning.best_seen(y_true, scores)[0]
    assert f1_score(y_true, scores >= seen) == pytest.approx(best, abs=1e-3)


# Rivals


def test_the_usual_recipe_gives_topics_to_texts_it_has_not_seen(news):
    news.y_true = np.tile(np.eye(3, dtype=np.int8), (2, 1))
    news.y_true[0] = news.y_true[5]
    score = rivals.usual(LinearSVC(class_weight="balanced"), news, EVERY)
    texts = ["Хоккеисты проиграли финал чемпионата", "Синоптики обещают ветер"]
    assert (score(SimpleNamespace(texts=texts)) >= -0.2).astype(int).tolist() == [[0, 1, 0], [0, 0, 1]]


def test_fasttext_gives_log_odds_and_learns_more_slowly_if_it_diverges(news, monkeypatch):
    rates = []

    def train(file, lr, **options):
        rates.append(lr)
        if lr > 0.3:
            raise RuntimeError("Encountered NaN.")
        with Path(file).open(encoding="utf-8") as lines:
            assert next(lines) == f"__label__{TOPICS[0]} {news.texts[0].lower().replace(',', '')}\n"
        found = [f"__label__{TOPICS[3]}", f"__label__{TOPICS[1]}"], [0.75, 1.00001]
        return SimpleNamespace(predict=lambda texts, k: ([found[0]] * len(texts), [found[1]] * len(texts)))

    monkeypatch.setitem(sys.modules, "fasttext", SimpleNamespace(train_supervised=train))
    scores = rivals.fasttext(rivals.surface, {"lr": 0.5}, news, EVERY)(news.inputs(EVERY.test, FULL))
    assert rates == [0.5, 0.25]
    assert scores[4, [0, 1, 3]] == pytest.approx(logit([1e-6, 1 - 1e-6, 0.75]))


def test_kernel_ridge_is_that_of_scikit_learn():
    random = np.random.RandomState(0)
    X, new = (random.randn(rows, 8).astype(np.float32) for rows in (50, 7))
    y = (random.rand(50, 3) < 0.3).astype(np.int8)
    expected = KernelRidge(kernel="rbf", gamma=0.5 / 8, alpha=0.3).fit(X, 2 * y - 1).predict(new)
    assert heads.kernel_ridge(0.5, 0.3, X, y)(new) == pytest.approx(expected, abs=1e-4)


def test_a_head_is_fitted_on_full_texts_and_scores_what_has_vectors(news, tmp_path, monkeypatch):
    some = np.random.RandomState(0).randn(6, 8).astype(np.float32)
    known = {FULL: some, HEADLINE: some + 1, OPENING: some * (np.arange(6) > 2)[:, None]}
    monkeypatch.setattr(heads, "vectors", lambda encoder, news, length, folder: known[length])

    def head(X, y):
        assert X.mean(axis=0) == pytest.approx(0, abs=1e-5) and X.std(axis=0) == pytest.approx(1, abs=1e-5)
        return lambda given: (given[:, None] == X).all(axis=2) @ y

    split = EVERY._replace(fit=np.arange(5))
    score = heads.encoded("it", head, tmp_path, news, split)
    assert (score(news.inputs(split.fit, FULL)) == news.y_true[:5]).all()
    assert not score(news.inputs(split.fit, HEADLINE)).any()
    assert score(news.inputs(np.arange(6), OPENING)) is None
    assert (score(news.inputs(np.array([3, 4]), OPENING)) == news.y_true[3:5]).all()


# Encoders


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("МОСКВА, 3 мар - РИА Новости. Один два три", "Спорт. Один два"),
        ("С.-ПЕТЕРБУРГ, 17 ноя — РИА Новости, Иван Иванов. Один два три", "Спорт. Один два"),
        ("[Один](https://t.me/a) https://b.ru/c два три", "Спорт. Один два"),
        ("Москва, 3 марта, ждёт", "Спорт. Москва, 3"),
    ],
)
def test_an_encoder_gets_first_words_without_links_and_datelines(text, plain):
    assert encoders.plain("Спорт", text, 2) == plain
    assert encoders.plain("", text, 2) == plain.removeprefix("Спорт. ")
    assert encoders.plain("Спорт", text, 0) == "Спорт."


def counting(calls):
    """What starts an encoder whose vector is the length of a text."""

    def start():
        calls.append(1)
        return lambda texts: np.array([[len(text), 1] for text in texts], np.float32)

    return start


def test_vectors_are_computed_once_and_zero_where_there_is_no_headline(news, tmp_path):
    calls = []
    encoder = encoders.Encoder("it", counting(calls), True)
    for _ in range(2):
        found = encoders.vectors(encoder, news, HEADLINE, tmp_path)
        assert found[1].tolist() == [len("Спорт."), 1] and not found[[0, 2, 3, 4, 5]].any()
    assert calls == [1]


def test_a_slow_encoder_does_the_openings_of_dev_only(news, monkeypatch):
    monkeypatch.setattr(encoders, "AT_ONCE", 2)
    for is_fast, rows in ((True, 6), (False, 1)):
        found = encoders.encode(encoders.Encoder("it", counting([]), is_fast), news, OPENING)
        assert found[5, 0] == len(news.texts[5]) and np.count_nonzero(found[:, 1]) == rows
    assert encoders.encode(encoders.Encoder("it", counting([]), False), news, FULL)[:, 1].all()


def test_vectors_of_full_texts_come_from_the_shared_data_if_they_are_there(news, tmp_path, monkeypatch):
    monkeypatch.setattr(encoders, "SHARED", tmp_path)
    codes = np.arange(14, dtype=np.int8).reshape(7, 2)
    names = ["other", *map(str, reversed(range(6)))]
    np.savez(tmp_path / "e5.npz", id=names, codes=codes, scale=np.array([2, 1]), mean=np.array([0, 1]))
    assert encoders.read_e5(["3", "no"])[0] == ["3"]
    assert encoders.read_e5(["3", "no"])[1].tolist() == [[12, 8]]
    news.news.index = news.news.index.astype(str)
    calls = []
    found = encoders.vectors(encoders.Encoder("e5-small", counting(calls), False), news, FULL, tmp_path / "kept")
    assert found.tolist() == (codes[:0:-1] * [2, 1] + [0, 1]).tolist() and not calls


def test_speed_is_measured_in_processor_time_after_a_first_batch(monkeypatch):
    clock, calls = [0.0], []

    def model(texts):
        calls.append(len(texts))
        clock[0] += len(texts)

    monkeypatch.setattr("time.process_time", lambda: clock[0])
    assert encoders.processor_time(model, ["текст"] * 40) == 40
    assert calls == [10, 40]
