"""The policies of terraform/modules/iam, put together as Terraform does: the same files, the same places."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from embedded.emulator import ROOT

FOLDER = ROOT / "terraform" / "modules" / "iam" / "policies"
PLACE = re.compile(r"\$\{([a-z_]+)\}")

Document = dict[str, Any]


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """One action on one resource."""

    action: str
    resource: str


def roles() -> dict[str, list[str]]:
    """Of which parts each role's policy is made."""
    return dict(json.loads((FOLDER / "roles.json").read_text()))


def document(role: str, places: Mapping[str, str]) -> Document:
    """A role's policy; a part that names a place nobody gave is left out, as the module leaves it out."""
    statements: list[Any] = []
    for part in roles()[role]:
        text = (FOLDER / f"{part}.json.tftpl").read_text()
        if set(PLACE.findall(text)) <= places.keys():
            statements += json.loads(PLACE.sub(lambda found: places[found[1]], text))
    return {"Version": "2012-10-17", "Statement": statements}


def grants(policy: Document) -> Iterator[Grant]:
    """Every action on every resource it allows, one by one."""
    for statement in policy["Statement"]:
        assert statement["Effect"] == "Allow"
        for action in statement["Action"]:
            for resource in statement["Resource"]:
                yield Grant(action, resource)


def of_grants(allowed: Iterable[Grant]) -> Document:
    """A policy that allows just these, as the emulator spells them."""
    one = [{"Effect": "Allow", "Action": _actions(g.action), "Resource": [_resource(g)]} for g in allowed]
    return {"Version": "2012-10-17", "Statement": one}


def _actions(action: str) -> list[str]:
    """AWS covers SQS's batch calls by the single action and knows no other; the emulator wants them by name."""
    batched = ("sqs:SendMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility")
    return [action, f"{action}Batch"] if action in batched else [action]


def _resource(grant: Grant) -> str:
    """AWS checks this one for the bus, the emulator for everything."""
    return "*" if grant.action == "events:DescribeEventBus" else grant.resource
