"""Phrases in texts, whatever forms their words have: ``Северный морской путь`` occurs in "по Северному морскому пути".

The words of a phrase must follow each other in one sentence; quotes, commas and dashes between them do not matter. A
word is matched by its lemma, or by its form if it has none (``и``, ``2024``); a name also by all its forms, of which
some look like other words. A word that ends in ``*`` stands for all words that begin so: ``ледокол*`` occurs in
"ледокольный флот".
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from classifier.arrays import BoolArray, ColumnArray, IndexArray
from classifier.errors import UsageError
from classifier.text.columns import filter_indptr
from classifier.text.lemmas import MAX_WORD, MEMO, MEMO_SIZE, inflect_name
from classifier.text.tokens import decode, encode, token_spans, tokenize
from classifier.text.vocabulary import distinct_words

# A dot after one or two letters ends an abbreviation (г. Москва, ул. Ленина, С. В. Лавров), not a sentence.
_SENTENCE_END = re.compile(
    r"[.!?…\n](?:(?<=\n)\s*\n|(?<!\n)(?<!\b\w\.)(?<!\b\w\w\.)[\"'»”)\]]*+\s++(?=[«\"„“(\[—–-]*+\s?[A-ZА-ЯЁ]))"
)
_BREAK = b" | "  # after a sentence; `encode` leaves no such character
_NO_WORD = -1
_STAR = re.compile(r"(?<![\w-])\*|\*(?=[\w*-])")  # one that does not end a word


def parse_phrase(phrase: str) -> tuple[str, ...]:
    """Return what the words of a phrase are matched by; phrases that occur in the same places are equal.

    >>> parse_phrase("ледоколы «Росатома»"), parse_phrase("выборы 2024"), parse_phrase("ледокол*")
    (('ледокол', 'росатом'), ('выборы', '2024'), ('ледокол*',))

    Raises
    ------
    UsageError
        No word has a lemma, or a star does not end a word.
    """
    *starred, rest = phrase.split("*")
    if _STAR.search(phrase) or not all(map(_words, starred)):
        raise UsageError(f"phrase {phrase!r:.60}: a * stands at the end of a word, as in 'ледокол*'")
    patterns = [pattern for part in starred for pattern in _patterns(part, star="*")] + _patterns(rest)
    if not starred and not any(MEMO[word] for word in tokenize(phrase)):
        raise UsageError(f"phrase {phrase!r:.60} has only numbers and words like и, на, для: add a word of content")
    return tuple(patterns)


def _patterns(part: str, star: str = "") -> list[str]:
    """Return what the words are matched by: the last, if it is starred, by its beginning."""
    words = _words(part)
    if not star:
        return [_pattern(word) for word in words]
    return [*map(_pattern, words[:-1]), f"{_form(words[-1])}*"]


def _words(part: str) -> list[bytes]:
    return [word for word in tokenize(part) if _form(word)]


def _pattern(word: bytes) -> str:
    return MEMO[word] or _form(word)


def _form(word: bytes) -> str:
    return decode(word).strip("-")


class PhraseMatcher:
    """Finds phrases in texts.

    >>> PhraseMatcher(["Северный морской путь", "ледокол*"]).find(["Ледокольный флот", "По Северному морскому пути"])
    array([[False,  True],
           [ True, False]])

    Parameters
    ----------
    phrases
        As `parse_phrase` takes them, which says what is refused.
    """

    def __init__(self, phrases: Sequence[str]) -> None:
        self.phrases = list(phrases)
        parsed = [parse_phrase(phrase) for phrase in self.phrases]
        numbers = {pattern: number for number, pattern in enumerate(dict.fromkeys(sum(parsed, ())))}
        self._parsed = [[numbers[pattern] for pattern in patterns] for patterns in parsed]
        self._has_several = np.array([len(patterns) > 1 for patterns in parsed], bool)
        self._patterns_of = _PatternTable(numbers, {word for phrase in self.phrases for word in tokenize(phrase)})

    def __reduce__(self) -> tuple[type, tuple[list[str]]]:
        return PhraseMatcher, (self.phrases,)  # the table fills again

    def find(self, texts: Sequence[str]) -> BoolArray:
        """Return whether each phrase occurs in each text, (texts, phrases).

        Sentence ends are looked up only in texts in which a phrase of several words seems to occur. 500 phrases are
        looked for in 1.0 million new words a second, 1.6 million of known forms.
        """
        found = self._find([encode(text) for text in texts])
        rows = np.flatnonzero(found[:, self._has_several].any(axis=1))
        found[rows] = self._find([_encode_sentences(texts[row]) for row in rows.tolist()])
        return found

    def spans(self, text: str) -> list[list[tuple[int, int]]]:
        """Return start and end of each occurrence of each phrase in a text, in order."""
        words, places, _ = distinct_words([_encode_sentences(text) + _BREAK])
        is_token = np.array([word not in (b" ", _BREAK[1:]) for word in words], bool)[places]
        numbers, has = self._number(words)
        numbers = numbers[places]
        token = (np.cumsum(is_token) - 1)[numbers != _NO_WORD]
        spans = token_spans(text)
        return [
            [(spans[token[start]][0], spans[token[start + len(phrase) - 1]][1]) for start in sorted(starts)]
            for phrase, starts in zip(self._parsed, self._starts(numbers[numbers != _NO_WORD], has), strict=True)
        ]

    def _find(self, encoded: Sequence[bytes]) -> BoolArray:
        """Return whether each phrase occurs in each text as `encode` gives it, or with breaks, (texts, phrases)."""
        found = np.zeros((len(encoded), len(self.phrases)), bool)
        if not found.size:
            return found
        words, places, indptr = distinct_words([text + _BREAK for text in encoded])
        numbers, has = self._number(words)
        numbers = numbers[places]
        is_word = numbers != _NO_WORD
        indptr = filter_indptr(is_word, indptr)
        for phrase, starts in enumerate(self._starts(numbers[is_word], has)):
            found[np.searchsorted(indptr, starts, side="right") - 1, phrase] = True
        return found

    def _number(self, words: Sequence[bytes]) -> tuple[ColumnArray, BoolArray]:
        """Give numbers to the distinct words that match a pattern.

        Returns
        -------
        numbers
            From 1 on; 0 for a word that matches no pattern, `_NO_WORD` for what is no word, (words,).
        has
            Whether a pattern matches the words of a number, (patterns, numbers).
        """
        matches = list(map(self._patterns_of.__getitem__, words))
        numbers = np.array([_NO_WORD if match is None else 0 for match in matches], np.int32)
        matching = [place for place, match in enumerate(matches) if match]
        numbers[matching] = range(1, len(matching) + 1)
        has = np.zeros((len(self._patterns_of.numbers), len(matching) + 1), bool)
        for number, place in enumerate(matching, 1):
            has[matches[place], number] = True
        return numbers, has

    def _starts(self, numbers: ColumnArray, has: BoolArray) -> Iterator[IndexArray]:
        """Yield the places of the words at which each phrase starts.

        The last word is a break, and so what follows a word that matches a pattern is always there.
        """
        matching = np.flatnonzero(numbers > 0)
        by_number = matching[np.argsort(numbers[matching], kind="stable")]
        bounds = np.searchsorted(numbers[by_number], np.arange(has.shape[1] + 1))
        for first, *rest in self._parsed:
            groups = [by_number[bounds[number] : bounds[number + 1]] for number in np.flatnonzero(has[first])]
            starts = np.concatenate([np.empty(0, np.int64), *groups])
            for distance, pattern in enumerate(rest, 1):
                starts = starts[has[pattern, numbers[starts + distance]]]
            yield starts


def _encode_sentences(text: str) -> bytes:
    """Return the words of a text with a break after each sentence, and after the headline."""
    headline, _, body = text.lstrip().partition("\n")
    sentences = [*_SENTENCE_END.split(headline), *_SENTENCE_END.split(body)]
    return _BREAK.join(map(encode, sentences))


class _PatternTable(dict[bytes, tuple[int, ...] | None]):
    """A word and the space behind it to the patterns that match it, None for what is no word.

    Like `MEMO`, it is filled on first look-up, emptied when full, and does not keep tokens that are longer than words.
    """

    def __init__(self, numbers: Mapping[str, int], words: Iterable[bytes]) -> None:
        self.numbers = numbers
        self._forms: dict[str, set[int]] = {}
        for word in words:
            if _pattern(word) in numbers and decode(word).isalpha():
                for form in inflect_name(decode(word)):
                    self._forms.setdefault(form, set()).add(numbers[_pattern(word)])
        self._prefixes = {pattern[:-1]: number for pattern, number in numbers.items() if pattern.endswith("*")}
        self._lengths = {len(prefix) for prefix in self._prefixes}

    def __missing__(self, token: bytes) -> tuple[int, ...] | None:
        if len(self) >= MEMO_SIZE:
            self.clear()
        match = self._match(token[:-1])
        if len(token) <= MAX_WORD + 1:
            self[token] = match
        return match

    def _match(self, word: bytes) -> tuple[int, ...] | None:
        form = _form(word)
        if not form:
            return None
        found = [self.numbers.get(_pattern(word)), *(self._prefixes.get(form[:length]) for length in self._lengths)]
        numbers = {number for number in found if number is not None}
        return tuple(sorted(numbers | self._forms.get(form, set())))
