"""What may stand in `catalog.yaml`, field by field. Pure."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from data import keys
from data.catalog_models import DOCUMENT_SUITES
from data.patterns import check_pattern, check_template


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


class Part(BaseModel):
    """Base of every part: strict, and without fields we do not know."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Entry(Part):
    """What has an id of ours and names that senders use."""

    id: Id
    name: Name
    sender_names: list[Name] = []


class Cluster(Entry):
    """A cluster-region."""

    type: Kind
    role: Text = ""
    description: Text = ""
    order: Annotated[int, Field(ge=0, le=1_000_000)]
    region: Text = ""


class Service(Entry):
    """A deployable service."""

    team: Text = ""
    tier: Text = ""
    repository: Text = ""
    suites: list[SuiteName] = list(DOCUMENT_SUITES)


class Pair(Part):
    """Who opens the attempts of one service on one cluster."""

    cluster: Id
    service: Id
    source: Name


class Openers(Part):
    """Who opens attempts."""

    default: Name | None = None
    clusters: dict[Id, Name] = {}
    services: dict[Id, Name] = {}
    pairs: list[Pair] = []


class Mapping(Part):
    """One rule from senders' names to our ids."""

    name: Name
    source: Name
    when: dict[Name, Pattern] = {}
    service: Template | None = None
    cluster: Template | None = None
    version: Template | None = None
    deployment: bool | None = None
    ignore: bool = False


class File(Part):
    """The whole file."""

    clusters: list[Cluster] = []
    services: list[Service] = []
    suites: list[SuiteName] = []
    openers: Openers = Openers()
    mappings: Annotated[list[Mapping], Field(max_length=1000)] = []
