"""From what senders call things to our ids: the catalog's rules, then its sender names, then the name itself.

Pure. Each answer says in words where it came from, for `ingest.explain`, the lab and the recent deliveries.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from data import keys
from data.catalog_models import Catalog, Rule
from data.patterns import fill, find

MAX_NAME = 256
ANY = "*"
_NOT_IN_ID = re.compile(r"[^a-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Named:
    """What a sender calls the things of one statement.

    `names` is what rules match and templates use (`repository`, `environment`, `sha` …; documented per sender).
    `said_service`/`said_cluster`: the sender itself names one of ours (an annotation, a parameter). `services`/
    `clusters`: names that may stand as sender names in the catalog, the best first; where nothing else helps the
    first of them becomes the id.
    """

    source: str
    names: Mapping[str, str]
    said_service: str | None = None
    said_cluster: str | None = None
    services: Sequence[str] = ()
    clusters: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Mapped:
    """What the names came to. None: nothing tells."""

    service_id: str | None = None
    cluster_id: str | None = None
    version: str | None = None  # only where a rule makes one
    deployment: bool | None = None  # only where a rule says
    ignored_by: str | None = None  # the rule that says so
    via: tuple[str, ...] = ()


@dataclass(slots=True)
class _Found:
    words: dict[str, str] = field(default_factory=dict)
    via: list[str] = field(default_factory=list)
    deployment: bool | None = None


def mapped(catalog: Catalog, named: Named) -> Mapped:
    """Our ids for a sender's names."""
    names = {key: value[:MAX_NAME] for key, value in named.names.items() if value}
    found = _Found()
    for rule in catalog.rules:
        kept = _fits(rule, named.source, names)
        if kept is None:
            continue
        if rule.ignore:
            return Mapped(ignored_by=rule.name, via=(f"ignored by rule “{rule.name}”",))
        _contribute(found, rule, names | kept)
    service = _resolved("service", catalog.service_names, found, named.said_service, named.services)
    cluster = _resolved("cluster", catalog.cluster_names, found, named.said_cluster, named.clusters)
    version = found.words.get("version")
    return Mapped(service, cluster, version, found.deployment, None, tuple(found.via))


def id_of(name: str) -> str | None:
    """A name as an id of ours: `Acme/Auth N` becomes `acme.auth-n`; None where nothing is left of it."""
    text = _NOT_IN_ID.sub("-", name.strip().lower().replace("/", ".")).strip("-._")
    return text[:63].rstrip("-._") or None


def _fits(rule: Rule, source: str, names: Mapping[str, str]) -> dict[str, str] | None:
    """The words a rule keeps of these names; None where it does not fit."""
    if rule.source not in (ANY, source):
        return None
    kept: dict[str, str] = {}
    for key, pattern in rule.when:
        words = find(pattern, names.get(key, ""))
        if words is None:
            return None
        kept |= words
    return kept


def _contribute(found: _Found, rule: Rule, words: Mapping[str, str]) -> None:
    """What a fitting rule gives and no earlier one gave."""
    targets = (("service", rule.service), ("cluster", rule.cluster), ("version", rule.version))
    for target, template in targets:
        if template is None or target in found.words:
            continue
        made = fill(template, words)
        if made is None:
            found.via.append(f"rule “{rule.name}” gives no {target}: a word of {template} is not sent")
            continue
        found.words[target] = made
        found.via.append(f"{target} {made} by rule “{rule.name}”")
    if rule.deployment is not None and found.deployment is None:
        found.deployment = rule.deployment
        found.via.append(f"{'a' if rule.deployment else 'no'} deployment by rule “{rule.name}”")


def _resolved(
    what: str, known: Mapping[str, str], found: _Found, said: str | None, candidates: Sequence[str]
) -> str | None:
    ruled = found.words.get(what)
    if ruled is not None:
        return known.get(ruled.lower()) or _valid(ruled)
    if said:
        found.via.append(f"{what} {said[:MAX_NAME]} named by the sender")
        return known.get(said.lower()) or _valid(said)
    for name in candidates:
        if name and name.lower() in known:
            found.via.append(f"{what} {known[name.lower()]} by the catalog's name {name[:MAX_NAME]}")
            return known[name.lower()]
    made = next((one for name in candidates if name and (one := id_of(name))), None)
    if made:
        found.via.append(f"{what} {made} made of the sender's name: no rule and no sender name fits")
    return made


def _valid(name: str) -> str | None:
    return name if keys.ID.fullmatch(name) else id_of(name)
