"""Filters are addresses: what is chosen, what is kept, what can be taken off."""

from components import attempts_table, filters, states
from data.models import Status
from tests.facts import an_attempt
from tests.reading import hrefs, nodes, with_class, words


def test_the_chosen_status_is_current_and_the_others_keep_the_rest_of_the_address():
    shown = filters.status_filter("/clusters/mira", {"range": "7d", "status": "FAILED", "cursor": "x"}, "FAILED")
    current = [one for one in nodes(shown, "A") if one["props"].get("aria-current")]
    assert [words(one) for one in current] == ["Failed"]
    assert hrefs(shown)[0] == "/clusters/mira?range=7d#attempts"
    assert "/clusters/mira?range=7d&status=ROLLBACK#attempts" in hrefs(shown)


def test_another_range_drops_days_and_cursor():
    shown = filters.range_filter("/analytics", {"from": "2026-01-01", "to": "2026-01-02", "service": "authn"}, None)
    assert hrefs(shown)[0] == "/analytics?service=authn&range=1d"
    assert not [one for one in nodes(shown, "A") if one["props"].get("aria-current")]


def test_a_select_has_a_label_and_no_filter_is_a_value():
    field = filters.select("service", "Service", [("authn", "Authentication")], None)
    [label] = nodes(field, "Label")
    [select] = nodes(field, "Select")
    assert label["props"]["htmlFor"] == select["props"]["id"]
    assert select["props"]["value"] == "all"
    assert select["props"]["options"][0] == {"value": "all", "label": "All services"}


def test_active_filters_can_be_taken_off_one_by_one_and_all_at_once():
    shown = filters.chips([("service: authn", "/analytics?cluster=mira")], "/analytics")
    assert hrefs(shown) == ["/analytics?cluster=mira", "/analytics"]
    assert [one["props"]["aria-label"] for one in with_class(shown, "chip-x")] == ["Remove filter service: authn"]
    assert filters.chips([], "/analytics") is None


def test_nothing_that_matches_offers_to_clear():
    shown = states.no_match("attempts", [filters.chip("status: failed", "/x")], "/y")
    assert words(shown) == "No attempts match. status: failed Clear filters"
    assert hrefs(shown) == ["/x", "/y"]


def test_the_first_event_is_a_command_for_this_installation():
    command = words(states.first_event("2026-02-24T10:00:00Z"))
    assert "{origin}/api/ingest/webhook" in command
    assert "$WEBHOOK_SECRET" in command
    assert '"eventType": "deployment"' in command


def test_an_unknown_id_shows_what_was_typed_as_text_and_what_is_near():
    shown = states.not_found("Service", "<img src=x>", [("Authentication", "/services/authn")], ("All", "/services"))
    assert "<img src=x>" in words(shown)
    assert hrefs(shown) == ["/services/authn", "/services"]


def test_an_attempt_row_leads_to_build_cluster_service_and_run():
    attempt = an_attempt(run_url="https://ci.example.com/1", status=Status.FAILED, failure_reason="image pull")
    shown = attempts_table.attempts_table([attempt], "Attempts")
    assert hrefs(shown) == [
        f"/builds/{attempt.attempt_id.replace(':', '%3A')}", "/services/authn", "/clusters/mira-us-west-2",
        "https://ci.example.com/1",
    ]  # fmt: skip
    assert "Failed image pull" in words(shown)


def test_the_column_a_page_already_names_is_left_out():
    shown = attempts_table.attempts_table([an_attempt()], "Attempts", without="cluster")
    assert "/clusters/mira-us-west-2" not in hrefs(shown)


def test_a_long_reason_is_cut_and_whole_on_demand():
    reason = "x" * 500
    shown = attempts_table.attempts_table([an_attempt(status=Status.FAILED, failure_reason=reason)], "Attempts")
    [cell] = with_class(shown, "reason")
    assert len(words(cell)) == attempts_table.LONGEST_REASON
    assert cell["props"]["title"] == reason


def test_the_attempt_that_serves_is_marked():
    attempt = an_attempt()
    shown = attempts_table.attempts_table([attempt], "Attempts", serving=frozenset({attempt.attempt_id}))
    assert "serving" in words(shown)
