"""The catalog as flat entries, as its table keeps it: what differs between two catalogs is then easy to say.

Pure. An entry is (kind, key) -> body; the table has kind as pk, key as sk and the body as JSON text.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from data import catalog_scorecard
from data.alert_models import rule_body, to_rule
from data.catalog_models import DOCUMENT_SUITES, Catalog, Cluster, ClusterType, Freeze, GateRule, Rule, Service

CLUSTER = "CLUSTER"
SERVICE = "SERVICE"
SUITE = "SUITE"
OPENER = "OPENER"
RULE = "RULE"
FREEZE = "FREEZE"
GATE = "GATE"
ALERT = "ALERT"
KINDS = (CLUSTER, SERVICE, SUITE, OPENER, RULE, FREEZE, GATE, ALERT, *catalog_scorecard.KINDS)

Key = tuple[str, str]
Body = dict[str, Any]
Item = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Change:
    """One entry that is to be written: `before` None = it is new, `after` None = it goes."""

    key: Key
    before: Body | None
    after: Body | None


def entries(catalog: Catalog) -> dict[Key, Body]:
    """Every entry of a catalog."""
    out: dict[Key, Body] = {(CLUSTER, c.cluster_id): _cluster_body(c) for c in catalog.clusters}
    out |= {(SERVICE, s.service_id): _service_body(s) for s in catalog.services}
    out |= {(SUITE, name): {"order": place} for place, name in enumerate(catalog.suites)}
    out |= {(OPENER, key): {"source": source} for key, source in catalog.openers}
    out |= {(FREEZE, freeze.name): _freeze_body(freeze) for freeze in catalog.freezes}
    out |= {(GATE, f"{place:04d}"): _gate_body(gate) for place, gate in enumerate(catalog.gates)}
    out |= {(ALERT, rule.rule_id): rule_body(rule) for rule in catalog.alerts}
    out |= catalog_scorecard.entries(catalog)
    return out | {(RULE, f"{place:04d}"): _rule_body(rule) for place, rule in enumerate(catalog.rules)}


def to_catalog(found: Mapping[Key, Body]) -> Catalog:
    """The catalog of these entries; the document's three suites are always part of it."""
    of = {kind: {key[1]: body for key, body in found.items() if key[0] == kind} for kind in KINDS}
    clusters = [_cluster(cluster_id, body) for cluster_id, body in of[CLUSTER].items()]
    services = [_service(service_id, body) for service_id, body in of[SERVICE].items()]
    added = sorted(of[SUITE], key=lambda name: (of[SUITE][name]["order"], name))
    return Catalog(
        clusters=tuple(sorted(clusters, key=lambda c: (c.order, c.name, c.cluster_id))),
        services=tuple(sorted(services, key=lambda s: (s.name, s.service_id))),
        suites=tuple(dict.fromkeys((*DOCUMENT_SUITES, *added))),
        openers=tuple(sorted((key, body["source"]) for key, body in of[OPENER].items())),
        rules=tuple(_rule(of[RULE][place]) for place in sorted(of[RULE])),
        freezes=in_order(_freeze(name, body) for name, body in of[FREEZE].items()),
        gates=tuple(_gate(of[GATE][place]) for place in sorted(of[GATE])),
        alerts=tuple(to_rule(rule_id, of[ALERT][rule_id]) for rule_id in sorted(of[ALERT])),
        **catalog_scorecard.read(of),
    )


def in_order(freezes: Iterable[Freeze]) -> tuple[Freeze, ...]:
    """Freezes by the time they begin."""
    return tuple(sorted(freezes, key=lambda freeze: (freeze.start, freeze.end, freeze.name)))


def unconfirmed_cluster(cluster_id: str) -> Body:
    """The entry of a cluster nobody has described yet."""
    return _cluster_body(Cluster(cluster_id, cluster_id, confirmed=False))


def unconfirmed_service(service_id: str) -> Body:
    """The entry of a service nobody has described yet."""
    return _service_body(Service(service_id, service_id, confirmed=False))


def changes(stored: Mapping[Key, Body], wanted: Mapping[Key, Body]) -> list[Change]:
    """What to write so that the stored entries become the wanted ones.

    A cluster or service that left the file is kept as unconfirmed: it may have a history that pages show. One
    that was registered on first sight and never was in the file stays as it is.
    """
    out = [Change(key, stored.get(key), body) for key, body in wanted.items() if stored.get(key) != body]
    for key, body in stored.items():
        if key in wanted:
            continue
        if key[0] not in (CLUSTER, SERVICE):
            out.append(Change(key, body, None))
        elif body["confirmed"]:
            bare = unconfirmed_cluster if key[0] == CLUSTER else unconfirmed_service
            out.append(Change(key, body, bare(key[1])))
    return sorted(out, key=lambda change: (KINDS.index(change.key[0]), change.key[1]))


def describe(change: Change) -> str:
    """One line for people: what becomes of which entry."""
    name = f"{change.key[0].lower()} {change.key[1]}"
    if change.before is None:
        return f"added    {name}"
    if change.after is None:
        return f"removed  {name}"
    if change.before.get("confirmed") and not change.after.get("confirmed"):
        return f"removed  {name} (kept as unconfirmed, its history stays)"
    differing = [field for field in change.after if change.after[field] != change.before.get(field)]
    told = [f"{field}: {change.before.get(field)!r} -> {change.after[field]!r}" for field in differing]
    return f"changed  {name}: {', '.join(told)}"


def to_item(key: Key, body: Body) -> Item:
    """The table's item of an entry."""
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}, "body": {"S": to_text(body)}}


def from_item(item: Mapping[str, Mapping[str, Any]]) -> tuple[Key, Body]:
    """The entry of a table's item."""
    return (item["pk"]["S"], item["sk"]["S"]), orjson.loads(item["body"]["S"])


def to_text(body: Body) -> str:
    """The body as the table keeps it: equal text for equal bodies."""
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS).decode()


def _cluster_body(cluster: Cluster) -> Body:
    return {
        "name": cluster.name, "type": cluster.type.value, "role": cluster.role,
        "description": cluster.description, "order": cluster.order, "region": cluster.region,
        "confirmed": cluster.confirmed, "senderNames": list(cluster.sender_names),
        "soakHours": cluster.soak_hours,
    }  # fmt: skip


def _cluster(cluster_id: str, body: Body) -> Cluster:
    return Cluster(
        cluster_id, body["name"], ClusterType(body["type"]), body["role"], body["description"],
        body["order"], body["region"], body["confirmed"], tuple(body.get("senderNames", ())),
        body.get("soakHours"),
    )  # fmt: skip


def _service_body(service: Service) -> Body:
    return {
        "name": service.name, "team": service.team, "tier": service.tier, "repository": service.repository,
        "suites": list(service.suites), "senderNames": list(service.sender_names),
        "confirmed": service.confirmed,
    }  # fmt: skip


def _service(service_id: str, body: Body) -> Service:
    return Service(
        service_id, body["name"], body["team"], body["tier"], body["repository"],
        tuple(body["suites"]), tuple(body["senderNames"]), body["confirmed"],
    )  # fmt: skip


def _rule_body(rule: Rule) -> Body:
    return {
        "name": rule.name, "source": rule.source, "when": dict(rule.when), "service": rule.service,
        "cluster": rule.cluster, "version": rule.version, "deployment": rule.deployment, "ignore": rule.ignore,
    }  # fmt: skip


def _rule(body: Body) -> Rule:
    return Rule(
        body["name"], body["source"], tuple(sorted(body["when"].items())), body["service"], body["cluster"],
        body["version"], body["deployment"], body["ignore"],
    )  # fmt: skip


def _gate_body(gate: GateRule) -> Body:
    return {
        "name": gate.name, "to": gate.to.value, "services": list(gate.services),
        "suites": None if gate.suites is None else list(gate.suites), "minPassRate": gate.min_pass_rate,
        "soakHours": gate.soak_hours,
    }  # fmt: skip


def _gate(body: Body) -> GateRule:
    suites = body["suites"]
    return GateRule(
        body["name"], ClusterType(body["to"]), tuple(body["services"]), None if suites is None else tuple(suites),
        body["minPassRate"], body["soakHours"],
    )  # fmt: skip


def _freeze_body(freeze: Freeze) -> Body:
    return {
        "from": freeze.start, "to": freeze.end, "clusters": list(freeze.clusters),
        "services": list(freeze.services), "reason": freeze.reason,
    }  # fmt: skip


def _freeze(name: str, body: Body) -> Freeze:
    return Freeze(name, body["from"], body["to"], tuple(body["clusters"]), tuple(body["services"]), body["reason"])
