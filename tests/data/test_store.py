"""Lists of the store: their order, their bounds, their filters, their scope; against a real HTTP emulator."""

import itertools
from dataclasses import replace
from typing import Any

import pytest

from data.errors import InvalidRequest, NotFound
from data.listing import READ_LIMIT
from data.models import EVERYTHING, Attempt, Page, Scope, Status, Trigger
from tests.facts import (
    AQUILA,
    MIRA,
    NOW,
    PAVO,
    Facts,
    a_gate,
    a_promotion,
    an_attempt,
    an_incident,
    at,
    expired,
)


@pytest.fixture
def facts(aws) -> Facts:
    return Facts(aws.dynamodb, aws.tables)


@pytest.fixture
def store(facts):
    return facts.store()


def ids(page: Page[Attempt]) -> list[str]:
    return [one.attempt_id for one in page.items]


def everything(ask: Any) -> list[str]:
    """Every id of a list, page by page."""
    found, cursor = [], None
    while True:
        page = ask(cursor)
        found += ids(page)
        cursor = page.cursor
        if cursor is None:
            return found


def calls(monkeypatch, client) -> list[str]:
    """The names of the AWS calls made from now on."""
    made: list[str] = []
    real = client._make_api_call

    def counted(name: str, arguments: dict) -> Any:
        made.append(name)
        return real(name, arguments)

    monkeypatch.setattr(client, "_make_api_call", counted)
    return made


def test_attempts_come_newest_first_with_their_gates(facts, store):
    attempts = [an_attempt(n, gates=(a_gate(), a_gate("REGRESSION", failed=2))) for n in (5, 1, 9)]
    facts.attempts(*attempts)
    page = store.pair_attempts(EVERYTHING, MIRA, "authn")
    assert [one.started_at for one in page.items] == [at(9), at(5), at(1)]
    assert page.items[0].gates == attempts[0].gates
    assert page.cursor is None


def test_every_list_shows_what_the_contract_shows(facts, store):
    attempt = an_attempt(
        1, status=Status.FAILED, cancelled=True, actor="rosa", run_url="https://ci.example.com/7",
        failure_reason="image pull", rollback_to_build="3.4.1", gates=(a_gate(failed=1),),
    )  # fmt: skip
    facts.attempts(attempt)
    lists = [
        store.pair_attempts(EVERYTHING, MIRA, "authn"), store.service_attempts(EVERYTHING, "authn"),
        store.cluster_attempts(EVERYTHING, MIRA),
        store.recent_failures(EVERYTHING, since=at(0), cancelled=None),
    ]  # fmt: skip
    shown = replace(attempt, source="")  # lists leave out the source; the build page has it
    assert [page.items for page in lists] == [[shown]] * 4


def test_a_service_is_listed_over_its_clusters_and_a_cluster_over_its_services(facts, store):
    facts.attempts(
        an_attempt(1), an_attempt(2, cluster_id=PAVO), an_attempt(3, service_id="billing"),
        an_attempt(4, service_id="billing", cluster_id=PAVO),
    )  # fmt: skip
    assert [a.cluster_id for a in store.service_attempts(EVERYTHING, "authn").items] == [PAVO, MIRA]
    assert [a.service_id for a in store.cluster_attempts(EVERYTHING, PAVO).items] == ["billing", "authn"]
    narrowed = store.service_attempts(EVERYTHING, "authn", cluster_id=MIRA)
    assert narrowed.items == store.cluster_attempts(EVERYTHING, MIRA, service_id="authn").items
    assert [a.started_at for a in narrowed.items] == [at(1)]


@pytest.mark.parametrize("status, expected", [
    (Status.SUCCESS, [at(4), at(1)]), (Status.LIVE, [at(4)]), (Status.FAILED, [at(2)]),
    (Status.ROLLBACK, [at(3)]), (Status.IN_PROGRESS, []), (None, [at(4), at(3), at(2), at(1)]),
])  # fmt: skip
def test_success_matches_what_is_live_too(facts, store, status, expected):
    states = (Status.SUCCESS, Status.FAILED, Status.ROLLBACK, Status.LIVE)
    facts.attempts(*(an_attempt(n, status=one) for n, one in enumerate(states, 1)))
    for page in (
        store.pair_attempts(EVERYTHING, MIRA, "authn", status=status),
        store.service_attempts(EVERYTHING, "authn", status=status),
        store.cluster_attempts(EVERYTHING, MIRA, status=status),
    ):
        assert [one.started_at for one in page.items] == expected


def test_cancelled_attempts_can_be_asked_for_and_left_out(facts, store):
    facts.attempts(an_attempt(1, status=Status.FAILED), an_attempt(2, status=Status.FAILED, cancelled=True))
    for cancelled, expected in ((None, [at(2), at(1)]), (True, [at(2)]), (False, [at(1)])):
        page = store.cluster_attempts(EVERYTHING, MIRA, status=Status.FAILED, cancelled=cancelled)
        assert [one.started_at for one in page.items] == expected


@pytest.mark.parametrize("trigger, expected", [
    (Trigger.HOTFIX, [at(3)]), (Trigger.MERGE, [at(2)]), (Trigger.UNKNOWN, [at(1)]), (Trigger.MANUAL, []),
])  # fmt: skip
def test_attempts_are_found_by_why_they_were_made(facts, store, trigger, expected):
    triggers = (Trigger.UNKNOWN, Trigger.MERGE, Trigger.HOTFIX)
    facts.attempts(*(an_attempt(n, status=Status.FAILED, trigger=one) for n, one in enumerate(triggers, 1)))
    for page in (
        store.pair_attempts(EVERYTHING, MIRA, "authn", trigger=trigger),
        store.service_attempts(EVERYTHING, "authn", trigger=trigger, status=Status.FAILED),
        store.cluster_attempts(EVERYTHING, MIRA, trigger=trigger, cancelled=False),
        store.recent_failures(EVERYTHING, trigger=trigger),
    ):
        assert [one.started_at for one in page.items] == expected


def test_pages_of_one_trigger_follow_one_another_and_their_cursor_is_good_for_no_other(facts, store):
    triggers = (Trigger.MERGE, Trigger.HOTFIX)
    facts.attempts(*(an_attempt(n, trigger=triggers[n % 2]) for n in range(12)))
    seen, cursor = [], None
    while True:
        page = store.cluster_attempts(EVERYTHING, MIRA, trigger=Trigger.HOTFIX, limit=4, cursor=cursor)
        seen += [one.started_at for one in page.items]
        if page.cursor is None:
            break
        cursor = page.cursor
    assert seen == [at(n) for n in (11, 9, 7, 5, 3, 1)]
    for other in (Trigger.MERGE, None):
        with pytest.raises(InvalidRequest):
            store.cluster_attempts(EVERYTHING, MIRA, trigger=other, limit=4, cursor=cursor)


def test_since_is_included_and_until_is_not_in_table_and_index_alike(facts, store):
    facts.attempts(*(an_attempt(n, status=Status.FAILED) for n in range(5)))
    within = {"since": at(1), "until": at(3)}
    for page in (
        store.pair_attempts(EVERYTHING, MIRA, "authn", **within),
        store.service_attempts(EVERYTHING, "authn", **within),
        store.cluster_attempts(EVERYTHING, MIRA, **within),
        store.recent_failures(EVERYTHING, **within),
    ):
        assert [one.started_at for one in page.items] == [at(2), at(1)]


def test_an_open_range_and_an_empty_range_are_answers(facts, store):
    facts.attempts(*(an_attempt(n) for n in range(3)))
    assert len(store.service_attempts(EVERYTHING, "authn", since=at(1)).items) == 2
    assert len(store.pair_attempts(EVERYTHING, MIRA, "authn", until=at(1)).items) == 1
    assert store.service_attempts(EVERYTHING, "authn", since=at(1), until=at(1)).items == []


def test_expired_attempts_are_never_shown(facts, store):
    """D06: TTL takes its time; a row it has not come to yet is gone for readers all the same."""
    fresh, old = an_attempt(1, status=Status.FAILED), expired(an_attempt(2, status=Status.FAILED))
    exempt = replace(an_attempt(0, status=Status.FAILED), expires_at=None)
    facts.attempts(fresh, old, exempt)
    facts.promotions(a_promotion(1, expires_at=int(NOW.timestamp())))
    facts.incidents(an_incident(1, expires_at=int(NOW.timestamp())))
    for page in (
        store.pair_attempts(EVERYTHING, MIRA, "authn"),
        store.service_attempts(EVERYTHING, "authn"),
        store.cluster_attempts(EVERYTHING, MIRA),
        store.recent_failures(EVERYTHING, since=at(0)),
    ):
        assert ids(page) == [fresh.attempt_id, exempt.attempt_id]
    assert store.version_attempts(EVERYTHING, "authn", "3.4.2")[0].attempt_id == fresh.attempt_id
    assert store.service_promotions(EVERYTHING, "authn").items == []
    assert store.incidents(EVERYTHING, "authn").items == []
    with pytest.raises(NotFound):
        store.attempt(EVERYTHING, old.attempt_id)


def test_the_latest_attempt_passes_over_expired_ones(facts, store):
    facts.attempts(an_attempt(1), *(expired(an_attempt(n)) for n in range(2, 8)))
    latest = store.latest_attempt(EVERYTHING, MIRA, "authn")
    assert latest is not None and latest.started_at == at(1)
    assert store.latest_attempt(EVERYTHING, PAVO, "authn") is None


@pytest.mark.parametrize("limit", [1, 7, 100])
def test_every_earlier_row_comes_exactly_once_whatever_is_inserted_meanwhile(facts, store, limit):
    """D08."""
    rows = 60 if limit == 1 else 400
    status = (Status.FAILED, Status.ROLLBACK, Status.SUCCESS)
    # Several attempts a minute: equal start times must neither repeat nor hide one another.
    attempts = [an_attempt(n // 3, n=f"r{n}", status=status[n % 3]) for n in range(rows)]
    facts.attempts(*attempts)
    inserted = itertools.count()

    def meanwhile(page: Page, at_most: int) -> Page:
        if (number := next(inserted)) < at_most:
            facts.attempts(an_attempt(1 + number % 30, n=f"late{number}", status=status[number % 2]))
        return page

    lists = {
        "pair": lambda c: store.pair_attempts(EVERYTHING, MIRA, "authn", limit=limit, cursor=c),
        "service": lambda c: store.service_attempts(EVERYTHING, "authn", limit=limit, cursor=c),
        "cluster": lambda c: store.cluster_attempts(EVERYTHING, MIRA, limit=limit, cursor=c),
        "failures": lambda c: store.recent_failures(EVERYTHING, since=at(0), limit=limit, cursor=c),
    }
    for turn, (name, ask) in enumerate(lists.items(), 1):
        found = everything(lambda cursor, ask=ask, turn=turn: meanwhile(ask(cursor), 15 * turn))
        wanted = {a.attempt_id for a in attempts if name != "failures" or a.status is not Status.SUCCESS}
        assert len(found) == len(set(found)), name
        assert {one for one in found if "late" not in one} == wanted, name


def test_the_page_size_may_change_between_pages(facts, store):
    facts.attempts(*(an_attempt(n) for n in range(10)))
    first = store.service_attempts(EVERYTHING, "authn", limit=3)
    rest = store.service_attempts(EVERYTHING, "authn", limit=100, cursor=first.cursor)
    assert [a.started_at for a in (*first.items, *rest.items)] == [at(n) for n in range(9, -1, -1)]
    assert rest.cursor is None


def test_a_full_last_page_has_no_cursor(facts, store):
    facts.attempts(*(an_attempt(n) for n in range(4)))
    assert store.service_attempts(EVERYTHING, "authn", limit=4).cursor is None
    assert store.recent_failures(EVERYTHING, since=at(0), limit=4).cursor is None


def test_a_sparse_filter_gives_a_short_page_that_goes_on(facts, store, aws, monkeypatch):
    facts.attempts(an_attempt(0, status=Status.ROLLBACK, n="needle"))
    facts.attempts(*(an_attempt(n, build_version="9.9.9") for n in range(1, READ_LIMIT + 200)))
    made = calls(monkeypatch, aws.dynamodb)
    page = store.cluster_attempts(EVERYTHING, MIRA, status=Status.ROLLBACK)
    assert page.items == [] and page.cursor is not None
    assert len(made) <= 8
    last = store.cluster_attempts(EVERYTHING, MIRA, status=Status.ROLLBACK, cursor=page.cursor)
    assert [a.attempt_id.rsplit(":")[-1] for a in last.items] == ["needle"]
    assert last.cursor is None


def test_failures_hidden_behind_a_short_stream_keep_their_order(facts, store):
    """Rows out of scope fill one stream's bound; the other stream must not run ahead of it."""
    others = {"status": Status.FAILED, "service_id": "other"}
    facts.attempts(*(an_attempt(2000 - n, n=f"x{n}", **others) for n in range(READ_LIMIT + 5)))
    facts.attempts(
        an_attempt(10, status=Status.FAILED), an_attempt(20, status=Status.ROLLBACK),
        an_attempt(1999, status=Status.ROLLBACK), an_attempt(5, status=Status.ROLLBACK),
    )  # fmt: skip
    mine = Scope(services=frozenset({"authn"}))
    first = store.recent_failures(mine, since=at(0))
    assert [a.started_at for a in first.items] == [at(1999)]
    assert first.cursor is not None
    rest = store.recent_failures(mine, since=at(0), cursor=first.cursor)
    assert [a.started_at for a in rest.items] == [at(20), at(10), at(5)]
    assert rest.cursor is None


def test_what_the_scope_does_not_allow_does_not_exist(facts, store):
    facts.attempts(
        an_attempt(1, status=Status.FAILED), an_attempt(2, status=Status.FAILED, cluster_id=PAVO),
        an_attempt(3, status=Status.FAILED, service_id="billing"),
    )  # fmt: skip
    facts.promotions(a_promotion(1), a_promotion(2, to_cluster_id=AQUILA))
    facts.incidents(an_incident(1), an_incident(2, cluster_id=PAVO), an_incident(3, cluster_id=None))
    mine = Scope(clusters=frozenset({MIRA}), services=frozenset({"authn"}))
    for page in (
        store.service_attempts(mine, "authn"), store.cluster_attempts(mine, MIRA),
        store.recent_failures(mine, since=at(0)), store.pair_attempts(mine, MIRA, "authn"),
    ):  # fmt: skip
        assert [a.started_at for a in page.items] == [at(1)]
    for page in (
        store.service_attempts(mine, "billing"), store.cluster_attempts(mine, PAVO),
        store.pair_attempts(mine, PAVO, "authn"), store.cluster_attempts(mine, PAVO, service_id="authn"),
    ):  # fmt: skip
        assert page.items == [] and page.cursor is None
    assert store.service_promotions(mine, "authn").items == []
    assert store.cluster_promotions(mine, PAVO).items == []
    assert [i.incident_id for i in store.incidents(mine, "authn").items] == ["i3", "i1"]
    assert [a.cluster_id for a in store.version_attempts(mine, "authn", "3.4.2")] == [MIRA]
    with pytest.raises(NotFound):
        store.attempt(mine, an_attempt(2, cluster_id=PAVO).attempt_id)


def test_a_cursor_is_refused_by_any_other_list(facts, store):
    facts.attempts(*(an_attempt(n, status=Status.FAILED) for n in range(5)))
    cursor = store.service_attempts(EVERYTHING, "authn", limit=2).cursor
    mine = Scope(clusters=frozenset({MIRA}))
    refused: list[Any] = [
        lambda: store.service_attempts(EVERYTHING, "billing", cursor=cursor),
        lambda: store.service_attempts(EVERYTHING, "authn", status=Status.FAILED, cursor=cursor),
        lambda: store.service_attempts(EVERYTHING, "authn", since=at(0), cursor=cursor),
        lambda: store.service_attempts(EVERYTHING, "authn", cluster_id=MIRA, cursor=cursor),
        lambda: store.service_attempts(mine, "authn", cursor=cursor),
        lambda: store.cluster_attempts(EVERYTHING, MIRA, cursor=cursor),
        lambda: store.recent_failures(EVERYTHING, since=at(0), cursor=cursor),
        lambda: store.service_promotions(EVERYTHING, "authn", cursor=cursor),
        lambda: facts.store(secret=b"another secret that is long enough").service_attempts(
            EVERYTHING, "authn", cursor=cursor
        ),
    ]
    for ask in refused:
        with pytest.raises(InvalidRequest) as caught:
            ask()
        assert caught.value.field == "cursor"


@pytest.mark.parametrize("limit", [0, -1, 201])
def test_the_page_size_is_bounded(store, limit):
    refused: list[Any] = [
        lambda: store.service_attempts(EVERYTHING, "authn", limit=limit),
        lambda: store.recent_failures(EVERYTHING, since=at(0), limit=limit),
    ]
    for ask in refused:
        with pytest.raises(InvalidRequest, match="limit"):
            ask()


def test_a_page_of_attempts_is_one_call_however_many_gates_it_shows(facts, store, aws, monkeypatch):
    """D11."""
    facts.attempts(*(an_attempt(n, gates=(a_gate(), a_gate("SANITY"))) for n in range(40)))
    made = calls(monkeypatch, aws.dynamodb)
    page = store.cluster_attempts(EVERYTHING, MIRA, limit=15)
    assert len(page.items) == 15 and all(len(a.gates) == 2 for a in page.items)
    assert made == ["Query"]


def test_promotions_of_a_service_and_into_a_cluster(facts, store):
    facts.promotions(
        a_promotion(1), a_promotion(2, to_cluster_id=AQUILA, build_version="3.5.0"),
        a_promotion(3, service_id="billing"),
    )  # fmt: skip
    asked = {
        "service": store.service_promotions(EVERYTHING, "authn"),
        "version": store.service_promotions(EVERYTHING, "authn", version="3.5.0"),
        "into": store.service_promotions(EVERYTHING, "authn", cluster_id=PAVO),
        "cluster": store.cluster_promotions(EVERYTHING, PAVO),
    }
    found = {name: [p.promotion_id for p in page.items] for name, page in asked.items()}
    assert found == {"service": ["p2", "p1"], "version": ["p2"], "into": ["p1"], "cluster": ["p3", "p1"]}
    assert asked["service"].items[1] == a_promotion(1)


def test_promotions_page_through(facts, store):
    facts.promotions(*(a_promotion(n) for n in range(7)))
    lists: list[Any] = [
        lambda c: store.service_promotions(EVERYTHING, "authn", limit=3, cursor=c),
        lambda c: store.cluster_promotions(EVERYTHING, PAVO, limit=3, cursor=c),
    ]
    for ask in lists:
        found, cursor = [], None
        for _ in range(3):
            page = ask(cursor)
            found += [p.promotion_id for p in page.items]
            cursor = page.cursor
        assert cursor is None and found == [f"p{n}" for n in range(6, -1, -1)]


def test_the_first_complete_day_follows_from_the_retention(store):
    assert store.complete_since() == "2025-11-27"  # 90 days with 24 February 2026
