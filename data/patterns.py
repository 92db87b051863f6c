"""Patterns and templates of mapping rules: `{stage}-*` finds, `{stage}.{name}` makes. Pure.

A pattern matches a whole name, in any letter case. `*` stands for anything, `{word}` for at least one character,
kept under that word; each reaches up to the first place where what follows it fits, so no name takes long.
A template puts kept words and the sender's own names together; `{sha:.12}` cuts to twelve characters.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

WORD = r"[A-Za-z][A-Za-z0-9_.-]*"
_PIECE = re.compile(rf"\*+|\{{({WORD})\}}")
_SLOT = re.compile(rf"\{{({WORD})(?::\.(\d{{1,3}}))?\}}")


class PatternError(ValueError):
    """The text is no pattern or template: one sentence says why."""


def check_pattern(text: str) -> str:
    """The text, if it is a pattern; PatternError otherwise."""
    _compiled(text)
    return text


def words_of(pattern: str) -> tuple[str, ...]:
    """The words a pattern keeps."""
    return _compiled(pattern)[1]


def check_template(text: str) -> str:
    """The text, if it is a template; PatternError otherwise."""
    if "{" in (rest := _SLOT.sub("", text)) or "}" in rest:
        raise PatternError("has a brace that belongs to no {word}")
    return text


def find(pattern: str, name: str) -> dict[str, str] | None:
    """The words the pattern keeps of this name; None where it does not match."""
    regex, words = _compiled(pattern)
    found = regex.fullmatch(name)
    return dict(zip(words, found.groups(), strict=True)) if found else None


def fill(template: str, words: Mapping[str, str]) -> str | None:
    """The template with its words put in; None where one of them is not known."""
    wanted = {slot[1] for slot in _SLOT.finditer(template)}
    if not all(words.get(word) for word in wanted):
        return None
    return _SLOT.sub(lambda slot: words[slot[1]][: int(slot[2]) if slot[2] else None], template)


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    """A regular expression in which nothing is tried twice: each wild piece is bound to what follows it."""
    words: list[str] = []
    out, wild = "", ""
    at = 0
    for piece in _PIECE.finditer(pattern):
        out, wild = _literal(out, wild, pattern[at : piece.start()])
        if wild:
            raise PatternError("has two wild pieces with nothing between them")
        if piece[1] in words:
            raise PatternError(f"keeps {{{piece[1]}}} twice")
        words += [piece[1]] if piece[1] else []
        wild = "(.+?)" if piece[1] else ".*?"
        at = piece.end()
    rest = pattern[at:]
    if any(brace in rest for brace in "{}"):
        raise PatternError("has a brace that belongs to no {word}")
    greedy = wild.replace("?", "")
    return re.compile(out + greedy + re.escape(rest), re.IGNORECASE | re.DOTALL), tuple(words)


def _literal(out: str, wild: str, text: str) -> tuple[str, str]:
    """What is found so far with a literal behind it; the wild piece before a literal goes no further than it must."""
    if any(brace in text for brace in "{}"):
        raise PatternError("has a brace that belongs to no {word}")
    if not text:
        return out, wild
    return out + (f"(?>{wild}{re.escape(text)})" if wild else re.escape(text)), ""
