"""`catalog.yaml` read and checked: every complaint names the line and the field, so that it can be mended.

The file's words are plain text: nothing in it is evaluated, a formula or HTML stays what was typed.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from data import keys
from data.catalog_models import DOCUMENT_SUITES, Catalog, Cluster, ClusterType, Rule, Service
from data.patterns import check_pattern, check_template

Loc = tuple[str | int, ...]
MAX_COMPLAINTS = 20
WORDS = {"model_type": "must be fields, each `name: value`", "extra_forbidden": "is no field we know"}
# These words are sort keys beside the suites' in a partition of test runs.
RESERVED_SUITES = frozenset({"ATTEMPT", "CLAIM"})


class CatalogFileError(ValueError):
    """The file is wrong: one line of text per complaint, each with file, line and field."""


def _plain(text: str) -> str:
    if any(ord(c) < 32 or ord(c) == 127 for c in text):
        raise ValueError("must not contain control characters or line breaks")
    return text


Id = Annotated[str, Field(pattern=f"^{keys.ID.pattern}$")]
Text = Annotated[str, Field(max_length=300), AfterValidator(_plain)]
Name = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_plain)]
SuiteName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,49}$")]
Kind = Literal["Development", "Staging", "Production"]
Pattern = Annotated[str, Field(min_length=1, max_length=256), AfterValidator(_plain), AfterValidator(check_pattern)]
Template = Annotated[str, Field(min_length=1, max_length=256), AfterValidator(_plain), AfterValidator(check_template)]


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class _Cluster(_Part):
    id: Id
    name: Name
    type: Kind
    role: Text = ""
    description: Text = ""
    order: Annotated[int, Field(ge=0, le=1_000_000)]
    region: Text = ""
    sender_names: list[Name] = []


class _Service(_Part):
    id: Id
    name: Name
    team: Text = ""
    tier: Text = ""
    repository: Text = ""
    suites: list[SuiteName] = list(DOCUMENT_SUITES)
    sender_names: list[Name] = []


class _Pair(_Part):
    cluster: Id
    service: Id
    source: Name


class _Openers(_Part):
    default: Name | None = None
    clusters: dict[Id, Name] = {}
    services: dict[Id, Name] = {}
    pairs: list[_Pair] = []


class _Mapping(_Part):
    name: Name
    source: Name
    when: dict[Name, Pattern] = {}
    service: Template | None = None
    cluster: Template | None = None
    version: Template | None = None
    deployment: bool | None = None
    ignore: bool = False


class _File(_Part):
    clusters: list[_Cluster] = []
    services: list[_Service] = []
    suites: list[SuiteName] = []
    openers: _Openers = _Openers()
    mappings: Annotated[list[_Mapping], Field(max_length=1000)] = []


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
            file = _File.model_validate({} if raw is None else raw)
        except ValidationError as error:
            complaints = [(e["loc"], WORDS.get(e["type"], e["msg"])) for e in error.errors(include_url=False)]
        else:
            complaints = list(_contradictions(file))
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


def _contradictions(file: _File) -> Iterator[tuple[Loc, str]]:
    """What each part alone cannot know."""
    yield from _twice("clusters", ((("clusters", i, "id"), c.id) for i, c in enumerate(file.clusters)))
    yield from _twice("services", ((("services", i, "id"), s.id) for i, s in enumerate(file.services)))
    names = [
        (("services", i, "sender_names", j), name)
        for i, service in enumerate(file.services)
        for j, name in enumerate(service.sender_names)
    ]
    yield from _twice("sender names", names)
    cluster_names = [
        (("clusters", i, "sender_names", j), name)
        for i, cluster in enumerate(file.clusters)
        for j, name in enumerate(cluster.sender_names)
    ]
    yield from _twice("sender names", cluster_names)
    yield from _twice("mappings", ((("mappings", i, "name"), m.name) for i, m in enumerate(file.mappings)))
    for i, mapping in enumerate(file.mappings):
        gives = (mapping.service, mapping.cluster, mapping.version, mapping.deployment)
        if not mapping.ignore and all(one is None for one in gives):
            yield ("mappings", i), "gives nothing: it needs service, cluster, version, deployment or ignore"
        if mapping.ignore and any(one is not None for one in gives):
            yield ("mappings", i, "ignore"), "stands alone: what is ignored is mapped to nothing"
    for i, suite in enumerate(file.suites):
        if suite in RESERVED_SUITES:
            yield ("suites", i), f"{suite} cannot be the name of a suite"
    known = dict.fromkeys((*DOCUMENT_SUITES, *file.suites))
    for i, service in enumerate(file.services):
        for j, suite in enumerate(service.suites):
            if suite not in known:
                yield ("services", i, "suites", j), f"{suite} is no suite; known are {', '.join(known)}"


def _twice(what: str, found: Iterable[tuple[Loc, str]]) -> Iterator[tuple[Loc, str]]:
    seen: dict[str, Loc] = {}
    for loc, value in found:
        if value in seen:
            yield loc, f"{value!r} is twice among the {what}"
        seen[value] = loc


def _catalog(file: _File) -> Catalog:
    clusters = [
        Cluster(
            c.id, c.name, ClusterType(c.type), c.role, c.description, c.order, c.region,
            sender_names=tuple(c.sender_names),
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
    )  # fmt: skip


def _openers(openers: _Openers) -> Iterator[tuple[str, str]]:
    if openers.default is not None:
        yield "*", openers.default
    yield from openers.clusters.items()
    yield from ((f"*#{service}", source) for service, source in openers.services.items())
    yield from ((keys.pair(pair.cluster, pair.service), pair.source) for pair in openers.pairs)
