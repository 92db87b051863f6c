"""The delivery metrics by their definitions alone: slow, obvious, on raw attempts, without columns or the judge."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from data.models import Attempt, Incident

SERVED = ("SUCCESS", "LIVE", "ROLLBACK")
GOOD = ("SUCCESS", "LIVE")
RULES = ("rolled_back", "restored", "hotfix", "incident")


def time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def end(one: Attempt) -> datetime:
    return time(one.ended_at or one.started_at)


@dataclass
class Found:
    """An attempt and what the definitions say of it."""

    attempt: Attempt
    kind: str
    rule: str | None = None
    detected: datetime | None = None
    recovered: datetime | None = None
    by: Attempt | None = None
    incident: str | None = None
    rework: str | None = None
    leads: list[int] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    first: bool = False
    promoted: float | None = None


def order(one: Attempt):
    return end(one), time(one.started_at), one.attempt_id


def older(version: str, than: str, pair: Sequence[Attempt]) -> bool:
    def numbers(text: str) -> tuple[int, ...] | None:
        parts = text.split(".")
        return tuple(map(int, parts)) if len(parts) == 3 and all(part.isdigit() for part in parts) else None

    mine, theirs = numbers(version), numbers(than)
    if mine and theirs:
        return mine < theirs

    def appeared(wanted: str) -> tuple[datetime, str]:
        return min((time(one.started_at), one.attempt_id) for one in pair if one.build_version == wanted)

    return appeared(version) < appeared(than)


def kinds(pair: Sequence[Attempt], hurt: set[str]) -> list[Found]:
    """Every attempt of a pair with what it counts as; those that reached users first, in their order."""
    reached = sorted(
        (one for one in pair if not one.cancelled and (one.status in SERVED or one.attempt_id in hurt)), key=order
    )
    found: list[Found] = []
    for one in reached:
        if one.status == "FAILED":
            found.append(Found(one, "deployment"))
            continue
        before = [other.attempt for other in found if other.attempt.status != "FAILED"]
        live = before[-1] if before else None
        again = live is not None and one.build_version == live.build_version
        came_back = (
            live is not None
            and not again
            and one.build_version in {other.build_version for other in before}
            and older(one.build_version, live.build_version, pair)
        )
        if one.trigger == "rollback" or (one.rollback_to_build and one.status != "ROLLBACK") or came_back:
            kind = "restore"
        elif again and live is not None and live.status != "ROLLBACK":
            kind = "redeploy"
        else:
            kind = "deployment"
        found.append(Found(one, kind))
    for one in pair:
        if one not in reached:
            status = "in_progress" if one.status == "IN_PROGRESS" else "failed_rollout"
            found.append(Found(one, "cancelled" if one.cancelled else status))
    return found


def blamed(found: Sequence[Found], at: int) -> Found | None:
    """The first deployment after the version that a restore goes back to last began to serve."""
    version, began = found[at].attempt.build_version, None
    for place in range(at):
        here = found[place]
        if here.attempt.status == "FAILED" or here.attempt.build_version != version:
            continue
        before = [one for one in found[:place] if one.attempt.status != "FAILED"]
        if here.kind == "deployment" or not before or before[-1].attempt.build_version != version:
            began = place
    if began is None:
        deployed = [one for one in found[:at] if one.kind == "deployment"]
        return deployed[-1] if deployed else None
    return next((one for one in found[began + 1 : at] if one.kind == "deployment"), None)


def is_hotfix(one: Attempt) -> bool:
    return one.trigger == "hotfix" or one.hotfix


def judge(found: Sequence[Found], incidents: dict[str, Incident]) -> None:
    """Mark failures, what ended them, and rework; `found` begins with those that reached users, in order."""
    count = sum(one.kind in ("deployment", "restore", "redeploy") for one in found)
    deployed = [at for at in range(count) if found[at].kind == "deployment"]
    for at in range(count):
        if found[at].kind == "restore":
            found[at].rework = "restore"
        elif found[at].kind == "deployment" and is_hotfix(found[at].attempt):
            found[at].rework = "hotfix"
    for at in deployed:
        one = found[at]
        since: dict[str, int] = {}
        if one.attempt.status == "ROLLBACK":
            since["rolled_back"] = at + 1
        restores = [j for j in range(at + 1, count) if found[j].kind == "restore" and blamed(found, j) is one]
        if restores:
            since["restored"] = restores[0]
        following = next((j for j in deployed if j > at), None)
        if following is not None and is_hotfix(found[following].attempt) and (
            found[following].attempt.status != "FAILED"
            and end(found[following].attempt) - end(one.attempt) <= timedelta(hours=24)
        ):  # fmt: skip
            since["hotfix"] = following
        incident = incidents.get(one.attempt.attempt_id)
        if incident is not None:
            since["incident"] = at + 1
            one.incident = incident.incident_id
        rule = next((rule for rule in RULES if rule in since), None)
        if rule is not None:
            ended(found, count, one, rule, since[rule], incident)


def ended(found: Sequence[Found], count: int, one: Found, rule: str, since: int, incident: Incident | None) -> None:
    one.rule = rule
    one.detected = time(incident.started_at) if rule == "incident" and incident else end(one.attempt)
    for other in found[since:count]:
        if other.attempt.status in GOOD and end(other.attempt) >= one.detected:
            one.recovered, one.by = end(other.attempt), other.attempt
            break
    if rule == "incident" and incident and incident.resolved_at:
        resolved = time(incident.resolved_at)
        if one.recovered is None or resolved < one.recovered:
            one.recovered, one.by = max(resolved, one.detected), None
    if rule == "incident" and one.by is not None:
        fix = next(other for other in found if other.attempt is one.by)
        if fix.kind == "deployment" and fix.rework is None:
            fix.rework = "incident_fix"


def linked(of_service: Sequence[Found], incidents: Sequence[Incident]) -> dict[str, Incident]:
    """The earliest incident of each deployment, by attempt."""
    found: dict[str, list[Incident]] = {}
    for incident in incidents:
        name = incident.attempt_id
        if name is None:
            began = time(incident.started_at)
            candidates = [
                one.attempt for one in of_service
                if one.kind == "deployment" and incident.cluster_id in (None, one.attempt.cluster_id)
                and timedelta() <= began - end(one.attempt) <= timedelta(hours=72)
            ]  # fmt: skip
            if candidates:
                name = max(
                    candidates, key=lambda one: (end(one), one.cluster_id, time(one.started_at), one.attempt_id)
                ).attempt_id
        if name is not None:
            found.setdefault(name, []).append(incident)
    return {name: min(of, key=lambda one: (one.started_at, one.incident_id)) for name, of in found.items()}


def lead_times(one: Found) -> None:
    said = [commit.committed_at for commit in one.attempt.commits] or [one.attempt.committed_at]
    for committed in said:
        if committed is None:
            reason = "no_commit_time"
        elif one.attempt.ended_at is None:
            reason = "no_end"
        elif time(committed) > time(one.attempt.ended_at):
            reason = "clock_skew"
        else:
            one.leads.append(round((time(one.attempt.ended_at) - time(committed)).total_seconds()))
            continue
        one.left_out[reason] = one.left_out.get(reason, 0) + 1
    one.leads.sort()


def ledger(
    attempts: Sequence[Attempt], production: Sequence[str], lowest: Sequence[str], incidents: Sequence[Incident]
) -> list[Found]:
    """Every attempt of production, newest first."""
    found: list[Found] = []
    for service in sorted({one.service_id for one in attempts}):
        mine = [one for one in attempts if one.service_id == service and one.cluster_id in production]
        about = [one for one in incidents if one.service_id == service]
        failed = {one.attempt_id for one in mine if one.status == "FAILED"}
        hurt = {one.attempt_id for one in about if one.attempt_id in failed}
        pairs = [kinds([one for one in mine if one.cluster_id == cluster], hurt) for cluster in production]
        links = linked([one for pair in pairs for one in pair], about)
        for pair in pairs:
            judge(pair, links)
            found += pair
        releases(
            [one for pair in pairs for one in pair if one.kind == "deployment"],
            [one for one in attempts if one.service_id == service and one.cluster_id in lowest],
        )
    found.sort(key=lambda one: (one.attempt.started_at, one.attempt.cluster_id, one.attempt.service_id), reverse=True)
    return found


def releases(deployed: Sequence[Found], lower: Sequence[Attempt]) -> None:
    for one in deployed:
        lead_times(one)
    for version in {one.attempt.build_version for one in deployed}:
        mine = [one for one in deployed if one.attempt.build_version == version]
        first = min(mine, key=lambda one: (one.attempt.started_at, one.attempt.cluster_id, one.attempt.attempt_id))
        first.first = True
        seen = [
            end(one) for one in lower
            if one.build_version == version and one.status in GOOD and not one.cancelled
        ]  # fmt: skip
        there = min(end(one.attempt) for one in mine)
        if seen and min(seen) <= there:
            first.promoted = (there - min(seen)).total_seconds()


def quantile(values: Sequence[float], share: float) -> float | None:
    """Linear interpolation."""
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def distinct_releases(rows: Sequence[Found], every: Sequence[Found]) -> int:
    """Releases whose first deployment on these cluster-regions is among `rows`."""
    count = 0
    for one in (one for one in rows if one.kind == "deployment"):
        same = [
            other for other in every
            if other.kind == "deployment" and other.attempt.service_id == one.attempt.service_id
            and other.attempt.build_version == one.attempt.build_version
        ]  # fmt: skip
        first = min(same, key=lambda o: (o.attempt.started_at, o.attempt.cluster_id, o.attempt.attempt_id))
        count += first is one
    return count


def day(text: str) -> str:
    return time(text).astimezone(UTC).date().isoformat()
