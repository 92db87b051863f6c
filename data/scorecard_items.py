"""Snapshots of the score card as items of their table, and back. Pure.

A day has a partition of its services, with its rules written last; each service one of its days; and one partition
holds, day by day, the levels of all services in short, for histories. No item names the moment it was made, so that
the same facts make the same items.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import orjson

from data import keys
from data.codec import Item, number, text
from data.models import Day
from data.scorecard_json import card, card_of, service
from data.scorecard_json import text as json_text
from data.scorecard_models import LEVELS, Level
from data.scorecard_rules import standing
from data.scorecard_views import Card, Standing
from data.tables import TTL_ATTRIBUTE

KEPT_MONTHS = 25


def items(found: Card) -> list[Item]:
    """Every item of a snapshot, in the order to write them: who finds the last one finds all."""
    expires = expires_at(found.day)
    made = []
    for one in found.services:
        made.append(_item(keys.score_day_pk(found.day), one.service_id, service(one, found), expires))
        level, passed, asked = standing(one)
        short: dict[str, Any] = {"level": _place(level), "passed": passed, "asked": asked}
        short |= {"outcomes": {cell.rule_id: cell.outcome.value for cell in one.cells}}
        made.append(_item(keys.score_service_pk(one.service_id), found.day, short, expires))
    order = [one.service_id for one in found.services]
    made.append(
        _item(
            keys.score_day_pk(found.day), keys.SCORE_RULES, {"rules": card(found)["rules"], "order": order}, expires
        )
    )
    levels = {one.service_id: _short(*standing(one)) for one in found.services}
    made.append(_item(keys.SCORE_LEVELS, found.day, levels, expires))
    return made


def _item(pk: str, sk: str, body: Mapping[str, Any], expires: int) -> Item:
    return {"pk": text(pk), "sk": text(sk), "body": text(json_text(body)), TTL_ATTRIBUTE: number(expires)}


def _place(level: Level | None) -> int:
    return LEVELS.index(level) + 1 if level else 0


def _level(place: int) -> Level | None:
    return LEVELS[place - 1] if place else None


def _short(level: Level | None, passed: int, asked: int) -> list[int]:
    return [_place(level), passed, asked]


def card_from(day: Day, found: Iterable[Item]) -> Card | None:
    """The snapshot of a day's partition; None where it is not whole."""
    bodies = {item["sk"]["S"]: orjson.loads(item["body"]["S"]) for item in found}
    about = bodies.get(keys.SCORE_RULES)
    if about is None or not all(service_id in bodies for service_id in about["order"]):
        return None
    return card_of(day, about["rules"], [bodies[service_id] for service_id in about["order"]])


def levels_from(item: Item) -> dict[str, Standing]:
    """By service id, how it stood on the item's day."""
    day = item["sk"]["S"]
    body: dict[str, list[int]] = orjson.loads(item["body"]["S"])
    return {name: Standing(day, _level(place), passed, asked) for name, (place, passed, asked) in body.items()}


def history_from(item: Item) -> tuple[Standing, dict[str, str]]:
    """How a service stood on the item's day, and what each rule said."""
    body = orjson.loads(item["body"]["S"])
    return Standing(item["sk"]["S"], _level(body["level"]), body["passed"], body["asked"]), body["outcomes"]


def expires_at(day: Day) -> int:
    """Epoch seconds of the midnight 25 months later (on the 28th at most)."""
    first = date.fromisoformat(day)
    years, month = divmod(first.month - 1 + KEPT_MONTHS, 12)
    return int(datetime(first.year + years, month + 1, min(first.day, 28), tzinfo=UTC).timestamp())


def object_key(day: Day) -> str:
    """Where the archive keeps a day's card."""
    return f"scorecards/dt={day}/scorecard.json"


def document(found: Card) -> bytes:
    """The file in the archive: the API's answer of that day."""
    return json_text(card(found)).encode()
