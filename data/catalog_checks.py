"""What is wrong with a catalog's file though each of its parts is right alone. Pure."""

from collections.abc import Iterable, Iterator, Sequence

from data.alert_models import AlertEvent
from data.catalog_models import DOCUMENT_SUITES
from data.catalog_schema import Alert, Entry, File, Mapping
from data.patterns import words_of
from data.scorecard_metrics import METRICS

Loc = tuple[str | int, ...]
# These words are sort keys beside the suites' in a partition of test runs.
RESERVED_SUITES = frozenset({"ATTEMPT", "CLAIM"})


def contradictions(file: File) -> Iterator[tuple[Loc, str]]:
    """What each part alone cannot know."""
    kinds: dict[str, Sequence[Entry]] = {"clusters": file.clusters, "services": file.services}
    for what, entries in kinds.items():
        yield from _twice(what, (((what, i, "id"), one.id) for i, one in enumerate(entries)))
        yield from _sender_names(what, entries)
    yield from _twice("mappings", ((("mappings", i, "name"), m.name) for i, m in enumerate(file.mappings)))
    for i, mapping in enumerate(file.mappings):
        yield from _mapping(("mappings", i), mapping)
    yield from _suites(file)
    yield from _freezes(file)
    yield from _gates(file)
    yield from _alerts(file)
    yield from _score_rules(file)
    yield from _exemptions(file)


def _sender_names(what: str, entries: Sequence[Entry]) -> Iterator[tuple[Loc, str]]:
    """Names are looked up in any letter case, after the ids: one that is an id of another would never be found."""
    ids = {one.id for one in entries}
    names = [
        ((what, i, "sender_names", j), name, one.id)
        for i, one in enumerate(entries)
        for j, name in enumerate(one.sender_names)
    ]
    yield from _twice("sender names", ((loc, name.lower()) for loc, name, _ in names))
    for loc, name, own_id in names:
        if name.lower() in ids - {own_id}:
            yield loc, f"{name} is the id of another of the {what}"


def _mapping(loc: Loc, mapping: Mapping) -> Iterator[tuple[Loc, str]]:
    gives = (mapping.service, mapping.cluster, mapping.version, mapping.deployment)
    if not mapping.ignore and all(one is None for one in gives):
        yield loc, "gives nothing: it needs service, cluster, version, deployment or ignore"
    if mapping.ignore and any(one is not None for one in gives):
        yield (*loc, "ignore"), "stands alone: what is ignored is mapped to nothing"
    kept = (((*loc, "when", key), word) for key, pattern in mapping.when.items() for word in words_of(pattern))
    yield from _twice("words its patterns keep", kept)


def _suites(file: File) -> Iterator[tuple[Loc, str]]:
    for i, suite in enumerate(file.suites):
        if suite in RESERVED_SUITES:
            yield ("suites", i), f"{suite} cannot be the name of a suite"
    known = dict.fromkeys((*DOCUMENT_SUITES, *file.suites))
    for i, service in enumerate(file.services):
        for j, suite in enumerate(service.suites):
            if suite not in known:
                yield ("services", i, "suites", j), f"{suite} is no suite; known are {', '.join(known)}"


def _gates(file: File) -> Iterator[tuple[Loc, str]]:
    yield from _twice("gates", ((("gates", i, "name"), one.name) for i, one in enumerate(file.gates)))
    services, suites = {one.id for one in file.services}, (*DOCUMENT_SUITES, *file.suites)
    for i, gate in enumerate(file.gates):
        for j, one in enumerate(gate.services or ()):
            if one not in services:
                yield ("gates", i, "services", j), f"{one} is none of the services above, so nothing would be asked"
        for j, suite in enumerate(gate.suites or ()):
            if suite not in suites:
                yield ("gates", i, "suites", j), f"{suite} is no suite; known are {', '.join(suites)}"
        if gate.min_pass_rate is not None and gate.suites == []:
            yield ("gates", i, "min_pass_rate"), "is of suites, and none is asked for"


def _freezes(file: File) -> Iterator[tuple[Loc, str]]:
    yield from _twice("freezes", ((("freezes", i, "name"), one.name) for i, one in enumerate(file.freezes)))
    clusters, services = {one.id for one in file.clusters}, {one.id for one in file.services}
    for i, freeze in enumerate(file.freezes):
        if freeze.end <= freeze.start:
            yield ("freezes", i, "to"), "must be after from"
        for what, named, known in (("clusters", freeze.clusters, clusters), ("services", freeze.services, services)):
            for j, one in enumerate(named or ()):
                if one not in known:
                    yield ("freezes", i, what, j), f"{one} is none of the {what} above, so nothing would be frozen"


def _score_rules(file: File) -> Iterator[tuple[Loc, str]]:
    rules, at = file.scorecard.rules, ("scorecard", "rules")
    yield from _twice("rules", (((*at, i, "id"), one.id) for i, one in enumerate(rules)))
    suites = dict.fromkeys((*DOCUMENT_SUITES, *file.suites))
    sets = {"teams": {one.team for one in file.services}, "tiers": {one.tier for one in file.services}}
    for i, rule in enumerate(rules):
        kind = METRICS.get(rule.metric)
        if kind is None:
            yield (*at, i, "metric"), f"{rule.metric} is no metric; known are {', '.join(METRICS)}"
        elif kind.of_suite and rule.suite is None:
            yield (*at, i), f"needs suite: {rule.metric} is of one test suite"
        elif not kind.of_suite and rule.suite is not None:
            yield (*at, i, "suite"), f"says nothing here: {rule.metric} is of no test suite"
        if rule.suite is not None and rule.suite not in suites:
            yield (*at, i, "suite"), f"{rule.suite} is no suite; known are {', '.join(suites)}"
        for what, known in sets.items():
            for j, one in enumerate(getattr(rule, what) or ()):
                if one not in known:
                    yield (*at, i, what, j), f"{one} is none of the {what} of the services above"


def _exemptions(file: File) -> Iterator[tuple[Loc, str]]:
    given, at = file.scorecard.exemptions, ("scorecard", "exemptions")
    rules, services = {one.id for one in file.scorecard.rules}, {one.id for one in file.services}
    pairs = (((*at, i), f"{one.rule} of {one.service}") for i, one in enumerate(given))
    yield from _twice("exemptions", pairs)
    for i, one in enumerate(given):
        if one.rule not in rules:
            yield (*at, i, "rule"), f"{one.rule} is none of the rules above"
        if one.service not in services:
            yield (*at, i, "service"), f"{one.service} is none of the services above"


def _alerts(file: File) -> Iterator[tuple[Loc, str]]:
    yield from _twice("alerts", ((("alerts", i, "id"), one.id) for i, one in enumerate(file.alerts)))
    clusters, services = {one.id for one in file.clusters}, {one.id for one in file.services}
    teams = {one.team for one in file.services}
    for i, rule in enumerate(file.alerts):
        yield from ((("alerts", i, *where), why) for where, why in _thresholds(rule))
        for what, named, known in (("clusters", rule.clusters, clusters), ("services", rule.services, services)):
            for j, one in enumerate(named or ()):
                if one not in known:
                    yield ("alerts", i, what, j), f"{one} is none of the {what} above, so it would never fire"
        if rule.team is not None and rule.team not in teams:
            yield ("alerts", i, "team"), f"{rule.team} is the team of none of the services above"


def _thresholds(rule: Alert) -> Iterator[tuple[Loc, str]]:
    """A rule is on an event, or on a metric with one threshold, which is cleared on its other side."""
    limits = [name for name in ("above", "below", "clear") if getattr(rule, name) is not None]
    if (rule.event is None) == (rule.metric is None):
        yield (), "needs either event or metric"
    elif rule.metric is None and (limits or rule.per):
        yield (*limits, "per")[:1], "is for rules on a metric"
    elif rule.metric is not None and (rule.above is None) == (rule.below is None):
        yield ("metric",), "needs either above or below"
    elif rule.clear is not None:
        if rule.above is not None and rule.clear > rule.above:
            yield ("clear",), "must not be greater than above"
        if rule.below is not None and rule.clear < rule.below:
            yield ("clear",), "must not be less than below"
    filters = [name for name in ("stage", "clusters", "services", "team") if getattr(rule, name) is not None]
    if rule.event is AlertEvent.SOURCE_SILENT and filters:
        yield (filters[0],), "cannot be told of a source: it may report any service"


def _twice(what: str, found: Iterable[tuple[Loc, str]]) -> Iterator[tuple[Loc, str]]:
    seen: set[str] = set()
    for loc, value in found:
        if value in seen:
            yield loc, f"{value!r} is twice among the {what}"
        seen.add(value)
