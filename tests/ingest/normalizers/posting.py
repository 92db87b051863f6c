"""Deliveries of senders in tests: fixtures to be changed field by field, taken as the webhook takes them."""

import json
import re
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from data.catalog_file import parse_catalog
from data.catalog_models import Catalog, Rule
from data.events import DeploymentEvent, to_claim
from data.folds import Version, fold_attempt
from data.models import Attempt
from ingest.taking import Incoming, Taken, take

ROOT = Path(__file__).resolve().parents[3]
PAYLOADS = ROOT / "tests" / "payloads"
RECEIVED = "2026-11-20T12:00:00.000Z"


def payload(name: str, **changes: Any) -> dict[str, Any]:
    """A fixture with some fields changed: `deployment__sha` is `deployment.sha`; `...` leaves a field out."""
    body: dict[str, Any] = deepcopy(json.loads((PAYLOADS / name).read_text(encoding="utf-8")))
    for path, value in changes.items():
        *way, last = path.split("__")
        place: Any = body
        for part in way:
            place = place[int(part) if isinstance(place, list) else part]
        if value is ...:
            del place[last]
        else:
            place[last] = value
    return body


def post(body: Any, headers: Mapping[str, str], catalog: Catalog | None = None, **more: Any) -> Taken:
    """What the webhook makes of a body; bytes go as they are."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return take(Incoming(raw, headers, **more), RECEIVED, catalog or Catalog())


def ruled(*rules: Rule) -> Catalog:
    """A catalog of nothing but these rules."""
    return Catalog(rules=rules)


def rule(source: str, when: Mapping[str, str], **gives: Any) -> Rule:
    """A mapping rule, named after what it asks for."""
    name = ", ".join(f"{key} {pattern}" for key, pattern in when.items())
    return Rule(name or "always", source, tuple(sorted(when.items())), **gives)


def documented(sender: str) -> Catalog:
    """The rules that the document of a sender shows."""
    document = (ROOT / "docs" / "sources" / f"{sender}.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```yaml\n(mappings:\n.*?)```", document, re.DOTALL)
    return parse_catalog(text)


def folded(*events: DeploymentEvent) -> Attempt:
    """The attempt all these events come to."""
    (attempt_id,) = {event.attempt_id for event in events}
    made = fold_attempt(attempt_id, [to_claim(event) for event in events], Version(), 90).attempt
    assert made is not None
    return made


def attempt(taken: Taken) -> DeploymentEvent:
    """The one deployment a delivery tells of."""
    (event,) = taken.events
    assert isinstance(event, DeploymentEvent), taken
    return event
