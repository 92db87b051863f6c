"""Every key of every table, and the rules of our identifiers: one place, pure."""

import re

from data.models import Day, Instant

ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,127}")
ATTEMPT_NUMBER = re.compile(r"[A-Za-z0-9._-]{1,64}")
GIT_SHA = re.compile(r"[0-9a-f]{7,64}")
MOVING_VERSIONS = frozenset({"latest", "stable", "main", "master", "head"})

CLAIM = "CLAIM#"
POINTER = "ATTEMPT"
LISTED = "ATTEMPT#"
BUILT = "BUILD"  # before CLAIM, so that a fact is read before its claims
RETIRED = "#retired"
SCORE_RULES = "RULES"  # beside service ids, which are in lower case
SCORE_LEVELS = "LEVELS"
SCORE_DIGEST = "DIGEST"
RETIREMENTS = "RETIREMENT#"  # every pair's partition of them begins so


def attempt_id(cluster_id: str, service_id: str, version: str, n: str) -> str:
    """`{clusterId}:{serviceId}:{buildVersion}:{n}`."""
    return f"{cluster_id}:{service_id}:{version}:{n}"


def split_attempt_id(value: str) -> tuple[str, str, str, str] | None:
    """(cluster, service, version, n), or None where the text is no attempt id."""
    parts = value.split(":")
    if len(parts) != 4:
        return None
    rules = (ID, ID, VERSION, ATTEMPT_NUMBER)
    if not all(rule.fullmatch(part) for rule, part in zip(rules, parts, strict=True)):
        return None
    return parts[0], parts[1], parts[2], parts[3]


def pair(cluster_id: str, service_id: str) -> str:
    """Partition of a pair's attempts."""
    return f"{cluster_id}#{service_id}"


def attempt_sk(started_at: Instant, attempt: str) -> str:
    """Sort key of an attempt: time first, so that a range of time is a range of keys."""
    return f"{started_at}#{attempt}"


def version_partition(cluster_id: str, service_id: str, version: str) -> str:
    """Partition in `test-runs` of what is known of a version but named no attempt."""
    return f"{cluster_id}#{service_id}#{version}"


def claim_sk(event_id: str, digest: str) -> str:
    """Sort key of a claim within its fact's partition.

    One delivery may say several things, and a sender may use an id twice: each statement is a claim of its own.
    """
    return f"{CLAIM}{event_id}" if event_id == digest else f"{CLAIM}{event_id}#{digest[:12]}"


def run_sk(suite: str, executed_at: Instant | None, test_run_id: str) -> str:
    """Sort key of one run of a suite."""
    return f"{suite}#{executed_at or ''}#{test_run_id}"


def promotion_sk(promoted_at: Instant, promotion_id: str) -> str:
    """Sort key of a promotion within its service."""
    return f"{promoted_at}#{promotion_id}"


def promotion_partition(service_id: str, promotion_id: str) -> str:
    """Partition of a promotion's claims; `#` keeps it apart from service ids."""
    return f"PROMOTION#{service_id}#{promotion_id}"


def incident_partition(service_id: str, incident_id: str) -> str:
    """Partition of an incident's claims."""
    return f"INCIDENT#{service_id}#{incident_id}"


def incidents_of(service_id: str) -> str:
    """Partition of a service's incidents, by time."""
    return f"INCIDENTS#{service_id}"


def build_partition(image: str) -> str:
    """Partition of what was said of an image."""
    return f"BUILD#{image}"


def retirement_partition(cluster_id: str, service_id: str) -> str:
    """Partition of a pair's retirements."""
    return f"{RETIREMENTS}{cluster_id}#{service_id}"


def day_pk(cluster_id: str) -> str:
    """Read model: the days of a cluster."""
    return f"DAY#{cluster_id}"


def day_sk(service_id: str, day: Day, part: int = 1) -> str:
    """Read model: one service's day; `part` > 1 carries what did not fit."""
    return f"{service_id}#{day}" if part == 1 else f"{service_id}#{day}#{part}"


def current_pk(cluster_id: str) -> str:
    """Read model: the current state of a cluster's services (sk = service id)."""
    return f"CURRENT#{cluster_id}"


def retired_sk(service_id: str) -> str:
    """Read model: when a cluster's service was retired, beside its current state."""
    return f"{service_id}{RETIRED}"


def score_day_pk(day: Day) -> str:
    """Snapshots: the score card of a day (sk = service id, or SCORE_RULES)."""
    return f"DAY#{day}"


def score_service_pk(service_id: str) -> str:
    """Snapshots: a service's days (sk = day)."""
    return f"SERVICE#{service_id}"


def change_pk(minute: str) -> str:
    """Read model: what was written in one minute (`YYYY-MM-DDTHH:MM`)."""
    return f"CHANGE#{minute}"


def find_pk(word: str) -> str:
    """Read model: where a version, short sha or attempt id is found."""
    return f"FIND#{word}"


def day_of(instant: Instant) -> Day:
    """The UTC day of an instant."""
    return instant[:10]
