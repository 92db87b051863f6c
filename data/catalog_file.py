"""`catalog.yaml` read and checked: every complaint names the line and the field, so that it can be mended.

The file's words are plain text: nothing in it is evaluated, a formula or HTML stays what was typed.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml
from pydantic import ValidationError

from data import keys
from data.alert_models import AlertRule
from data.catalog_checks import Loc, contradictions
from data.catalog_entries import in_order
from data.catalog_models import DOCUMENT_SUITES, Catalog, Cluster, ClusterType, Freeze, GateRule, Rule, Service
from data.catalog_schema import Alert, File, Openers
from data.catalog_scorecard import exemptions, score_rule

MAX_COMPLAINTS = 20
WORDS = {"model_type": "must be fields, each `name: value`", "extra_forbidden": "is no field we know"}


class CatalogFileError(ValueError):
    """The file is wrong: one line of text per complaint, each with file, line and field."""


def read_catalog_file(path: Path) -> Catalog:
    """The catalog the file describes; CatalogFileError says what is wrong with it, and where."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogFileError(f"{path}: cannot be read: {error}") from error
    return parse_catalog(text, str(path))


def parse_catalog(text: str, name: str = "catalog.yaml") -> Catalog:
    """The catalog of a YAML text; `name` is what complaints call it."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place, problem = mark.line + 1 if mark else 1, getattr(error, "problem", None) or error
        raise CatalogFileError(f"{name}:{place}: not valid YAML: {problem}") from error
    complaints = list(_repeated_keys(root))
    if not complaints:
        try:
            file = File.model_validate({} if raw is None else raw)
        except ValidationError as error:
            complaints = [(e["loc"], WORDS.get(e["type"], e["msg"])) for e in error.errors(include_url=False)]
        else:
            complaints = list(contradictions(file))
    if complaints:
        raise CatalogFileError("\n".join(_told(name, root, complaints)))
    return _catalog(file)


def _told(name: str, root: yaml.Node | None, complaints: Sequence[tuple[Loc, str]]) -> Iterator[str]:
    for loc, message in complaints[:MAX_COMPLAINTS]:
        field = ".".join(str(part) for part in loc) or "file"
        yield f"{name}:{_line(root, loc)}: {field}: {message}"
    if len(complaints) > MAX_COMPLAINTS:
        yield f"{name}: and {len(complaints) - MAX_COMPLAINTS} more"


def _line(node: yaml.Node | None, loc: Loc) -> int:
    """The line of the deepest part of `loc` that is in the file."""
    line = node.start_mark.line + 1 if node else 1
    for part in loc:
        found: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == part:
                    found, line = value, key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            found = node.value[part]
            line = found.start_mark.line + 1
        if found is None:
            return line
        node = found
    return line


def _repeated_keys(node: yaml.Node | None, loc: Loc = (), above: tuple[int, ...] = ()) -> Iterator[tuple[Loc, str]]:
    """YAML would silently take the last of two equal keys; and an alias may stand within its own anchor."""
    if id(node) in above:
        yield loc, "contains itself"
        return
    above = (*above, id(node))
    if isinstance(node, yaml.MappingNode):
        counted = Counter(key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode))
        yield from (((*loc, key), "is there twice") for key, count in counted.items() if count > 1)
        for key, value in node.value:
            yield from _repeated_keys(value, (*loc, key.value), above)
    elif isinstance(node, yaml.SequenceNode):
        for place, value in enumerate(node.value):
            yield from _repeated_keys(value, (*loc, place), above)


def _catalog(file: File) -> Catalog:
    clusters = [
        Cluster(
            c.id, c.name, ClusterType(c.type), c.role, c.description, c.order, c.region,
            sender_names=tuple(c.sender_names), soak_hours=c.soak_hours,
        )
        for c in file.clusters
    ]  # fmt: skip
    services = [
        Service(s.id, s.name, s.team, s.tier, s.repository, tuple(s.suites), tuple(s.sender_names))
        for s in file.services
    ]
    return Catalog(
        clusters=tuple(sorted(clusters, key=lambda c: (c.order, c.name, c.cluster_id))),
        services=tuple(sorted(services, key=lambda s: (s.name, s.service_id))),
        suites=tuple(dict.fromkeys((*DOCUMENT_SUITES, *file.suites))),
        openers=tuple(sorted(_openers(file.openers))),
        rules=tuple(
            Rule(
                m.name, m.source, tuple(sorted(m.when.items())), m.service, m.cluster, m.version, m.deployment,
                m.ignore,
            )
            for m in file.mappings
        ),
        freezes=in_order(
            Freeze(f.name, f.start, f.end, tuple(f.clusters or ()), tuple(f.services or ()), f.reason)
            for f in file.freezes
        ),
        gates=tuple(
            GateRule(
                g.name, ClusterType(g.to), tuple(g.services or ()), None if g.suites is None else tuple(g.suites),
                g.min_pass_rate, g.soak_hours,
            )
            for g in file.gates
        ),
        alerts=tuple(sorted((_alert(one) for one in file.alerts), key=lambda rule: rule.rule_id)),
        score_rules=tuple(score_rule(one) for one in file.scorecard.rules),
        exemptions=exemptions(file.scorecard.exemptions),
    )  # fmt: skip


def _alert(one: Alert) -> AlertRule:
    return AlertRule(
        rule_id=one.id, name=one.name, to=tuple(dict.fromkeys(one.to)), on=one.event, metric=one.metric,
        above=one.above, below=one.below, clear=one.clear, window_days=one.window_days, least=one.least,
        per_service=one.per is not None, stage=one.stage, clusters=tuple(one.clusters or ()),
        services=tuple(one.services or ()), team=one.team or "",
    )  # fmt: skip


def _openers(openers: Openers) -> Iterator[tuple[str, str]]:
    if openers.default is not None:
        yield "*", openers.default
    yield from openers.clusters.items()
    yield from ((f"*#{service}", source) for service, source in openers.services.items())
    yield from ((keys.pair(pair.cluster, pair.service), pair.source) for pair in openers.pairs)
