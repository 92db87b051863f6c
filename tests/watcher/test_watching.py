"""The watcher's decisions: what is told, once, by whom, and what is kept when the queue or the API is away."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from data.catalog_models import Catalog, Rule, Service
from data.errors import Unavailable
from ingest.sending import Refusal
from tests.watcher.api import Api
from tests.watcher.objects import Object, available, deployment, late, pod, replica_set, template, waiting
from watcher.cluster import DEPLOYMENT, ROLLOUT, Cluster, Scope
from watcher.feed import Listed, Removed, Seen
from watcher.watching import HELD_SECONDS, Outside, Watcher

EVERYWHERE = Scope(DEPLOYMENT)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@dataclass
class World:
    """A watcher with a queue, a catalog and a clock that the test sets."""

    cluster: Cluster
    catalog: Catalog = field(default_factory=Catalog)
    now: float = 1000.0
    leads: bool = True
    follows: bool = False
    away: bool = False  # the queue
    lost: bool = False  # the catalog
    refusals: list[Refusal | None] = field(default_factory=list)
    sent: list[Object] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        outside = Outside(
            self.cluster, "mira-us-west-2", self._catalog, self._send_ten, lambda: NOW, lambda: self.now
        )  # fmt: skip
        self.watcher = Watcher(outside, self)

    def see(self, thing: Object, scope: Scope = EVERYWHERE) -> list[Object]:
        """Let the watcher see an object; what it sends."""
        return self.take(Seen(scope, thing))

    def take(self, change: Seen | Listed | Removed) -> list[Object]:
        self.watcher.tell(change)
        return self.turn()

    def turn(self, later: float = 0.0) -> list[Object]:
        """One turn of the loop, so much later; what it sends."""
        self.now += later
        before = len(self.sent)
        self.watcher.step(0)
        return self.sent[before:]

    def _catalog(self) -> Catalog:
        if self.lost:
            raise Unavailable("the table is away")
        return self.catalog

    def _send_ten(self, bodies: Sequence[str]) -> list[Refusal | None]:
        if self.away:
            raise Unavailable("the queue is away")
        outcomes = [self.refusals.pop(0) if self.refusals else None for _ in bodies]
        self.sent += [json.loads(body) for body, refusal in zip(bodies, outcomes, strict=True) if refusal is None]
        self.batches.append(len(bodies))
        return outcomes


@pytest.fixture
def world(cluster: Cluster) -> World:
    return World(cluster)


@pytest.fixture
def going_on(api: Api) -> Object:
    """The rollout of 3.4.2, revision 2, after 3.4.1."""
    api.put("replicasets", replica_set("3.4.1", 1, made="2026-11-01T10:00:00Z"))
    api.put("replicasets", replica_set("3.4.2", 2))
    return deployment("3.4.2", 2)


def statuses(sent: list[Object]) -> list[str]:
    return [one["payload"]["status"] for one in sent]


def test_a_rollout_is_told_as_it_begins_and_as_it_ends(world: World, going_on: Object):
    (begun,) = world.see(going_on)
    assert begun["payload"] == {
        "clusterId": "mira-us-west-2", "serviceId": "authn", "buildVersion": "3.4.2", "attemptNumber": "5069c786.2",
        "status": "IN_PROGRESS", "startedAt": "2026-11-20T10:00:00.000Z", "eventTime": "2026-11-20T10:00:00.000Z",
        "image": "registry.acme.example/identity/authn:3.4.2",
    }  # fmt: skip
    assert (begun["eventType"], begun["source"], begun["schemaVersion"]) == ("deployment", "kubernetes", 1)
    (done,) = world.see(available(going_on))
    assert done["payload"]["status"] == "SUCCESS"
    assert done["payload"]["attemptNumber"] == "5069c786.2"
    assert done["payload"]["startedAt"] == "2026-11-20T10:00:00.000Z"
    assert done["payload"]["endedAt"] == done["payload"]["eventTime"] == "2026-11-20T10:03:00.000Z"
    assert begun["eventId"] != done["eventId"]


def test_nothing_is_told_twice_and_scaling_or_an_annotation_is_no_rollout(world: World, going_on: Object):
    world.see(going_on)
    assert world.see(going_on) == []
    done = available(going_on)
    assert len(world.see(done)) == 1
    done["spec"]["replicas"] = 7
    done["metadata"] |= {"generation": 3}
    done["status"] |= {"observedGeneration": 3, "replicas": 7, "updatedReplicas": 7}
    assert world.see(done) == []
    done["metadata"]["annotations"]["note"] = "changed"
    assert world.see(done) == []
    assert world.take(Listed(EVERYWHERE, (done,))) == []
    assert world.see(going_on) == []  # a pod is replaced: what is done is not under way again


def test_a_failure_says_what_its_pods_say_and_may_heal(api: Api, world: World, going_on: Object):
    api.put("pods", pod(2, 1, containerStatuses=[waiting("ImagePullBackOff", "no such tag")]))
    api.put("pods", pod(1, 2, containerStatuses=[waiting("CrashLoopBackOff", "the version before")]))
    (failed,) = world.see(late(going_on))
    assert failed["payload"]["failureReason"] == (
        'ImagePullBackOff in container authn: no such tag. ReplicaSet "authn-2" has timed out progressing.'
    )
    assert world.see(going_on) == []
    assert statuses(world.see(available(going_on, "2026-11-20T10:20:00Z"))) == ["SUCCESS"]


def test_a_failure_is_told_even_where_pods_cannot_be_asked(api: Api, world: World, going_on: Object):
    api.failing["pods"] = 403
    (failed,) = world.see(late(going_on))
    assert failed["payload"]["failureReason"] == 'ReplicaSet "authn-2" has timed out progressing.'


def test_each_revision_is_an_attempt_of_its_own(api: Api, world: World, going_on: Object):
    world.see(available(going_on))
    api.put("replicasets", replica_set("3.4.3", 3, made="2026-11-20T11:00:00Z"))
    (next_one,) = world.see(deployment("3.4.3", 3))
    assert next_one["payload"]["attemptNumber"] == "5069c786.3"
    assert next_one["payload"]["startedAt"] == "2026-11-20T11:00:00.000Z"


def test_a_rollout_that_another_overtakes_was_cancelled(api: Api, world: World, going_on: Object):
    world.see(going_on)
    api.put("pods", pod(2, 1, phase="Running", containerStatuses=[{"name": "authn", "ready": False}]))
    api.put("replicasets", replica_set("3.4.3", 3))
    ended, begun = world.see(deployment("3.4.3", 3))
    assert (ended["payload"]["buildVersion"], ended["payload"]["status"]) == ("3.4.2", "FAILED")
    assert ended["payload"]["cancelled"] is True
    assert ended["payload"]["failureReason"] == "another rollout began before it was done"
    # should another watcher have seen how it ended, its word is the later one and holds
    assert ended["payload"]["eventTime"] == ended["payload"]["startedAt"]
    assert (begun["payload"]["buildVersion"], begun["payload"]["status"]) == ("3.4.3", "IN_PROGRESS")


def test_a_rollout_whose_pods_fail_when_another_overtakes_it_failed(api: Api, world: World, going_on: Object):
    world.see(going_on)
    api.put("pods", pod(2, 1, containerStatuses=[waiting("CrashLoopBackOff", "back-off")]))
    api.put("replicasets", replica_set("3.4.1", 3, again=True))
    ended, back = world.see(deployment("3.4.1", 3))
    assert "cancelled" not in ended["payload"]
    assert ended["payload"]["failureReason"] == (
        "CrashLoopBackOff in container authn: back-off; another rollout began before it was done"
    )
    assert back["payload"]["trigger"] == "rollback"


def test_a_rollout_that_had_ended_is_not_overtaken(api: Api, world: World, going_on: Object):
    world.see(available(going_on))
    api.put("replicasets", replica_set("3.4.3", 3))
    assert [one["payload"]["buildVersion"] for one in world.see(deployment("3.4.3", 3))] == ["3.4.3"]


def test_a_deployment_deleted_in_the_middle_of_a_rollout_ends_it(world: World, going_on: Object):
    world.see(going_on)
    ended, retired = world.take(Removed(EVERYWHERE, going_on))
    assert (ended["payload"]["status"], ended["payload"]["cancelled"]) == ("FAILED", True)
    assert retired["eventType"] == "retirement"


def test_an_old_pod_template_used_again_is_a_rollback_that_begins_now(api: Api, world: World, going_on: Object):
    world.see(available(going_on))
    api.put("replicasets", replica_set("3.4.1", 3, made="2026-11-01T10:00:00Z", again=True))
    back = deployment("3.4.1", 3)
    back["status"]["conditions"] = available(going_on)["status"]["conditions"]  # still of the rollout before
    (begun,) = world.see(back)
    assert (begun["payload"]["trigger"], begun["payload"]["buildVersion"]) == ("rollback", "3.4.1")
    assert begun["payload"]["startedAt"] == "2026-11-20T12:00:00.000Z"
    (done,) = world.see(available(back, "2026-11-20T12:01:00Z"))
    assert done["payload"]["startedAt"] == begun["payload"]["startedAt"]


def test_a_rollout_whose_replica_set_is_not_there_yet_waits(api: Api, world: World):
    assert world.see(deployment("3.4.2", 2)) == []
    api.put("replicasets", replica_set("3.4.2", 2))
    assert statuses(world.see(deployment("3.4.2", 2))) == ["IN_PROGRESS"]


def test_what_cannot_be_looked_up_is_looked_up_later_even_if_another_rollout_began(api: Api, world: World):
    api.failing["replicasets"] = 503
    assert world.see(available(deployment("3.4.2", 2))) == []
    assert world.see(deployment("3.4.3", 3)) == []
    asked = api.asked("replicasets")
    assert world.turn() == []
    assert api.asked("replicasets") == asked  # an API that is away is not asked without pause
    api.failing.clear()
    api.put("replicasets", replica_set("3.4.2", 2))
    api.put("replicasets", replica_set("3.4.3", 3))
    told = [(one["payload"]["buildVersion"], one["payload"]["status"]) for one in world.turn(later=60)]
    assert told == [("3.4.2", "SUCCESS"), ("3.4.3", "IN_PROGRESS")]


def test_while_the_queue_is_away_the_latest_word_on_each_rollout_waits(api: Api, world: World, going_on: Object):
    world.away = True
    world.see(going_on)
    world.see(available(going_on))
    api.put("replicasets", replica_set("3.4.3", 3))
    world.see(deployment("3.4.3", 3))
    assert len(world.watcher.pending) == 2
    world.away = False
    assert world.turn() == []  # not without pause
    told = [(one["payload"]["buildVersion"], one["payload"]["status"]) for one in world.turn(later=60)]
    assert told == [("3.4.2", "SUCCESS"), ("3.4.3", "IN_PROGRESS")]


def test_while_the_catalog_is_away_words_wait(world: World, going_on: Object):
    world.lost = True
    assert world.see(going_on) == []
    world.lost = False
    assert statuses(world.turn(later=60)) == ["IN_PROGRESS"]


def test_many_words_go_in_tens_and_what_the_queue_does_not_take_is_sent_again(api: Api, world: World):
    things = []
    for number in range(12):
        uid, name = f"{number:08d}-uid", f"s{number:02d}"
        api.put("replicasets", replica_set("1.0", 1, name, uid))
        things.append(deployment("1.0", 1, name, uid))
    world.refusals = [None, Refusal("InternalError", passing=True), Refusal("InvalidMessageContents")]
    assert len(world.take(Listed(EVERYWHERE, tuple(things)))) == 8
    told = world.turn(later=60)
    assert [one["payload"]["serviceId"] for one in told] == ["s01", "s10", "s11"]
    assert world.batches == [10, 3]
    assert len(world.watcher.pending) == 0  # the one that can never be taken is logged, not kept


def test_too_many_words_give_up_the_oldest(world: World, going_on: Object, caplog: pytest.LogCaptureFixture):
    world.away = True
    world.watcher.pending._most = 1
    world.see(going_on)
    other = deployment("3.4.2", 2)
    other["metadata"]["annotations"]["deployment.kubernetes.io/revision"] = "1"
    world.see(other)
    assert len(world.watcher.pending) == 1
    assert "given up" in caplog.text


def test_a_deleted_deployment_retires_its_service(api: Api, world: World, going_on: Object):
    world.see(available(going_on))
    (retired,) = world.take(Removed(EVERYWHERE, available(going_on)))
    assert retired["eventType"] == "retirement"
    assert retired["payload"] == {
        "clusterId": "mira-us-west-2", "serviceId": "authn", "retiredAt": "2026-11-20T12:00:00.000Z",
    }  # fmt: skip


def test_what_is_no_longer_listed_was_deleted_while_nobody_watched(world: World, going_on: Object):
    world.see(available(going_on))
    assert [one["eventType"] for one in world.take(Listed(EVERYWHERE, ()))] == ["retirement"]


def test_what_only_left_the_watch_or_was_made_anew_is_not_retired(api: Api, world: World, going_on: Object):
    world.see(available(going_on))
    api.put("deployments", available(going_on))
    assert world.take(Removed(EVERYWHERE, available(going_on))) == []
    assert world.take(Listed(Scope(ROLLOUT), ())) == []


def test_whether_it_was_deleted_is_asked_again_while_the_api_is_away(api: Api, world: World, going_on: Object):
    world.see(available(going_on))
    api.failing["deployments"] = 500
    assert world.take(Removed(EVERYWHERE, available(going_on))) == []
    api.failing.clear()
    assert [one["eventType"] for one in world.turn(later=60)] == ["retirement"]


def test_a_service_that_still_runs_elsewhere_in_the_cluster_is_not_retired(api: Api, world: World, going_on: Object):
    world.catalog = Catalog(services=(Service("authn", "Authn", sender_names=("authn-jobs",)),))
    api.put("replicasets", replica_set("3.4.2", 1, "authn-jobs", "other-uid"))
    world.see(available(going_on))
    world.see(deployment("3.4.2", 1, "authn-jobs", "other-uid"))
    assert world.take(Removed(EVERYWHERE, available(going_on))) == []


def test_only_the_leader_sends_and_whoever_takes_over_says_what_stands(world: World, going_on: Object):
    world.leads, world.follows = False, True
    assert world.see(going_on) == []
    assert world.see(available(going_on)) == []
    world.turn(later=HELD_SECONDS + 1)
    assert len(world.watcher.pending) == 0  # the leader has long sent it
    world.leads, world.follows = True, False
    assert statuses(world.turn()) == ["SUCCESS"]
    assert world.turn() == []


def test_while_nobody_is_known_to_lead_nothing_is_forgotten(api: Api, world: World, going_on: Object):
    world.leads = False
    world.see(available(going_on))
    api.put("replicasets", replica_set("3.4.3", 3))
    world.see(deployment("3.4.3", 3))
    world.turn(later=10 * HELD_SECONDS)
    world.leads = True
    assert statuses(world.turn()) == ["SUCCESS", "IN_PROGRESS"]


def test_rules_and_annotations_map_and_some_workloads_are_passed_over(api: Api, world: World, going_on: Object):
    world.catalog = Catalog(
        rules=(
            Rule("no tools", "kubernetes", (("namespace", "tools"),), ignore=True),
            Rule("by app", "kubernetes", (("name", "{name}"), ("kind", "Deployment")), service="team-{name}"),
        )
    )
    (told,) = world.see(going_on)
    assert told["payload"]["serviceId"] == "team-authn"
    tool = deployment("1.0", 1, uid="tool-uid")
    tool["metadata"]["namespace"] = "tools"
    api.put("replicasets", _in("tools", replica_set("1.0", 1, uid="tool-uid")))
    assert world.see(tool) == []
    assert len(world.watcher.pending) == 0


def test_annotations_name_service_cluster_and_version(world: World, going_on: Object):
    going_on["metadata"]["annotations"] |= {
        "ddq/service": "sign-in", "ddq/cluster": "pavo-us-west-2", "ddq/version": "9.9.9",
    }  # fmt: skip
    (told,) = world.see(going_on)
    payload = told["payload"]
    assert (payload["serviceId"], payload["clusterId"], payload["buildVersion"]) == (
        "sign-in", "pavo-us-west-2", "9.9.9",
    )  # fmt: skip


def test_an_image_without_a_version_is_passed_over_and_the_log_says_so(
    api: Api, world: World, caplog: pytest.LogCaptureFixture
):
    caplog.set_level("INFO")
    api.put("replicasets", replica_set("latest", 1))
    assert world.see(deployment("latest", 1)) == []
    assert any("ddq/version" in str(vars(record).get("reason")) for record in caplog.records)


def test_kubernetes_own_workloads_are_left_alone(api: Api, world: World):
    thing = deployment("1.0", 1)
    thing["metadata"]["namespace"] = "kube-system"
    api.put("replicasets", _in("kube-system", replica_set("1.0", 1)))
    assert world.see(thing) == []


@pytest.mark.parametrize("broken", [{}, {"metadata": {}}, {"metadata": {"name": 7}}, {"metadata": {"name": "x"}}])
def test_an_object_that_is_none_stops_nothing(world: World, going_on: Object, broken: dict[str, Any]):
    assert world.take(Listed(EVERYWHERE, (broken,))) == []
    assert statuses(world.see(going_on)) == ["IN_PROGRESS"]


def test_a_rollout_of_argo_is_judged_by_its_own_rules(api: Api, world: World):
    own = replica_set("3.4.2", 2)
    own["metadata"]["annotations"] = {"rollout.argoproj.io/revision": "2"}
    own["metadata"]["labels"] = {"app": "authn", "rollouts-pod-template-hash": "6f9d4c7b5d"}
    api.put("replicasets", own)
    thing = deployment("3.4.2", 2)
    thing["metadata"]["annotations"] = {"rollout.argoproj.io/revision": "2"}
    thing["spec"]["template"] = template("3.4.2")
    thing["status"] = {
        "observedGeneration": "2", "phase": "Paused", "currentPodHash": "6f9d4c7b5d", "stableRS": "1", "replicas": 2,
    }  # fmt: skip
    rollouts = Scope(ROLLOUT)
    (begun,) = world.see(thing, rollouts)
    assert (begun["payload"]["status"], begun["payload"]["startedAt"]) == ("IN_PROGRESS", "2026-11-20T10:00:00.000Z")
    thing["status"] |= {"abort": True, "abortedAt": "2026-11-20T10:05:00Z", "message": "error rate"}
    (failed,) = world.see(thing, rollouts)
    assert failed["payload"]["failureReason"] == "aborted: error rate"
    assert failed["payload"]["attemptNumber"] == begun["payload"]["attemptNumber"] == "5069c786.2"


def _in(namespace: str, thing: Object) -> Object:
    return thing | {"metadata": thing["metadata"] | {"namespace": namespace}}
