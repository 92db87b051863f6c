"""Everything the environment may say, read and checked in one place: the only reader of `os.environ`."""

import base64
import hashlib
import hmac
import logging
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from data import cores
from data.alert_channels import parse_channels, parse_secrets, refused
from data.alert_models import Channel
from data.instants import from_instant, parse_instant
from data.intake_secrets import IntakeSecret
from data.secrets_manager import SecretError, read_secret
from data.tables import TableNames

log = logging.getLogger(__name__)

MIN_SECRET_BYTES = 24
SIGNING_PREFIX = "whsec_"
# Secrets for one sender alone: the variable's ending, and the sources its events may have.
OF_SENDERS = {
    "GITHUB": {"github"},
    "GITLAB": {"gitlab"},
    "ARGOCD": {"argocd", "argo-rollouts"},  # both are sent by one notifications controller's settings
    "JENKINS": {"jenkins"},
    "SPINNAKER": {"spinnaker"},
    "CDEVENTS": {"cdevents"},
    "JUNIT": {"junit"},
}
# What a secret of Secrets Manager may hold: each of these is a secret, or holds one.
SECRET_NAMES = frozenset({
    *(
        f"{name}{ending}"
        for name in ("WEBHOOK_SECRET", *(f"WEBHOOK_SECRET_{sender}" for sender in OF_SENDERS))
        for ending in ("", "_PREVIOUS", "_PREVIOUS_UNTIL")
    ),
    "ADMIN_KEY", "ALERT_CHANNELS", "ALERT_SECRETS", "CURSOR_SECRET", "REDIS_URL", "SCORECARD_SLACK_URL",
})  # fmt: skip
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

T = TypeVar("T")


class SettingsError(ValueError):
    """One sentence for the operator: which variable is wrong, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of a process. Secrets never appear in its repr."""

    bind_host: str = "0.0.0.0"
    port: int = 8080
    aws_endpoint_url: str | None = None  # None: AWS itself
    aws_region: str = "us-west-2"
    tables: TableNames = field(default_factory=TableNames)
    queue_url: str | None = None
    dlq_url: str | None = None
    archive_bucket: str | None = None  # None: deliveries are not archived
    event_bus: str | None = None  # None: stored events are not published
    webhook_secrets: tuple[str, ...] = field(default=(), repr=False)  # none: the intake refuses everything
    webhook_secret_until: datetime | None = None  # when all but the first of them end
    sender_secrets: tuple[IntakeSecret, ...] = ()
    ingest_rate: int = 200  # deliveries a second and credential, in each web process
    cursor_secret: bytes = field(repr=False)
    retention_days: int = 90
    refresh_seconds: float = 3.0
    admin_key: str | None = field(default=None, repr=False)  # None: admin actions are closed
    worker_threads: int = 4
    heartbeat_file: Path | None = None
    log_level: str = "INFO"
    web_threads: int = 8
    web_workers: int = 2
    catalog_file: Path = Path("catalog.yaml")
    version: str = "dev"
    alert_channels: tuple[Channel, ...] = ()
    scorecard_slack_url: str | None = field(default=None, repr=False)  # None: no weekly digest
    redis_url: str | None = field(default=None, repr=False)  # None: no answers are shared between processes
    public_url: str | None = None  # where people open the dashboard; None: messages hold no links
    metrics_port: int | None = None  # where Prometheus reads; None: nothing is opened
    metrics_namespace: str | None = None  # of CloudWatch metrics in the log; None: none are written
    otlp_endpoint: str | None = None  # where traces are sent; None: nothing is traced

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """What `environ` (default: the process's own) says; SettingsError on the first wrong variable."""
        env = _with_secrets(process_environment() if environ is None else environ)
        webhook_secrets, until = _rotating(env, "WEBHOOK_SECRET")
        return cls(
            bind_host=_text(env, "BIND_HOST") or "0.0.0.0",
            port=_number(env, "PORT", 8080, 1, 65535),
            aws_endpoint_url=_read(env, "AWS_ENDPOINT_URL", _http_url),
            aws_region=_text(env, "AWS_REGION") or _text(env, "AWS_DEFAULT_REGION") or "us-west-2",
            tables=_table_names(env),
            queue_url=_read(env, "SQS_QUEUE_URL", _http_url),
            dlq_url=_read(env, "SQS_DLQ_URL", _http_url),
            archive_bucket=_read(env, "ARCHIVE_BUCKET", _bucket),
            event_bus=_read(env, "EVENT_BUS_NAME", _bus),
            webhook_secrets=webhook_secrets,
            webhook_secret_until=until,
            sender_secrets=_sender_secrets(env),
            ingest_rate=_number(env, "INGEST_RATE", 200, 1, 1_000_000),
            cursor_secret=_cursor_secret(env, webhook_secrets),
            retention_days=_number(env, "RETENTION_DAYS", 90, 7, 3650),
            refresh_seconds=_read(env, "REFRESH_SECONDS", _seconds) or 3.0,
            admin_key=_read(env, "ADMIN_KEY", _long_enough),
            worker_threads=_number(env, "WORKER_THREADS", 4, 1, 64),
            heartbeat_file=_read(env, "WORKER_HEARTBEAT_FILE", Path),
            log_level=_read(env, "LOG_LEVEL", _log_level) or "INFO",
            web_threads=_number(env, "WEB_THREADS", 8, 1, 64),
            web_workers=_number(env, "WEB_WORKERS", cores.web_workers(), 1, 32),
            catalog_file=_read(env, "CATALOG_FILE", Path) or Path("catalog.yaml"),
            version=_text(env, "BUILD_VERSION") or "dev",
            alert_channels=_alert_channels(env),
            scorecard_slack_url=_read(env, "SCORECARD_SLACK_URL", _slack_url),
            redis_url=_read(env, "REDIS_URL", _redis_url),
            public_url=_read(env, "PUBLIC_URL", _http_url),
            metrics_port=_port(env, "METRICS_PORT"),
            metrics_namespace=_read(env, "METRICS_NAMESPACE", _namespace),
            otlp_endpoint=_read(env, "OTEL_EXPORTER_OTLP_ENDPOINT", _http_url),
        )

    def intake_secrets(self) -> tuple[IntakeSecret, ...]:
        """Every secret that opens the intake."""
        return (*_named("webhook", self.webhook_secrets, None, self.webhook_secret_until), *self.sender_secrets)

    def required_queue_url(self) -> str:
        """The queue's URL, for processes that are nothing without it."""
        if self.queue_url is None:
            raise SettingsError("SQS_QUEUE_URL is not set: this process needs the queue's URL.")
        return self.queue_url

    def required_archive_bucket(self) -> str:
        """The archive's bucket, for processes that are nothing without it."""
        if self.archive_bucket is None:
            raise SettingsError("ARCHIVE_BUCKET is not set: this process needs the archive.")
        return self.archive_bucket

    def required_dlq_url(self) -> str:
        """The dead-letter queue's URL, for processes that are nothing without it."""
        if self.dlq_url is None:
            raise SettingsError("SQS_DLQ_URL is not set: this process needs the dead-letter queue's URL.")
        return self.dlq_url


def process_environment() -> dict[str, str]:
    """A copy of this process's environment, for those who start other processes."""
    return dict(os.environ)


def _with_secrets(env: Mapping[str, str]) -> Mapping[str, str]:
    """The environment above what SECRETS_MANAGER_ID names; neither values nor answers of AWS get into a message."""
    secret_id = _text(env, "SECRETS_MANAGER_ID")
    if secret_id is None:
        return env
    region = _text(env, "AWS_REGION") or _text(env, "AWS_DEFAULT_REGION") or "us-west-2"
    try:
        held = read_secret(_read(env, "AWS_ENDPOINT_URL", _http_url), region, secret_id)
    except SecretError as error:
        raise SettingsError(f"SECRETS_MANAGER_ID {error}.") from None
    if unknown := sorted(held.keys() - SECRET_NAMES):
        raise SettingsError(
            f"SECRETS_MANAGER_ID names a secret that holds {unknown[0][:80]!r}, which is no secret of ours."
        )
    return held | {name: value for name, value in env.items() if value.strip()}


@cache
def shared_metrics() -> Path | None:
    """A new folder where the processes forked from this one measure together; None where METRICS_PORT is not set.

    To be asked before anything is measured: the library reads its variable once.
    """
    if not _text(os.environ, "METRICS_PORT"):
        return None
    made = os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="dashboard-metrics-")
    return Path(made)


def _text(env: Mapping[str, str], name: str) -> str | None:
    """The variable's value; empty counts as not set."""
    return env.get(name, "").strip() or None


def _read(env: Mapping[str, str], name: str, parse: Callable[[str], T]) -> T | None:
    """The parsed variable, None where it is not set."""
    text = _text(env, name)
    if text is None:
        return None
    try:
        return parse(text)
    except ValueError as error:
        raise SettingsError(f"{name} {error}.") from error


def _number(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    def parse(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}, not {text[:40]!r}")
        return int(text)

    value = _read(env, name, parse)
    return default if value is None else value


def _port(env: Mapping[str, str], name: str) -> int | None:
    return _number(env, name, 0, 1, 65535) or None


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0.2 <= value <= 60:
        raise ValueError(f"must be a number of seconds from 0.2 to 60, not {text[:40]!r}")
    return value


def _http_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"must be an http:// or https:// URL, not {text[:80]!r}")
    return text.rstrip("/")


def _slack_url(text: str) -> str:
    # The address is the secret: it stays out of the message.
    if why := refused(text):
        raise ValueError(why)
    return text


def _redis_url(text: str) -> str:
    # It may hold a password: it stays out of the message.
    parts = urlsplit(text)
    if parts.scheme not in ("redis", "rediss") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be like redis://host:6379/0 or rediss://user:password@host:6379, and no more")
    return text


def _bucket(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", text):
        raise ValueError(f"must be the name of an S3 bucket, not {text[:80]!r}")
    return text


def _bus(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._/:-]{1,256}", text):
        raise ValueError(f"must be the name or ARN of an event bus, not {text[:80]!r}")
    return text


def _namespace(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._/#-][A-Za-z0-9._/#:-]{0,254}", text):
        raise ValueError(f"must be a namespace of CloudWatch, not {text[:80]!r}")
    return text


def _log_level(text: str) -> str:
    if text.upper() not in LOG_LEVELS:
        raise ValueError(f"must be one of {', '.join(LOG_LEVELS)}, not {text[:40]!r}")
    return text.upper()


def _long_enough(text: str) -> str:
    # The value itself stays out of the message: messages end up in logs.
    if len(text.encode()) < MIN_SECRET_BYTES:
        raise ValueError(f"is too short to be a secret: at least {MIN_SECRET_BYTES} bytes are needed")
    return text


def _rotating(env: Mapping[str, str], name: str) -> tuple[tuple[str, ...], datetime | None]:
    """The secret of that name, and for as long as it is being changed the one before; when that one ends."""
    current = _read(env, name, _key)
    previous = _read(env, f"{name}_PREVIOUS", _key)
    until = _read(env, f"{name}_PREVIOUS_UNTIL", parse_instant)
    if previous is not None and current is None:
        raise SettingsError(f"{name}_PREVIOUS is set, but {name} is not: the current secret is missing.")
    if until is not None and previous is None:
        raise SettingsError(f"{name}_PREVIOUS_UNTIL is set, but {name}_PREVIOUS is not.")
    found = tuple(value for value in (current, previous) if value is not None)
    return found, None if until is None else from_instant(until)


def _sender_secrets(env: Mapping[str, str]) -> tuple[IntakeSecret, ...]:
    rotating = {ending: _rotating(env, f"WEBHOOK_SECRET_{ending}") for ending in OF_SENDERS}
    return tuple(
        secret
        for ending, (values, until) in rotating.items()
        for secret in _named(ending.lower(), values, frozenset(OF_SENDERS[ending]), until)
    )


def _alert_channels(env: Mapping[str, str]) -> tuple[Channel, ...]:
    secrets = _read(env, "ALERT_SECRETS", parse_secrets) or {}
    channels = _read(env, "ALERT_CHANNELS", lambda text: parse_channels(text, secrets)) or ()
    unused = secrets.keys() - {one.name for one in channels if one.kind == "webhook"}
    if unused:
        raise SettingsError(f"ALERT_SECRETS names {sorted(unused)[0]}, which is no webhook of ALERT_CHANNELS.")
    return channels


def _named(
    name: str, values: Sequence[str], sources: frozenset[str] | None, until: datetime | None
) -> tuple[IntakeSecret, ...]:
    kinds = (f"{name} secret", f"previous {name} secret")
    ends = (None, until)
    return tuple(
        IntakeSecret(kind, value, sources, end) for kind, value, end in zip(kinds, values, ends, strict=False)
    )


def _key(text: str) -> str:
    """A secret; one that says `whsec_` is base64, and it is the bytes behind it that have to be enough."""
    if not text.startswith(SIGNING_PREFIX):
        return _long_enough(text)
    encoded = text.removeprefix(SIGNING_PREFIX)
    try:
        size = len(base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True))
    except ValueError:
        raise ValueError(f"begins with {SIGNING_PREFIX} and so must go on in base64") from None
    if size < MIN_SECRET_BYTES:
        raise ValueError(f"is too short to be a secret: at least {MIN_SECRET_BYTES} bytes are needed")
    return text


def _cursor_secret(env: Mapping[str, str], webhook_secrets: tuple[str, ...]) -> bytes:
    own = _read(env, "CURSOR_SECRET", _long_enough)
    if own is not None:
        return own.encode()
    if webhook_secrets:
        return hmac.digest(webhook_secrets[0].encode(), b"cursor", hashlib.sha256)
    log.warning("Neither CURSOR_SECRET nor WEBHOOK_SECRET is set: cursors will not outlive this process.")
    return secrets.token_bytes(32)


def _table_names(env: Mapping[str, str]) -> TableNames:
    names = TableNames()
    return TableNames(
        attempts=_text(env, "DYNAMODB_TABLE_ATTEMPTS") or names.attempts,
        test_runs=_text(env, "DYNAMODB_TABLE_TEST_RUNS") or names.test_runs,
        promotions=_text(env, "DYNAMODB_TABLE_PROMOTIONS") or names.promotions,
        read_model=_text(env, "DYNAMODB_TABLE_READ_MODEL") or names.read_model,
        catalog=_text(env, "DYNAMODB_TABLE_CATALOG") or names.catalog,
        events=_text(env, "DYNAMODB_TABLE_EVENTS") or names.events,
        scorecards=_text(env, "DYNAMODB_TABLE_SCORECARDS") or names.scorecards,
    )
