"""What a bound credential may speak of, judged once the events are known."""

from typing import Any

import pytest

from data.errors import Forbidden
from data.events import AnyEvent
from ingest import admission
from ingest.admission import Admission
from ingest.envelope import normalize
from tests.ingest import saying

RECEIVED = "2026-02-24T12:00:00.000Z"
MIRA, PAVO = "mira-us-west-2", "pavo-eu-central-1"


def events(body: dict[str, Any]) -> list[AnyEvent]:
    return normalize(body, RECEIVED, suites=("FUNCTIONAL",))


def bound(*clusters: str, services: frozenset[str] | None = None) -> Admission:
    return Admission("key", clusters=frozenset(clusters) if clusters else None, services=services)


def test_a_credential_without_bounds_may_speak_of_everything():
    admission.check(Admission("secret"), "github", events(saying.promotion()))


def test_a_credential_for_one_source_is_not_for_another():
    mine = Admission("jenkins secret", frozenset({"jenkins"}))
    admission.check(mine, "jenkins", events(saying.deployment(envelope_source="jenkins")))
    with pytest.raises(Forbidden, match="not for source github-actions"):
        admission.check(mine, "github-actions", events(saying.deployment()))


def test_what_comes_to_nothing_is_judged_by_its_source_too():
    mine = Admission("jenkins secret", frozenset({"jenkins"}))
    admission.check(mine, "jenkins", [])
    with pytest.raises(Forbidden, match="not for source gitlab"):
        admission.check(mine, "gitlab", [])


def test_clusters_and_services_bind_every_event_of_a_delivery():
    own, foreign = saying.deployment(), saying.deployment(clusterId=PAVO)
    admission.check(bound(MIRA), "", events(own))
    with pytest.raises(Forbidden, match=f"not for cluster {PAVO}"):
        admission.check(bound(MIRA), "", events(own) + events(foreign))
    with pytest.raises(Forbidden, match="not for service authn"):
        admission.check(bound(services=frozenset({"billing"})), "", events(own))


@pytest.mark.parametrize(
    "body",
    [
        saying.promotion(fromClusterId=MIRA, toClusterId=PAVO),
        saying.promotion(fromClusterId=PAVO, toClusterId=MIRA),
        saying.incident(clusterId=...),
        saying.incident(clusterId=MIRA, attemptId=f"{PAVO}:authn:3.4.2:1"),
        {"source": "ci", "eventType": "build", "payload": {"image": "registry/authn:1.0.0", "sha": "abcdef0"}},
    ],
    ids=["promotion away", "promotion here", "incident everywhere", "another's attempt", "a build, of no cluster"],
)
def test_what_reaches_beyond_the_cluster_is_refused(body: dict[str, Any]):
    with pytest.raises(Forbidden):
        admission.check(bound(MIRA), "", events(body))


def test_no_name_at_all_is_allowed_by_an_empty_bound():
    with pytest.raises(Forbidden):
        admission.check(Admission("key", clusters=frozenset()), "", events(saying.deployment()))
