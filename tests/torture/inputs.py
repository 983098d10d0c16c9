"""Random inputs that are hard on the program; equal seeds give equal inputs."""

import json
import string
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

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
