"""The AWS clients, and the one translation of their failures into ours.

boto3 is configured here and nowhere else: retries, time-outs and pools by role, so that a slow table can
neither hang a page nor make the worker give up early.
"""

import functools
import ipaddress
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.credentials import EnvProvider
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from data.errors import Unavailable
from telemetry import aws_calls

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_events.client import EventBridgeClient
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_secretsmanager.client import SecretsManagerClient
    from mypy_boto3_sqs.client import SQSClient

Role = Literal["web", "worker", "bulk"]
P = ParamSpec("P")
T = TypeVar("T")

LONG_POLL_SECONDS = 20
POOL = 32
USER_AGENT = "deploy-dashboard"
PASSING = frozenset({
    "InternalFailure", "InternalServerError", "LimitExceededException", "OverLimit",
    "ProvisionedThroughputExceededException", "RequestLimitExceeded", "RequestThrottled", "RequestTimeout",
    "RequestTimeoutException", "ServiceUnavailable", "Throttling", "ThrottlingException",
    "TooManyRequestsException", "TransactionConflictException", "TransactionInProgressException",
    "KMS.ThrottlingException",
})  # fmt: skip
# Set-up and rights can be mended while we run: to a caller the dependency is away, not the request wrong.
NOT_OURS_NOW = frozenset({
    "AccessDeniedException", "AccessDenied", "ExpiredTokenException", "ExpiredToken", "InvalidClientTokenId",
    "UnrecognizedClientException", "ResourceNotFoundException", "AWS.SimpleQueueService.NonExistentQueue",
    "QueueDoesNotExist", "NoSuchBucket",
})  # fmt: skip


def dynamodb(endpoint: str | None, region: str, role: Role = "web") -> "DynamoDBClient":
    """A DynamoDB client: impatient for pages (`web`), persistent for the worker, lean for imports (`bulk`)."""
    session = _session(endpoint)
    return session.client("dynamodb", region_name=region, endpoint_url=endpoint, config=_config(role))


def sqs(endpoint: str | None, region: str, role: Role = "web") -> "SQSClient":
    """An SQS client for everything but long polling."""
    session = _session(endpoint)
    return session.client("sqs", region_name=region, endpoint_url=endpoint, config=_config(role))


def sqs_sender(endpoint: str | None, region: str) -> "SQSClient":
    """An SQS client for the intake: whoever sends us something hears within five seconds that it did not work."""
    config = Config(
        connect_timeout=1,
        read_timeout=1.5,
        retries={"mode": "standard", "total_max_attempts": 2},
        max_pool_connections=POOL,
        tcp_keepalive=True,
        parameter_validation=False,  # our own code made the messages, and many are sent
        user_agent=USER_AGENT,  # spelling out botocore's own, anew each time, is a fifth of a call
    )
    return _session(endpoint).client("sqs", region_name=region, endpoint_url=endpoint, config=config)


def sqs_receiver(endpoint: str | None, region: str) -> "SQSClient":
    """An SQS client that outwaits a long poll; it does not retry, its caller's loop does."""
    config = Config(
        connect_timeout=2,
        read_timeout=LONG_POLL_SECONDS + 10,
        retries={"mode": "standard", "total_max_attempts": 1},
        max_pool_connections=POOL,
    )
    return _session(endpoint).client("sqs", region_name=region, endpoint_url=endpoint, config=config)


def s3(endpoint: str | None, region: str) -> "S3Client":
    """An S3 client for the archive; at an endpoint of its own the bucket is part of the path, not of the host."""
    config = _outlet_config(s3={"addressing_style": "auto" if endpoint is None else "path"})
    return _session(endpoint).client("s3", region_name=region, endpoint_url=endpoint, config=config)


def events(endpoint: str | None, region: str) -> "EventBridgeClient":
    """An EventBridge client for the bus."""
    return _session(endpoint).client("events", region_name=region, endpoint_url=endpoint, config=_outlet_config())


def secrets_manager(endpoint: str | None, region: str) -> "SecretsManagerClient":
    """A client for the one read at the start."""
    config = _outlet_config()
    return _session(endpoint).client("secretsmanager", region_name=region, endpoint_url=endpoint, config=config)


def _outlet_config(**more: Any) -> Config:
    """The worker waits for these by itself where they are away: each try may fail soon."""
    retries: Any = {"mode": "standard", "total_max_attempts": 3}
    return Config(connect_timeout=1, read_timeout=10, retries=retries, tcp_keepalive=True, **more)


@contextmanager
def aws_errors() -> Iterator[None]:
    """Turn AWS being away, throttled or closed to us into Unavailable; everything else passes unchanged.

    ConditionalCheckFailedException and validation errors are the caller's business.
    """
    try:
        yield
    except ClientError as error:
        if is_unavailable(error):
            raise Unavailable(_sentence(error)) from error
        raise
    except ParamValidationError:
        raise  # our own mistake: no waiting will mend it
    except BotoCoreError as error:
        raise Unavailable(str(error)) from error


def unavailable_if_away(function: Callable[P, T]) -> Callable[P, T]:
    """`aws_errors` as a decorator that keeps the function's type."""

    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        with aws_errors():
            return function(*args, **kwargs)

    return wrapped


def is_unavailable(error: ClientError) -> bool:
    """Whether the same call may succeed later."""
    code = error_code(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return code in PASSING or code in NOT_OURS_NOW or status >= 500


def error_code(error: ClientError) -> str:
    """AWS's name of the error, without the namespace some answers put before it."""
    return str(error.response.get("Error", {}).get("Code", "")).rsplit("#", 1)[-1]


def _sentence(error: ClientError) -> str:
    message = error.response.get("Error", {}).get("Message", "")
    return f"{error.operation_name}: {error_code(error)} {message}".strip()


def _config(role: Role) -> Config:
    settings: dict[str, Any] = {"connect_timeout": 1, "max_pool_connections": POOL, "tcp_keepalive": True}
    if role != "web":
        # Whoever writes sends tens of thousands of items our own code made: checking the shape of each again
        # would take much of its time.
        settings["parameter_validation"] = False
    if role == "web":
        settings |= {"read_timeout": 2, "retries": {"mode": "standard", "total_max_attempts": 3}}
    elif role == "bulk":
        settings |= {"read_timeout": 30, "retries": {"mode": "standard", "total_max_attempts": 8}}
    else:
        settings |= {"read_timeout": 5, "retries": {"mode": "adaptive", "total_max_attempts": 8}}
    return Config(**settings)


def _session(endpoint: str | None) -> "boto3.session.Session":
    """A session of its own per client (sessions are not thread-safe).

    An emulator on loopback wants some credentials but needs no real ones: unless the environment names
    some, it gets dummies, and neither a profile nor an instance's role is asked.
    """
    if endpoint is not None and is_loopback(endpoint) and EnvProvider().load() is None:
        session = boto3.session.Session(aws_access_key_id="local", aws_secret_access_key="local")
    else:
        session = boto3.session.Session()
    aws_calls.watch(session.events)
    return session


def is_loopback(endpoint: str) -> bool:
    """Whether the URL's host is this machine's loopback."""
    host = urlsplit(endpoint).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
