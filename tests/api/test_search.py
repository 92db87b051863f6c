"""GET /api/search on facts that went through the folds."""

from tests.api.conftest import FAILED, SERVING
from tests.api.test_read import answer


def found(client, text):
    said = answer(client, "/api/search", q=text)
    assert said["complete"] is True
    return [(one["kind"], one["id"]) for one in said["results"]]


def test_an_attempt_is_found_by_its_version_and_by_its_id(client):
    version = SERVING.split(":")[2]
    assert ("attempt", SERVING) in found(client, version)
    assert found(client, SERVING) == [("attempt", SERVING)]
    assert ("attempt", FAILED) in found(client, FAILED)


def test_services_come_before_attempts(client):
    kinds = [kind for kind, _ in found(client, "a")]
    assert kinds == sorted(kinds, key=["service", "cluster", "attempt"].index)


def test_a_foreign_attempt_is_not_found(client, scoped):
    foreign = next(one for kind, one in found(client, "1.") if kind == "attempt" and ":authn:" not in one)
    assert found(scoped, foreign) == []


def test_an_empty_text_is_refused(client):
    assert client.get("/api/search?q=%20").status_code == 400
    assert client.get("/api/search").status_code == 400
