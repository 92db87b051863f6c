"""Drawing again: only what changed, never from an older generation, and old data stays while the store is away."""

from typing import Any
from urllib.parse import quote

import pytest

from data.catalog_models import Catalog
from data.errors import Unavailable
from data.read_model_reader import ReadModelReader
from data.refresher import ReadModel
from data.store import Store
from tests.api.conftest import SERVING, Site, deployed
from tests.conftest import fresh_aws
from tests.pages.conftest import Browser
from tests.read_model import MIRA, NOW, generation
from tests.reading import hrefs, named, nodes, words
from web.callback_bodies import ENDPOINT

PAGES = ["/", "/clusters", "/services", f"/clusters/{MIRA}", "/services/authn", "/analytics?rows=1", "/scorecard",
         f"/builds/{quote(SERVING, safe='')}"]  # fmt: skip


@pytest.fixture
def living(emulator, aws_clients):
    """A site of one's own, to say more."""
    with fresh_aws(emulator, *aws_clients) as aws:
        yield Site(aws)


def changed_regions(answer: Any) -> set[str]:
    return {key.split('"name":"')[1].split('"')[0] for key in answer if key.startswith("{")}


@pytest.mark.parametrize("address", PAGES)
def test_nothing_new_redraws_nothing(browser, address):
    answer = browser.refresh(browser.visit(address))
    assert changed_regions(answer) == set()
    assert "page-body" not in answer


def test_a_new_attempt_redraws_only_what_it_changed(living):
    model = living.read_model()
    browser = Browser(living.app(model))
    page = browser.visit(f"/clusters/{MIRA}")
    promotions = browser.visit("/services/billing")
    living.say(deployed("2026-02-24", 1290, buildVersion="3.9.9", startedAt="2026-02-24T11:00:00Z",
                        endedAt="2026-02-24T11:09:00Z"))  # fmt: skip
    model.refresh(ReadModelReader(living.aws.dynamodb, living.aws.tables))
    answer = browser.refresh(page)
    assert changed_regions(answer) == {
        "head", "numbers", "timeline", "timeline-data", "services", "attempts",
    }  # fmt: skip
    assert "3.9.9" in words([one["children"] for key, one in answer.items() if '"attempts"' in key])
    assert int(answer["page-mark"]["children"]) > int(words(named(page, "page-mark")))
    assert changed_regions(browser.refresh(promotions)) == set()


def test_a_chart_gets_new_data_and_keeps_its_layout(living):
    model = living.read_model()
    browser = Browser(living.app(model))
    page = browser.visit("/analytics")
    living.say(deployed("2026-02-24", 1291, status="FAILED"))
    model.refresh(ReadModelReader(living.aws.dynamodb, living.aws.tables))
    answer = browser.refresh(page)
    [builds] = [one["figure"] for key, one in answer.items() if '"graph"' in key and '"builds"' in key]
    assert [step["location"] for step in builds["operations"]] == [["data"]]


def test_an_older_generation_changes_nothing(browser):
    page = browser.visit("/")
    assert browser.refresh(page, **{"page-mark": "99999999999999", "page-digests": {}}) is None


def test_a_page_that_became_known_is_drawn_whole(living):
    model = living.read_model()
    browser = Browser(living.app(model))
    page = browser.visit("/services/newcomer")
    assert "not found" in words(page)
    living.say(deployed("2026-02-24", 1, serviceId="newcomer"))
    model.refresh(ReadModelReader(living.aws.dynamodb, living.aws.tables))
    assert "newcomer" in words(browser.refresh(page)["page-body"]["children"])


def test_without_any_data_the_first_event_is_explained_and_then_seen(site):
    model = ReadModel(clock=lambda: NOW)
    model._put(generation([], catalog=Catalog()))
    browser = Browser(site.app(model))
    page = browser.visit("/")
    assert "/api/ingest/webhook" in words(page)
    model.load(ReadModelReader(site.aws.dynamodb, site.aws.tables))
    assert "Needs attention" in words(browser.refresh(page)["page-body"]["children"])


class Away:
    """A store that does not answer."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.away = False

    def __getattr__(self, name: str) -> Any:
        if self.away:
            raise Unavailable("no answer")
        return getattr(self._store, name)


def test_while_the_store_is_away_old_rows_stay_and_a_first_view_says_what_is_missing(site):
    secret = site.settings.cursor_secret
    store = Away(Store(site.aws.dynamodb, site.aws.tables, secret, 90, lambda: NOW))
    browser = Browser(site.app(store=store))
    page = browser.visit(f"/clusters/{MIRA}")
    store.away = True
    assert changed_regions(browser.refresh(page)) == set()
    first = browser.visit(f"/clusters/{MIRA}?range=30d")
    assert "Could not load attempts." in words(first)
    assert "Needs attention" in words(first)  # the rest of the page stands
    store.away = False
    answer = browser.refresh(first)
    assert changed_regions(answer) == {"attempts"}


def test_before_the_first_generation_a_page_says_so_and_comes_by_itself(site):
    model = site.read_model(loaded=False)
    browser = Browser(site.app(model))
    page = browser.visit("/")
    assert "Could not load the data." in words(page)
    assert browser.refresh(page) is None
    model.load(ReadModelReader(site.aws.dynamodb, site.aws.tables))
    assert "Overview" in words(browser.refresh(page)["page-body"]["children"])


@pytest.mark.parametrize("address", [None, 1, [], {"page": "no-such"}, {"page": 1, "args": []}, {"page": None}])
def test_an_address_that_is_none_is_answered_with_nothing(browser, address):
    assert browser.refresh(browser.visit("/"), **{"page-address": address}) is None


@pytest.mark.parametrize("digests", [None, [], "x", {"head": 1}, {"no-such-part": "x"}])
def test_odd_digests_do_no_harm(browser, digests):
    page = browser.visit("/")
    answer = browser.refresh(page, **{"page-digests": digests})
    assert "Overview" in str(answer)


def test_ids_of_parts_belong_to_one_address(browser):
    ids = []
    for address in (f"/clusters/{MIRA}", f"/clusters/{MIRA}?status=FAILED", "/"):
        page = browser.visit(address)
        ids.append({str(one["props"]["id"]) for one in nodes(page) if isinstance(one["props"].get("id"), dict)})
    assert not ids[0] & ids[1]
    assert not ids[1] & ids[2]


def test_equal_addresses_share_what_is_drawn_of_a_generation(browser):
    assert hrefs(browser.visit("/")) == hrefs(browser.visit("/"))


def test_a_fault_of_ours_is_said_with_a_reference_and_logged_with_it(site, monkeypatch, caplog):
    browser = Browser(site.app())

    def broken(*_: Any) -> None:
        raise RuntimeError("a fault")

    monkeypatch.setattr("data.queries.overview", broken)
    body = browser._call("_pages_content.children")
    body["inputs"][0]["value"], body["inputs"][1]["value"] = "/", ""
    answer = browser._client.post(ENDPOINT, json=body)
    assert answer.status_code == 200
    said = words(answer.json["sideUpdate"]["problem"]["children"])
    [record] = [one for one in caplog.records if one.getMessage() == "page not drawn"]
    assert said == f"This page could not be drawn. Reference: {record.reference}"
    assert record.exc_info
