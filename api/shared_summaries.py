"""Summaries that are shared between processes: those of the past, and those of callers who see a part.

What an answer follows from is its question here: all of it but the generation, which the answer names. Where both
clocks stand still, and long enough ago that what was heard by then is stored, not even that: then it follows from the
catalog, which is today's in the past as well.
"""

from collections.abc import Callable, Mapping, Set
from datetime import datetime
from typing import Any

import orjson
from flask import Response

import context
from api import caching, point_in_time
from api.params import Asked
from api.point_in_time import Clocks
from api.serializers import Json
from data.generation import Generation
from data.instants import seconds_between, to_instant
from data.models import EVERYTHING, Instant, Scope
from data.shared_answers import SharedAnswers
from data.shared_cache import SharedAnswer

SETTLED_SECONDS = 3600
OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS

Make = Callable[[Generation, Scope, datetime], Json]


def is_shared(asked: Asked) -> bool:
    """Whether this question goes to the shared answers, where there are any."""
    return asked.as_of is not None or context.scope() != EVERYTHING


def summary(shared: SharedAnswers, kept: caching.Answers, name: str, asked: Asked, make: Make) -> Response:
    """The answer: of this process, else of all, else made."""
    newest, clocks = context.generation(), point_in_time.clocks(asked)
    fixed = clocks is not None and _settled(clocks, to_instant(context.now()))
    question = _question(newest, name, asked, clocks, fixed)
    mine = (question, newest.generation)
    answer = kept.find(mine)
    if answer is None:
        found = shared.get(question, None if fixed else newest.generation, lambda: _made(clocks, make))
        number = newest.generation if fixed else found.generation
        as_of = found.as_of if clocks or number < newest.generation else max(found.as_of, newest.as_of)
        answer = caching.stamped(b'{"generation":%d,' % number + found.content[1:], as_of, found.unread)
        if number >= newest.generation:
            kept.keep(mine, answer)
    elif clocks is None and answer.as_of < newest.as_of:
        answer = caching.stamped(answer.content, newest.as_of)
        kept.keep(mine, answer)
    return point_in_time.marked(caching.sent(answer), answer.unread)


def _settled(clocks: Clocks, now: Instant) -> bool:
    """Whether both clocks stand, and long enough ago that what was heard by then is stored."""
    return clocks.known is not None and seconds_between(max(clocks.at, clocks.known), now) >= SETTLED_SECONDS


def _question(newest: Generation, name: str, asked: Asked, clocks: Clocks | None, fixed: bool) -> bytes:
    """All that an answer follows from, but the generation; equal in all processes."""
    since = (
        newest.memo.get("catalog as bytes", lambda: orjson.dumps(newest.catalog, _plain, OPTIONS)) if fixed else b""
    )
    hour = to_instant(context.now())[:13] if clocks is None else None
    return orjson.dumps((name, asked, context.scope().key, newest.first_day, hour, fixed), _plain, OPTIONS) + since


def _plain(value: object) -> Any:
    """What orjson does not write by itself, always in the same order."""
    if isinstance(value, Set):
        return sorted(map(str, value))
    if isinstance(value, Mapping):
        return dict(value)
    return repr(value)


def _made(clocks: Clocks | None, make: Make) -> SharedAnswer:
    """The answer, made here and now."""
    if clocks is None:
        return _content(make, 0)
    then = point_in_time.past(clocks)
    with context.looking_back(then):
        return _content(make, then.unread)


def _content(make: Make, unread: int) -> SharedAnswer:
    gen = context.generation()
    document = make(gen, context.scope(), context.now())
    return SharedAnswer(orjson.dumps(document), gen.generation, gen.as_of, unread)
