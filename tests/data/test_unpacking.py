"""Packed files and archives of files."""

import gzip
import io
import zipfile
import zlib

import pyarrow as pa
import pytest

from classifier.data import unpacking
from classifier.data.articles import Notice, ReadOptions
from classifier.data.reading import read
from classifier.errors import Error, UsageError

TABLE = "id,text\n1,Матч\n2,Суд\n".encode()
PACK = {".gz": gzip.compress, ".zst": lambda content: pa.compress(content, codec="zstd", asbytes=True)}


@pytest.fixture
def archive(tmp_path):
    """Write files as a .zip, and return its path."""

    def write(files, name="news.zip"):
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as made:
            for member, content in files.items():
                made.writestr(member, content)
        return tmp_path / name

    return write


def texts(*paths, **options):
    return [article.text for article in read(paths, **options)]


@pytest.mark.parametrize("packing", PACK)
@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "parquet"])
def test_a_packed_table_is_read_like_the_table(table, put, ending, packing):
    content = table(f"news.{ending}", [{"id": "a", "text": "Матч"}, {"id": "b", "text": "Суд"}]).read_bytes()
    path = put(f"news.{ending}{packing}", PACK[packing](content))
    assert [(article.id, article.text) for article in read([path])] == [("a", "Матч"), ("b", "Суд")]


@pytest.mark.parametrize("packing", PACK)
def test_a_packed_stream_is_unpacked(monkeypatch, packing):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(PACK[packing](TABLE))))
    assert texts("-") == ["Матч", "Суд"]


def test_a_given_format_is_that_of_the_content(put):
    assert texts(put("news.gz", gzip.compress(TABLE)), options=ReadOptions(format="csv")) == ["Матч", "Суд"]


@pytest.mark.parametrize("packing", PACK)
def test_what_is_damaged_is_told_after_the_articles_before(put, packing):
    packed = PACK[packing](TABLE)
    for content in (packed[:-9], b"junk"):
        with pytest.raises(Error, match=f"news.csv{packing} is damaged, or packed in an unknown way"):
            texts(put(f"news.csv{packing}", content))


def test_what_is_packed_twice_is_refused(put):
    with pytest.raises(UsageError, match="packed twice"):
        texts(put("news.csv.gz", gzip.compress(gzip.compress(TABLE))))


def test_an_archive_stands_for_its_files_sorted_by_name(archive):
    path = archive({"b.csv": TABLE, "deeper/a.txt": "Визит\nВ Дели", ".hidden.txt": "x", "__MACOSX/._b.csv": "x"})
    articles = list(read([path]))
    assert [article.text for article in articles] == ["Матч", "Суд", "Визит\nВ Дели"]
    assert articles[2].id == f"{path}/deeper/a.txt" and articles[0].place == f"{path}/b.csv line 2"


def test_an_archive_holds_files_of_any_format(archive, table):
    parquet = table("news.parquet", [{"text": "Матч"}]).read_bytes()
    assert texts(archive({"a.parquet": parquet, "b.json": '[{"text": "Суд"}]'})) == ["Матч", "Суд"]


def test_what_else_is_in_an_archive_is_told(archive):
    path = archive({"a.txt": "Матч", "b.pdf": "x", "README": "x"})
    with pytest.warns(Notice, match="left out in archive .*: 1 file without an ending, 1 .pdf; readable are .txt"):
        assert texts(path) == ["Матч"]
    with pytest.raises(UsageError, match="holds other files"):
        texts(path, options=ReadOptions(strict=True))
    with pytest.raises(UsageError, match="has no articles"):
        texts(archive({"b.pdf": "x"}))


def test_a_name_in_an_archive_is_only_a_name(archive, tmp_path):
    path = archive({"../../outside.txt": "Матч", "/etc/a\x1b.txt": "Суд"})
    assert [article.id for article in read([path])] == [f"{path}/../../outside.txt", f"{path}//etc/a\x1b.txt"]
    assert list(tmp_path.iterdir()) == [path]


def test_names_of_old_russian_archives_are_read(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        made.writestr("XXXX.txt", "Матч")
    raw = (tmp_path / "a.zip").read_bytes().replace(b"XXXX", "матч".encode("cp866"))
    (tmp_path / "a.zip").write_bytes(raw)
    assert [article.id for article in read([tmp_path / "a.zip"])] == [f"{tmp_path}/a.zip/матч.txt"]


def test_a_broken_file_of_an_archive_is_left_out(archive):
    errors = []
    path = archive({"a.txt": b"\x89PNG\r\n\0\0", "b.txt": "Матч"})
    assert texts(path, on_error=errors.append) == ["Матч"]
    assert "a.txt is not text" in str(errors[0])
    with pytest.raises(Error, match="not text"):
        texts(path)


@pytest.mark.parametrize("name", ["inner.zip", "inner.csv.gz", "inner.7z"])
def test_an_archive_in_an_archive_is_refused_with_advice(archive, name):
    with pytest.raises(UsageError, match=f"holds another archive, {name}: unpack it first"):
        texts(archive({"a.txt": "Матч", name: "x"}))


def test_an_archive_with_a_password_is_refused_with_advice(archive):
    path = archive({"a.txt": "Матч"})
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\1\2") + 8] |= 1  # the mark of a password in the list of files
    path.write_bytes(content)
    with pytest.raises(UsageError, match="has a password: unpack it first"):
        texts(path)


def test_a_damaged_archive_is_told(put, archive):
    with pytest.raises(Error, match="is damaged"):
        texts(put("a.zip", "junk"))
    path = archive({"a.txt": "Матч" * 100})
    content = bytearray(path.read_bytes())
    content[40] ^= 255
    path.write_bytes(content)
    with pytest.raises(Error, match="a.txt is damaged"):
        texts(path)


def gz_bomb():
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([packer.compress(b"text\n" + b"x" * 10_000_000), packer.flush()])


@pytest.mark.parametrize("name", ["bomb.csv.gz", "bomb.zip"])
def test_what_unpacks_to_far_more_than_news_does_is_refused(archive, put, monkeypatch, name):
    monkeypatch.setattr(unpacking, "_ALWAYS", 1_000_000)
    files = {f"{number}.txt": b"x" * 2_000_000 for number in range(5)}
    path = put(name, gz_bomb()) if name.endswith("gz") else archive(files, name)
    with pytest.raises(Error, match="unpacks to over 100 times its size"):
        texts(path)


def test_what_is_copied_has_a_limit(put, monkeypatch, table):
    content = table("news.parquet", [{"text": "Матч"}]).read_bytes()
    monkeypatch.setattr(unpacking, "MAX_COPY", 100)
    with pytest.raises(Error, match="more than 100 bytes unpacked"):
        texts(put("news.parquet.gz", gzip.compress(content)))
