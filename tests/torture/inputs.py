"""Random inputs that are hard on the program; equal seeds give equal inputs."""

import gzip
import io
import json
import string
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pyarrow as pa

# What pymorphy3 takes off the beginning or the end of a word before it analyses the rest.
_PREFIXES = ["не", "без", "небез", "бес", "недо", "пере", "про", "анти", "псевдо", "сверх", "само", "обще", "супер"]
_PARTICLES = ["-то", "-ка", "-де", "-таки", "-с", "по-", "кое-", "-", "экс-", "вице-"]
_STEMS = ["слово", "а", "лёт", "ы", "ого", "", "f", "1"]
_MARKS = "\u0301\u0316\u0f73\u0483\u20dd\u0344"
_ODD = "\0\x1b\x9b\u202e\u2028\ufeff\ufffd\u00ad\u200b中🦜ﬁİß\ud800$[]{}<>&;,\"'\\/%\t\r\n"
_NEWS = [
    "Министр",
    "обороны",
    "прибыл",
    "с",
    "визитом",
    "в",
    "Дели",
    "и",
    "обсудил",
    "поставки",
    "С-400",
    "хоккеисты",
    "выиграли",
    "матч",
    "суд",
]
_ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "utf-32-le", "cp1251", "koi8_r", "cp866"]


def word(random: Random) -> str:
    """A run of prefixes and particles around a stem."""
    parts = random.choices(_PREFIXES + (_PARTICLES if random.random() < 0.3 else []), k=random.randint(1, 40))
    return "".join([*parts, random.choice(_STEMS)]) if random.random() < 0.8 else "".join(parts * random.randint(1, 20))


def text(random: Random) -> str:
    """News with something odd in it: prefixes, marks, control characters, tokens of 50,000 letters."""
    odd: list[Callable[[], str]] = [
        lambda: word(random),
        lambda: "а" + "".join(random.choices(_MARKS, k=random.choice([1, 40, 5000]))),
        lambda: "".join(random.choices(_ODD, k=random.randint(1, 50))),
        lambda: random.choice(string.ascii_letters + "яё-1中") * random.choice([41, 1000, 50_000]),
        lambda: "http" + random.choice(["", "s"]) + "://" * random.randint(1, 2000),
        lambda: "<p>" * random.randint(1, 500) + "</p>",
    ]
    pieces = [random.choice(odd)() if random.random() < 0.2 else random.choice(_NEWS) for _ in range(20)]
    return random.choice([" ", " ", "\n", ""]).join(pieces)


def cell(random: Random, depth: int = 0) -> Any:
    """A value as JSON may hold it."""
    values: list[Callable[[], Any]] = [
        lambda: text(random)[:200],
        lambda: random.choice([None, True, float("nan"), float("inf"), 1e308, 17.0, -0.0, 10**30, 5, ""]),
        lambda: [cell(random, depth + 1) for _ in range(random.randint(0, 3))] if depth < 3 else [],
        lambda: {text(random)[:9]: cell(random, depth + 1) for _ in range(random.randint(0, 3))} if depth < 3 else {},
    ]
    return random.choice(values)()


def json_lines(random: Random) -> bytes:
    """Lines of objects, of which some are broken."""
    lines = []
    for number in range(random.randint(1, 8)):
        row = {"id": random.choice([number, cell(random)]), "text": random.choice([text(random), cell(random)])}
        line = json.dumps({**row, "n": cell(random)}, ensure_ascii=random.random() < 0.5)
        lines.append(line if random.random() < 0.8 else damaged(line, random))
    return encoded("\n".join(lines), random)


def csv(random: Random) -> bytes:
    """Lines whose quotes and delimiters are anywhere."""
    pieces = ['"', '""', '"""', ",", ";", "\t", "x", "Матч", "\n", "\r\n", '",', ',"', 'x"",y","z\n']
    body = "".join(random.choices(pieces, k=random.randint(1, 300)))
    return encoded(random.choice(["text,id\n", "id;text\n", 'n,"te\nxt",text\n', "text\n", ""]) + body, random)


def file(random: Random) -> tuple[str, bytes]:
    """A name and its content: a packed table, an archive, a workbook or a document, in half of the cases damaged."""
    kinds: list[Callable[[], tuple[str, bytes]]] = [
        lambda: ("a.csv.gz", gzip.compress(csv(random))),
        lambda: ("a.jsonl.zst", pa.compress(json_lines(random), codec="zstd", asbytes=True)),
        lambda: ("a.json", encoded(json.dumps([cell(random) for _ in range(3)]), random)),
        lambda: ("a.zip", archive({_member(random): make(random) for make in (csv, json_lines, page)})),
        lambda: ("a.xlsx", workbook(random)),
        lambda: ("a.docx", document(random)),
    ]
    name, content = random.choice(kinds)()
    if content and random.random() < 0.5:
        place = random.randrange(len(content))
        content = (
            content[:place] + random.randbytes(random.choice([0, 1, 9])) + content[place + random.randint(1, 40) :]
        )
    return name, content


def archive(files: dict[str, bytes]) -> bytes:
    """Files in a .zip."""
    made = io.BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return made.getvalue()


def _member(random: Random) -> str:
    ending = random.choice(["csv", "jsonl", "html", "txt", "json", "pdf"])
    return random.choice(["../", "/", "", "a/", "\x1b[2J", "CON:"]) + f"{random.randrange(10**6)}.{ending}"


def workbook(random: Random) -> bytes:
    """A sheet with cells anywhere."""
    import xlsxwriter

    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        sheet = book.add_worksheet()
        sheet.write_row(
            random.choice([0, 3]), random.choice([0, 2]), random.sample(["text", "id", "title", "", "text"], 4)
        )
        for _ in range(random.randint(0, 20)):
            row, column = random.choice([(99_999, 0), (random.randint(1, 9), random.randint(0, 6))])
            value = random.choice([text(random)[:900].encode(errors="replace").decode(), 17.5, 1e300, True, None])
            sheet.write(row, column, value)
    return made.getvalue()


def document(random: Random) -> bytes:
    """Paragraphs of odd markup."""
    words = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    pieces = [
        "<w:p>",
        "</w:p>",
        "<w:r>",
        "</w:r>",
        "<w:t>Матч</w:t>",
        "<w:t/>",
        "<w:tbl>",
        "</w:tbl>",
        "<w:tab/>",
        "&x;",
    ]
    body = "<w:p>" * 300 if random.random() < 0.1 else "".join(random.choices(pieces, k=random.randint(1, 40)))
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/d.xml" ContentType="{kind}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r" Type="{relation}" Target="d.xml"/></Relationships>',
        "d.xml": f'<w:document xmlns:w="{words}"><w:body><w:p><w:r><w:t>Суд</w:t></w:r></w:p>{body}</w:body></w:document>',
    }
    return archive({name: content.encode() for name, content in files.items()})


def page(random: Random) -> bytes:
    """A page with tags anywhere."""
    tags = ["<p>", "</p>", "<div", ">", "<!--", "<script>", "<table>", "&#", "&nbsp;", "<article>", "<h1>", " Матч "]
    return encoded("<html>" + "".join(random.choices(tags, k=random.randint(1, 100))), random)


def some_bytes(random: Random) -> bytes:
    """Anything."""
    return random.choice([b"", b"\xff\xfe", b"\0", b"{", b"PAR1", b"text\n"]) + random.randbytes(random.randint(0, 400))


def encoded(content: str, random: Random) -> bytes:
    """Text in some encoding, perhaps with a byte changed."""
    found = content.encode(random.choice(_ENCODINGS), "replace")
    if found and random.random() < 0.2:
        place = random.randrange(len(found))
        found = found[:place] + random.randbytes(1) + found[place + 1 :]
    return found


def damaged(line: str, random: Random) -> str:
    """A line with a piece cut out."""
    start = random.randrange(len(line))
    return line[:start] + line[start + random.randint(1, 20) :]


def table(random: Random) -> pa.Table:
    """Columns of random types, among them those of articles."""
    rows = random.randint(1, 5)
    names = ["text", *random.sample(["id", "title", "n", "m"], k=3)]
    columns = [pa.array([text(random).encode(errors="replace").decode() for _ in range(rows)])]
    columns += [_column(random, rows) for _ in names[1:]]
    if random.random() < 0.2:  # bytes that are not UTF-8 in a column of strings
        columns[0] = pa.array([random.randbytes(9) for _ in range(rows)]).view(pa.string())
    return pa.table(columns, names)


def _column(random: Random, rows: int) -> pa.Array:
    number = [random.choice([None, 0, 1, -(2**31), 2**31 - 1]) for _ in range(rows)]
    wide = [random.choice([None, 0, 2**62, -(2**62), 253402300800000]) for _ in range(rows)]
    zone = random.choice([None, "UTC", "Europe/Moscow", "Mars/Phobos", "+25:00", ""])
    kinds: list[Callable[[], pa.Array]] = [
        lambda: pa.array(wide, pa.int64()).view(pa.timestamp(random.choice(["ms", "us", "ns"]), zone)),
        lambda: pa.array(number, pa.int32()).view(pa.date32()),
        lambda: pa.array(wide, pa.int64()).view(pa.date64()),
        lambda: pa.array(wide, pa.int64()).view(pa.duration(random.choice(["s", "ms", "us", "ns"]))),
        lambda: pa.array(number, pa.int32()).view(pa.time32("s")),
        lambda: pa.array(wide, pa.int64()).view(pa.time64("ns")),
        lambda: pa.array([Decimal(10) ** 30] * rows, pa.decimal128(38, 2)),
        lambda: pa.array([random.randbytes(5) for _ in range(rows)]),
        lambda: pa.array([[("a", 1), ("a", 2)]] * rows, pa.map_(pa.string(), pa.int64())),
        lambda: pa.array([{"x": None, "y": [1.5, float("nan")]}] * rows),
        lambda: pa.array(["а"] * rows).dictionary_encode(),
        lambda: pa.array(["а"] * rows, pa.large_string()),
        lambda: pa.array([float("nan"), *[17.0] * (rows - 1)], pa.float32()),
        lambda: pa.nulls(rows),
        lambda: pa.array([True] * rows),
        lambda: pa.array([date(9999, 12, 31)] * rows),
        lambda: pa.array(number, pa.int64()),
    ]
    return random.choice(kinds)()


def changed(value: Any, random: Random) -> Any:
    """A manifest with one part, at some depth, missing or of another kind."""
    if isinstance(value, dict) and value and random.random() < 0.8:
        name = random.choice(list(value))
        if random.random() < 0.3:
            return {other: kept for other, kept in value.items() if other != name}
        return {**value, name: changed(value[name], random)}
    if isinstance(value, list) and value and random.random() < 0.5:
        place = random.randrange(len(value))
        return [*value[:place], changed(value[place], random), *value[place + 1 :]]
    return cell(random)


def name(random: Random) -> str:
    """A name of a topic that would control a terminal, a table or a formula."""
    pieces = [
        "[/x]",
        "[bold]",
        "$\\frac$",
        "\x1b[2J",
        "\x9b31m",
        "\u202e",
        "\n",
        "спорт",
        "<b>",
        "{{x}}",
        "%s",
        "\0",
        " ",
    ]
    return "".join(random.choices(pieces, k=random.randint(1, 6))) + str(random.random())
