"""What a word leads to: services and clusters by name, versions that serve, attempts by version, SHA or id. Pure.

What is in memory is matched by any part; attempts are found by exact words (`FIND` of the read model), which the
caller looks up and gives here. Of several words each must say something of an attempt: "payments 3.1", "authn pavo".
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from heapq import nsmallest

from data import keys
from data.generation import Generation
from data.models import Attempt, AttemptRow, Scope, Status
from data.visible import clusters, services, states

MOST_LENGTH = 330
SHORT_SHA = 7
MOST_LOOKED_UP = 2  # of several words that may be a version or a SHA
_SHA = re.compile(r"[0-9a-f]{7,64}")


class HitKind(StrEnum):
    """What was found; in this order they are shown."""

    SERVICE = "service"
    CLUSTER = "cluster"
    ATTEMPT = "attempt"


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: `id` of its kind, a title and a line about it."""

    kind: HitKind
    id: str
    title: str
    detail: str
    status: Status | None = None


def words_of(text: str) -> list[str]:
    """The exact words under which attempts of this text would be found: as typed, and a SHA by its beginning.

    Of several words those with a digit are looked up, the first of them.
    """
    several = text.split()
    if len(several) > 1:
        numbered = [word for word in several if any(letter.isdigit() for letter in word)]
        return list(dict.fromkeys(found for word in numbered[:MOST_LOOKED_UP] for found in _exact(word)))
    return _exact(text.strip())


def _exact(word: str) -> list[str]:
    if not word or len(word) > MOST_LENGTH:
        return []
    sha = word.lower()
    words = [word] if keys.VERSION.fullmatch(word) or keys.split_attempt_id(word) else []
    return list(dict.fromkeys([*words, sha[:SHORT_SHA]] if _SHA.fullmatch(sha) else words))


def known(gen: Generation, scope: Scope, text: str, limit: int) -> list[Hit]:
    """Services, clusters and serving or latest attempts in memory whose words hold this text, the closest first."""
    wanted = text.strip().lower()
    if not wanted:
        return []
    found = [*_services(gen, scope, wanted), *_clusters(gen, scope, wanted), *_versions(gen, scope, wanted)]
    return [make() for _, make in nsmallest(limit, found, key=lambda one: one[0])]


def of_attempts(gen: Generation, attempts: Iterable[Attempt], text: str = "") -> list[Hit]:
    """Attempts found by a word, newest first; of several words in `text` each must say something of the attempt."""
    several = text.lower().split()
    if len(several) > 1:
        names = _Names(gen, several)
        attempts = [one for one in attempts if names.all_said(*one.pair, _own_words(one, ":" in text))]
    newest = sorted(attempts, key=lambda one: (one.started_at, one.attempt_id), reverse=True)
    return [
        _attempt(gen, one.cluster_id, one.service_id, one.attempt_id, one.build_version, one.started_at, one.status)
        for one in newest
    ]


def merged(first: Sequence[Hit], then: Sequence[Hit], limit: int) -> list[Hit]:
    """Both lists, each thing once, by kind."""
    once = {(hit.kind, hit.id): hit for hit in (*first, *then)}
    order = list(HitKind)
    return sorted(once.values(), key=lambda hit: order.index(hit.kind))[:limit]


Ranked = tuple[tuple[int, str], Callable[[], Hit]]  # made where it is shown


def _closeness(wanted: str, *names: str) -> int | None:
    """0 where a name is the text, 1 where one begins with it, 2 where one holds it; None where none does."""
    lower = [name.lower() for name in names if name]
    if wanted in lower:
        return 0
    if any(name.startswith(wanted) for name in lower):
        return 1
    return 2 if any(wanted in name for name in lower) else None


def _services(gen: Generation, scope: Scope, wanted: str) -> Iterable[Ranked]:
    for one in services(gen, scope):
        near = _closeness(wanted, one.service_id, one.name, one.team, *one.sender_names)
        if near is not None:
            about = " · ".join(part for part in (one.service_id, one.team, one.tier) if part)
            yield (near, one.name.casefold()), partial(Hit, HitKind.SERVICE, one.service_id, one.name, about)


def _clusters(gen: Generation, scope: Scope, wanted: str) -> Iterable[Ranked]:
    for one in clusters(gen, scope):
        near = _closeness(wanted, one.cluster_id, one.name, one.type.value, one.region)
        if near is not None:
            about = " · ".join(part for part in (one.cluster_id, one.type.value, one.role) if part)
            yield (near, one.name.casefold()), partial(Hit, HitKind.CLUSTER, one.cluster_id, one.name, about)


def _versions(gen: Generation, scope: Scope, wanted: str) -> Iterable[Ranked]:
    """Of each pair the serving and the latest attempt, by the beginning of version, SHA or id."""
    several = wanted.split()
    names = _Names(gen, several)
    for (cluster_id, service_id), state in states(gen, scope).items():
        for row in {r.attempt_id: r for r in (state.current.serving, state.latest) if r}.values():
            if names.all_said(cluster_id, service_id, _own_words(row, ":" in wanted)):
                hit = partial(
                    _attempt,
                    gen,
                    cluster_id,
                    service_id,
                    row.attempt_id,
                    row.build_version,
                    row.started_at,
                    row.status,
                )
                yield (2, row.started_at), hit


def _own_words(row: Attempt | AttemptRow, by_id: bool) -> tuple[str, ...]:
    return (row.build_version.lower(), (row.git_sha or "").lower(), row.attempt_id.lower() if by_id else "")


class _Names:
    """Which of several words the names of services and cluster-regions hold, looked at once for each."""

    def __init__(self, gen: Generation, several: Sequence[str]) -> None:
        self._gen = gen
        self._several = several
        self._of_service: dict[str, frozenset[int]] = {}
        self._of_cluster: dict[str, frozenset[int]] = {}

    def all_said(self, cluster_id: str, service_id: str, own: tuple[str, ...]) -> bool:
        """Whether each word begins one of `own` or is in a name of service or cluster; one name is not enough."""
        words = enumerate(self._several)
        left = {place for place, word in words if not any(name.startswith(word) for name in own)}
        if len(self._several) == 1 or not left:
            return not left
        service, cluster = self._service(service_id), self._cluster(cluster_id)
        if not left <= service | cluster:
            return False
        return len(left) < len(self._several) or not (left <= service or left <= cluster)

    def _service(self, service_id: str) -> frozenset[int]:
        if service_id not in self._of_service:
            one = self._gen.services.get(service_id)
            self._of_service[service_id] = self._held(service_id, *((one.name, one.team or "") if one else ()))
        return self._of_service[service_id]

    def _cluster(self, cluster_id: str) -> frozenset[int]:
        if cluster_id not in self._of_cluster:
            one = self._gen.clusters.get(cluster_id)
            self._of_cluster[cluster_id] = self._held(cluster_id, *((one.name, one.type.value) if one else ()))
        return self._of_cluster[cluster_id]

    def _held(self, *names: str) -> frozenset[int]:
        words = enumerate(self._several)
        return frozenset(place for place, word in words if _closeness(word, *names) is not None)


def _attempt(
    gen: Generation, cluster_id: str, service_id: str, attempt_id: str, version: str, started_at: str, status: Status
) -> Hit:  # fmt: skip
    service, cluster = gen.services.get(service_id), gen.clusters.get(cluster_id)
    title = f"{service.name if service else service_id} {version}"
    about = f"{cluster.name if cluster else cluster_id} · {started_at[:16].replace('T', ' ')} UTC"
    return Hit(HitKind.ATTEMPT, attempt_id, title, about, status)
