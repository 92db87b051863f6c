"""Promotions into all clusters as one list: nothing lost, nothing twice, whatever the page size and the ties."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import InvalidRequest
from data.listing import Listing, Piece, Row, position
from data.models import EVERYTHING, Page, Promotion, PromotionStatus, Scope
from data.promotion_streams import Place, Stream, continued, merged
from tests.facts import AQUILA, MIRA, NOW, PAVO, Facts, a_promotion, at

CLUSTERS = ("c1", "c2", "c3")
LISTING = Listing("promotions", "any", "toClusterId", "promotedAt", "byCluster")


def row(cluster: str, instant: int, number: int) -> Row:
    moment = f"2026-02-24T00:00:00.{instant:03d}Z"
    return {
        "pk": {"S": f"s{number}"}, "sk": {"S": f"{moment}#p{number}"}, "promotedAt": {"S": moment},
        "toClusterId": {"S": cluster},
    }  # fmt: skip


def bounded(rows: list[Row], listing: Listing, start: Any, want: int, most: int) -> Piece:
    """What a bounded Query finds of a partition that keeps its rows in this order; a third is filtered out."""
    places = [position(one) for one in rows]
    left = rows[places.index(start) + 1 :] if start else rows
    left = [one for one in left if not listing.until or one["promotedAt"]["S"] < listing.until]
    read, found = left[:most], []
    for one in read:
        if int(one["pk"]["S"][1:]) % 3:
            found.append(one)
        if len(found) == want:
            return Piece(found)
    return Piece(found, position(read[-1]) if len(read) < len(left) else None)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(CLUSTERS), st.integers(0, 5)), max_size=40),
    st.integers(1, 7), st.integers(1, 9),
)  # fmt: skip
def test_paging_gives_every_row_once_in_order(told: list[tuple[str, int]], limit: int, most: int):
    rows = {one: [row(one, when, n) for n, (of, when) in enumerate(told) if of == one] for one in CLUSTERS}
    for of in rows.values():
        of.sort(key=lambda one: one["promotedAt"]["S"], reverse=True)
    seen: list[Row] = []
    begin: Place | None = None
    for _ in range(200):
        streams = []
        for cluster in CLUSTERS:
            listing, start = continued(LISTING, cluster, begin)
            streams.append(Stream(cluster, bounded(rows[cluster], listing, start, limit + 1, most)))
        page, begin = merged(streams, limit)
        assert len(page) <= limit
        seen += page
        if begin is None:
            break
    wanted = [one for of in rows.values() for one in of if int(one["pk"]["S"][1:]) % 3]
    assert sorted(map(position, seen)) == sorted(map(position, wanted))
    instants = [one["promotedAt"]["S"] for one in seen]
    assert instants == sorted(instants, reverse=True)


@pytest.fixture
def facts(aws: Any) -> Facts:
    return Facts(aws.dynamodb, aws.tables)


def ids(page: Page[Promotion]) -> list[str]:
    return [one.promotion_id for one in page.items]


def everything(store: Any, limit: int, **more: Any) -> list[str]:
    found, cursor = [], None
    for _ in range(30):
        page = store.all_promotions(EVERYTHING, (MIRA, PAVO, AQUILA), limit=limit, cursor=cursor, **more)
        found += ids(page)
        cursor = page.cursor
        if cursor is None:
            return found
    raise AssertionError("the list does not end")


def test_all_promotions_are_one_list_newest_first_in_pages_of_any_size(facts: Facts):
    promotions = [
        a_promotion(n // 2, promotion_id=f"p{n:02d}", to_cluster_id=(PAVO, AQUILA)[n % 2], service_id=f"s{n % 4}")
        for n in range(11)
    ]
    facts.promotions(*promotions)
    store = facts.store()
    whole = everything(store, 50)
    assert sorted(whole) == sorted(one.promotion_id for one in promotions)
    assert [everything(store, limit) for limit in (1, 2, 3, 5)] == [whole] * 4


def test_a_status_leaves_only_its_promotions_and_its_cursor_is_no_other_lists(facts: Facts):
    rejected: dict[str, Any] = {"status": PromotionStatus.REJECTED}
    facts.promotions(*(a_promotion(n, **(rejected if n % 2 else {})) for n in range(8)))
    store = facts.store()
    assert everything(store, 2, **rejected) == ["p7", "p5", "p3", "p1"]
    assert ids(store.cluster_promotions(EVERYTHING, PAVO, **rejected)) == ["p7", "p5", "p3", "p1"]
    assert ids(store.service_promotions(EVERYTHING, "authn", **rejected)) == ["p7", "p5", "p3", "p1"]
    cursor = store.all_promotions(EVERYTHING, (PAVO,), limit=2, **rejected).cursor
    with pytest.raises(InvalidRequest):
        store.all_promotions(EVERYTHING, (PAVO,), cursor=cursor)
    with pytest.raises(InvalidRequest):
        store.all_promotions(Scope(services=frozenset({"authn"})), (PAVO,), cursor=cursor, **rejected)


def test_all_promotions_leave_out_what_is_foreign_or_expired(facts: Facts):
    facts.promotions(
        a_promotion(1), a_promotion(2, to_cluster_id=AQUILA), a_promotion(3, service_id="billing"),
        a_promotion(4, expires_at=int(NOW.timestamp())),
    )  # fmt: skip
    mine = Scope(clusters=frozenset({PAVO}), services=frozenset({"authn"}))
    assert ids(facts.store().all_promotions(mine, (MIRA, PAVO, AQUILA))) == ["p1"]


def test_recent_promotions_say_when_there_were_more(facts: Facts, monkeypatch: pytest.MonkeyPatch):
    facts.promotions(*(a_promotion(n) for n in range(6)))
    store = facts.store()
    found = store.recent_promotions(EVERYTHING, (MIRA, PAVO), at(3))
    assert (sorted(one.promotion_id for one in found.promotions), found.complete) == (["p3", "p4", "p5"], True)
    monkeypatch.setattr("data.store_promotions.MOST_RECENT", 2)
    fewer = store.recent_promotions(EVERYTHING, (MIRA, PAVO), at(3))
    assert ([one.promotion_id for one in fewer.promotions], fewer.complete, fewer.most) == (["p5", "p4"], False, 2)


def test_version_origin_and_days_leave_only_their_promotions_in_every_list(facts: Facts):
    facts.promotions(
        *(a_promotion(n) for n in range(5)),
        a_promotion(5, build_version="9.9.9"), a_promotion(6, from_cluster_id=AQUILA),
    )  # fmt: skip
    store = facts.store()
    told: list[tuple[dict[str, Any], list[str]]] = [
        ({"version": "9.9.9"}, ["p5"]),
        ({"from_cluster_id": AQUILA}, ["p6"]),
        ({"since": at(1), "until": at(3)}, ["p2", "p1"]),
        ({"since": at(1), "from_cluster_id": AQUILA, "version": "9.9.9"}, []),
    ]
    for wanted, expected in told:
        assert everything(store, 1, **wanted) == expected
        assert ids(store.cluster_promotions(EVERYTHING, PAVO, **wanted)) == expected
        assert ids(store.service_promotions(EVERYTHING, "authn", **wanted)) == expected
    cursor = store.all_promotions(EVERYTHING, (PAVO,), limit=1, since=at(1)).cursor
    with pytest.raises(InvalidRequest):
        store.all_promotions(EVERYTHING, (PAVO,), limit=1, since=at(2), cursor=cursor)
