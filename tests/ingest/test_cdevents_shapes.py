"""Everything that goes out as a CDEvent has the shape that CDEvents 0.4.1 publishes for its kind.

The tables below are the own demands of the schemas, written down by hand: which fields the content of a subject may
have, which it must have; a field that is not named is refused there (`additionalProperties: false` at every level).
"""

from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from data.event_feed import Happened, Removed, Tried
from data.instants import add
from data.models import Incident, Status, Trigger, Verdict
from ingest.cdevents_out import every
from tests.ingest.test_cdevents_out import BEGAN, a_run, an_attempt
from tests.read_model import MIRA

Json = dict[str, Any]

TEXT: Json = {"type": "string"}
NAME: Json = {"type": "string", "minLength": 1}
REFERENCE: Json = NAME | {"format": "uri-reference"}
TIME: Json = {"type": "string", "format": "date-time"}


def closed(fields: Json, *required: str) -> Json:
    """An object of these fields and no others."""
    return {"type": "object", "additionalProperties": False, "properties": fields, "required": list(required)}


def known_as(*values: str) -> Json:
    return {"type": "string", "enum": list(values)}


PLACE = closed({"id": NAME, "source": REFERENCE}, "id")
SERVED = closed({"environment": PLACE, "artifactId": NAME}, "environment", "artifactId")
TROUBLE: Json = {"description": TEXT, "environment": PLACE, "service": PLACE, "artifactId": NAME}
RUN: Json = {"pipelineName": TEXT, "url": NAME | {"format": "uri"}}  # `uri` only since 0.5
SUITE = closed({"id": NAME, "version": TEXT, "name": TEXT, "uri": NAME | {"format": "uri"}}, "id")

# kind of event -> (the subject's type, its content)
SHAPES: dict[str, tuple[str, Json]] = {
    "dev.cdevents.service.deployed.0.2.0": ("service", SERVED),
    "dev.cdevents.service.upgraded.0.2.0": ("service", SERVED),
    "dev.cdevents.service.rolledback.0.2.0": ("service", SERVED),
    "dev.cdevents.service.removed.0.2.0": ("service", closed({"environment": PLACE})),
    "dev.cdevents.pipelinerun.started.0.2.0": ("pipelineRun", closed(RUN, "pipelineName", "url")),
    "dev.cdevents.pipelinerun.finished.0.2.0": (
        "pipelineRun", closed(RUN | {"outcome": known_as("success", "failure", "cancel", "error"), "errors": TEXT}),
    ),
    "dev.cdevents.testsuiterun.finished.0.2.0": (
        "testSuiteRun",
        closed(
            {
                "environment": PLACE, "testSuite": SUITE, "reason": TEXT,
                "outcome": known_as("success", "failure", "cancel", "error"),
                "severity": known_as("low", "medium", "high", "critical"),
            },
            "outcome", "environment",
        ),
    ),
    "dev.cdevents.incident.detected.0.2.0": ("incident", closed(TROUBLE, "environment")),
    "dev.cdevents.incident.reported.0.2.0": (
        "incident", closed(TROUBLE | {"ticketURI": NAME | {"format": "uri"}}, "environment", "ticketURI"),
    ),
    "dev.cdevents.incident.resolved.0.2.0": ("incident", closed(TROUBLE, "environment")),
}  # fmt: skip


def shape(kind: str) -> Json:
    """The whole schema of an event of this kind."""
    subject, content = SHAPES[kind]
    context = {"version": NAME, "id": NAME, "source": REFERENCE, "type": known_as(kind), "timestamp": TIME}
    about = {"id": NAME, "source": REFERENCE, "type": known_as(subject), "content": content}
    return closed(
        {
            "context": closed(context, *context), "subject": closed(about, "id", "type", "content"),
            "customData": {"type": "object"}, "customDataContentType": TEXT,
        },
        "context", "subject",
    )  # fmt: skip


INCIDENT = Incident("INC-7", "authn", MIRA, BEGAN, add(BEGAN, 3600), None, "Logins fail", "https://tickets.example/7")
KNOWN_TO_NOBODY = an_attempt(git_sha=None, actor=None, image=None, committed_at=None, trigger=Trigger.UNKNOWN)
HAPPENED: list[Happened] = [
    Tried(an_attempt(), (a_run(), a_run(verdict=Verdict.PASSED, total=None)), upgrades=False),
    Tried(an_attempt(), (), upgrades=True),
    Tried(KNOWN_TO_NOBODY, (), upgrades=False),
    Tried(an_attempt(trigger=Trigger.ROLLBACK), (), upgrades=True),
    Tried(an_attempt(status=Status.IN_PROGRESS, run_url="https://ci.example/1"), (), upgrades=True),
    Tried(an_attempt(status=Status.FAILED, failure_reason="image pull"), (), upgrades=True),
    Tried(an_attempt(status=Status.FAILED, cancelled=True), (), upgrades=True),
    Removed(MIRA, "authn", BEGAN),
    INCIDENT,
    replace(INCIDENT, url=None, title=None),
]
TOLD = every(HAPPENED)


def test_every_kind_there_is_goes_out() -> None:
    assert {one["type"] for one in TOLD} == set(SHAPES)


@pytest.mark.parametrize("told", TOLD, ids=[f"{place}-{one['type'][13:]}" for place, one in enumerate(TOLD)])
def test_what_goes_out_has_the_published_shape(told: Json) -> None:
    jsonschema.validate(told["data"], shape(told["type"]), format_checker=jsonschema.FormatChecker())
    context = told["data"]["context"]
    assert context["version"] == "0.4.1"
    assert (told["type"], told["id"], told["source"], told["time"]) == (
        context["type"], context["id"], context["source"], context["timestamp"]
    )  # fmt: skip


def test_what_is_under_way_in_a_run_without_an_address_goes_out_in_our_words() -> None:
    (told,) = every([Tried(an_attempt(status=Status.IN_PROGRESS), (), upgrades=True)])
    assert (told["type"], told["data"]["status"]) == ("dev.ddq.deployment", "IN_PROGRESS")


def test_a_detected_incident_that_names_a_ticket_would_be_refused() -> None:
    (detected,) = (one for one in TOLD if one["type"] == "dev.cdevents.incident.detected.0.2.0")
    content = detected["data"]["subject"]["content"] | {"ticketURI": "https://tickets.example/7"}
    wrong = detected["data"] | {"subject": detected["data"]["subject"] | {"content": content}}
    with pytest.raises(jsonschema.ValidationError, match="ticketURI"):
        jsonschema.validate(wrong, shape(detected["type"]))
