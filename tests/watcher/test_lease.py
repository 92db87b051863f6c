"""Leader election on a Lease over real HTTP, with clocks of our own."""

import threading
import time

import pytest

from tests.watcher.api import Api
from watcher.cluster import LEASE, Cluster
from watcher.lease import Election, Pace


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def candidate(cluster: Cluster, clock: Clock, identity: str) -> Election:
    return Election(cluster, "tools", "rollout-watcher", identity, Pace(15), clock)


def leading(one: Election) -> bool:
    """Asked anew each time: it changes with the clock."""
    return one.leads


def holder(cluster: Cluster) -> str:
    return str(cluster.get(LEASE, "tools", "rollout-watcher")["spec"]["holderIdentity"])


def test_the_first_to_come_leads_and_the_second_follows(api: Api, cluster: Cluster, clock: Clock):
    one, two = candidate(cluster, clock, "one"), candidate(cluster, clock, "two")
    one.stand()
    two.stand()
    assert (leading(one), leading(two), two.follows) == (True, False, True)
    assert holder(cluster) == "one"


def test_a_leader_that_renews_is_not_replaced(api: Api, cluster: Cluster, clock: Clock):
    one, two = candidate(cluster, clock, "one"), candidate(cluster, clock, "two")
    for _ in range(10):
        one.stand()
        two.stand()
        clock.now += 5
    assert (leading(one), leading(two)) == (True, False)


def test_a_leader_that_is_gone_is_replaced_once_its_lease_ran_out(api: Api, cluster: Cluster, clock: Clock):
    one, two = candidate(cluster, clock, "one"), candidate(cluster, clock, "two")
    one.stand()
    two.stand()
    clock.now += 14
    two.stand()
    assert not leading(two)
    clock.now += 2
    two.stand()
    assert leading(two)
    assert cluster.get(LEASE, "tools", "rollout-watcher")["spec"]["leaseTransitions"] == 1
    one.stand()
    assert not leading(one)


def test_a_leader_that_cannot_renew_stops_before_another_may_lead(api: Api, cluster: Cluster, clock: Clock):
    one = candidate(cluster, clock, "one")
    one.stand()
    api.failing["leases"] = 503
    clock.now += 9
    one.stand()
    assert leading(one)
    clock.now += 2
    one.stand()
    assert not leading(one)
    api.failing.clear()
    one.stand()
    assert leading(one)


def test_of_two_that_take_it_at_once_one_gets_it(api: Api, cluster: Cluster, clock: Clock):
    many = [candidate(cluster, clock, f"c{number}") for number in range(6)]
    threads = [threading.Thread(target=one.stand) for one in many]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sum(leading(one) for one in many) == 1


def test_who_ends_lets_go_so_that_nobody_waits(api: Api, cluster: Cluster, clock: Clock):
    one, two = candidate(cluster, clock, "one"), candidate(cluster, clock, "two")
    stop = threading.Event()
    thread = threading.Thread(target=one.run, args=(stop,))
    thread.start()
    while not leading(one):
        time.sleep(0.01)
    two.stand()
    stop.set()
    thread.join(10)
    assert holder(cluster) == ""
    two.stand()
    assert (leading(one), leading(two)) == (False, True)
