"""POST /api/ingest/webhook: every sender's deliveries, recognised by headers or shape, or named by the address."""

from collections.abc import Mapping

from flask import Blueprint, request
from werkzeug.datastructures import MultiDict

from api import intake
from api.intake import Door, Reply
from api.params import Parameter, asked
from data.errors import InvalidRequest
from ingest.normalizers import github

MAX_CLUSTER = 256
FORM = "application/x-www-form-urlencoded"

PARAMETERS = (
    Parameter(
        "cluster", "", str, {"type": "string", "minLength": 1, "maxLength": MAX_CLUSTER},
        "The cluster-region, or what senders call it, where the sender itself does not say it.",
    ),
)  # fmt: skip

bp = Blueprint("webhooks", __name__)


@bp.post("/ingest/webhook", strict_slashes=False)  # Spinnaker ends every address with a slash
@bp.post("/ingest/webhook/<sender>", strict_slashes=False)
def webhook(sender: str | None = None) -> Reply:
    """202 once the queue has the event, 200 where it changes nothing shown."""
    return intake.receive(Door(sender, check_type=lambda: check_type(sender), params=parameters))


def check_type(sender: str | None) -> None:
    """415 unless the body is JSON; or a form, which is what GitHub sends unless told otherwise."""
    if request.mimetype == FORM and (sender == "github" or github.by_headers(intake.headers())):
        return intake.check_plain()
    return intake.check_json_type()


def parameters() -> Mapping[str, str]:
    """What the address may say: the cluster, for senders whose words do not. Anything else might be a secret."""
    if not request.query_string:
        return {}
    others = MultiDict((name, value) for name, value in request.args.items(multi=True) if name != "cluster")
    asked(others, ())
    given = request.args.getlist("cluster")
    if not given:
        return {}
    if len(given) > 1 or not given[0] or len(given[0]) > MAX_CLUSTER or not given[0].isprintable():
        raise InvalidRequest(f"must be given once, as 1 to {MAX_CLUSTER} printable characters", "cluster")
    return {"cluster": given[0]}
