"""POST /api/ingest/junit: a JUnit file as a test tool wrote it; the address says for which attempt and suite."""

from collections.abc import Mapping

from flask import Blueprint, request
from werkzeug.exceptions import UnsupportedMediaType

from api import intake
from api.intake import Door, Reply
from api.params import ID_SCHEMA, Parameter
from api.schemas import Schema
from data import keys
from data.errors import InvalidRequest
from ingest.normalizers.junit import MEDIA_TYPES
from ingest.words import MAX_URL, NAME

MAX_BYTES = 10 * 1024 * 1024
TEXT: Schema = {"type": "string", "maxLength": 300}

bp = Blueprint("junit", __name__)


@bp.post("/ingest/junit")
def junit() -> Reply:
    """202 once the queue has the test result, 200 where it changes nothing shown."""
    return intake.receive(Door("junit", MAX_BYTES, check_xml_type, parameters))


def check_xml_type() -> None:
    """415 unless the body is plain XML."""
    if request.mimetype not in MEDIA_TYPES:
        raise UnsupportedMediaType(f"the content type must be {' or '.join(MEDIA_TYPES)}")
    intake.check_plain()


def parameters() -> Mapping[str, str]:
    """What the address says; each name once, whichever names there are."""
    for name, given in request.args.lists():
        if len(given) > 1:
            raise InvalidRequest("is given more than once", name[:100])
    return request.args.to_dict()


def _parameter(name: str, description: str, example: str | None = None, schema: Schema = TEXT) -> Parameter:
    """For the documentation: the values are judged with the file, when it is replayed too."""
    return Parameter(name, "", str, schema, description, example)


PARAMETERS = (
    _parameter("suite", "The suite these tests are, as the catalog names it (required).", "FUNCTIONAL"),
    _parameter("attemptId", "The attempt they tested; else cluster, service and version.",
               "mira-us-west-2:authn:3.4.2:1284"),
    _parameter("clusterId", "Where no attempt is named: the cluster-region.", None, ID_SCHEMA),
    _parameter("serviceId", "Where no attempt is named: the service.", None, ID_SCHEMA),
    _parameter("buildVersion", "Where no attempt is named: the version; its newest attempt by then is meant.", None,
               {"type": "string", "pattern": f"^{keys.VERSION.pattern}$"}),
    _parameter("gitSha", "The commit, where one version was built of several.", None,
               {"type": "string", "pattern": "^[0-9a-fA-F]{7,64}$"}),
    _parameter("testRunId", "Your id of this run; made of the result without it.", None,
               {"type": "string", "pattern": f"^{NAME.pattern}$"}),
    _parameter("reportUrl", "Where people read the whole report.", None,
               {"type": "string", "format": "uri", "maxLength": MAX_URL}),
    _parameter("executedAt", "When the tests ran, with an offset; the file's earliest time without it.", None,
               {"type": "string", "format": "date-time"}),
    _parameter("tz", "The zone of times in the file that name no offset; UTC without it.", "Europe/Berlin"),
)  # fmt: skip
