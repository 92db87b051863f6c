"""What a normaliser is given and what it answers. Pure.

A normaliser translates: from a sender's words to payloads of our envelope (`ingest/schema.py`). Whether those are
valid is judged afterwards, in one place, by the envelope's own rules.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from data.catalog_models import Catalog
from data.events import EventType
from data.models import (
    Instant,
)


class Ignored(StrEnum):
    """Why an authentic delivery changes nothing: stable words, counted per source."""

    PING = "ping"
    NOT_ABOUT_US = "not_about_us"  # an event of a kind that says nothing of deployments, tests or incidents
    UNMAPPED = "unmapped"  # may be a deployment, but no mapping rule says so, or none gives service or cluster
    RULE = "rule"  # a mapping rule says to ignore it
    SUPERSEDED = "superseded"  # an older deployment became inactive because a newer one is there
    RESYNC = "resync"  # the same version was applied again
    UNFINISHED = "unfinished"  # an outcome is not known yet and nothing began
    NO_OUTCOME = "no_outcome"  # it ended without saying anything about the version (neutral, stale, skipped)
    BUILD_ONLY = "build_only"  # something was built or published, nothing was deployed
    OUTDATED = "outdated"  # the sender's own state is not current (an older generation)
    OLDER_THAN_RETENTION = "older_than_retention"


@dataclass(frozen=True, slots=True)
class Letter:
    """One delivery, its credentials checked and its body parsed.

    `headers` answers any letter case; `params` are those of the address. `body` is strict JSON, or the bytes of XML.
    """

    body: Any
    headers: Mapping[str, str]
    received_at: Instant
    catalog: Catalog
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing said: an event type with its payload in the envelope's words, and how names became ids."""

    event_type: EventType
    payload: Mapping[str, Any]
    delivery_id: str | None = None
    via: tuple[str, ...] = ()
    source: str | None = None  # only where it is not the sender's own (our envelope)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a delivery comes to: statements, or why there are none (`ignored`, with a sentence in `detail`)."""

    statements: Sequence[Statement] = ()
    ignored: Ignored | None = None
    detail: str | None = None
    via: tuple[str, ...] = ()
    # fields of our own envelope that we do not know: a misspelt one shows here
    unknown_fields: tuple[str, ...] = ()


def ignore(reason: Ignored, detail: str, via: tuple[str, ...] = ()) -> Reading:
    """A delivery that changes nothing, and why."""
    return Reading(ignored=reason, detail=detail, via=via)
