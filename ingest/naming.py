"""The ways a sender may name an attempt, and how each becomes the one attempt id. Pure."""

from data import keys
from data.errors import InvalidRequest
from ingest.schema import AttemptSaid


def named_attempt(said: AttemptSaid) -> tuple[str, str, str, str | None]:
    """(cluster, service, version, n) as named in one of the allowed ways; n None where nothing gives it."""
    n = _number(said)
    if said.attempt_id is None:
        for value, field in ((said.cluster_id, "clusterId"), (said.service_id, "serviceId")):
            if value is None:
                raise InvalidRequest("is required where no attemptId is sent", f"payload.{field}")
        if said.build_version is None:
            raise InvalidRequest("is required where no attemptId is sent", "payload.buildVersion")
        return str(said.cluster_id), str(said.service_id), said.build_version, n
    cluster, service, version, its_n = said.attempt_id.split(":")
    agreeing = (
        ("clusterId", said.cluster_id, cluster), ("serviceId", said.service_id, service),
        ("buildVersion", said.build_version, version), ("attemptNumber", n, its_n),
    )  # fmt: skip
    for field, value, expected in agreeing:
        if value is not None and value != expected:
            raise InvalidRequest(f"must agree with attemptId, which says {expected}", f"payload.{field}")
    return cluster, service, version, its_n


def _number(said: AttemptSaid) -> str | None:
    """The attempt number sent, or made of a run id and its re-run number."""
    if said.attempt_number is not None:
        return said.attempt_number
    if said.run_id is None:
        return None
    n = f"{said.run_id}.{said.run_attempt or '1'}"
    if not keys.ATTEMPT_NUMBER.fullmatch(n):
        raise InvalidRequest("must be at most 64 characters together with runAttempt", "payload.runId")
    return n
