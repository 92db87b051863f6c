"""What `make run` may be told by environment, and what it tells the processes it starts."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from data import tables
from data.tables import Queues
from embedded import emulator
from settings import Settings, SettingsError

REGION = "us-west-2"
DATA_DIR = Path(".data")
# Real credentials and profiles stay out of processes that talk to the embedded AWS.
OF_REAL_AWS = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_DEFAULT_REGION", "AWS_ROLE_ARN",
               "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Options:
    """The choices of whoever typed `make run`."""

    port: int
    aws_port: int
    data_dir: Path
    demo: bool

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Options":
        """SettingsError names the variable that is wrong; what only children read is checked as well."""
        demo = environ.get("DEMO", "").strip()
        if demo not in ("", "none"):
            raise SettingsError(f"DEMO may be 'none' (start empty) or unset, not {demo[:40]!r}.")
        port = Settings.from_env({**environ, "CURSOR_SECRET": "only-to-check-the-settings"}).port
        aws_port = _aws_port(environ.get("AWS_PORT", "").strip() or "4566")
        if port == aws_port:
            raise SettingsError(f"PORT and AWS_PORT are both {port}: they must differ.")
        data_dir = Path(environ.get("DATA_DIR", "").strip() or DATA_DIR).expanduser().resolve()
        return cls(port, aws_port, data_dir, demo != "none")


def _aws_port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise SettingsError(f"AWS_PORT must be a whole number from 1 to 65535, not {text[:40]!r}.")
    return int(text)


def child_environment(environ: Mapping[str, str], options: Options, secret: str, queues: Queues) -> dict[str, str]:
    """The environment of web, worker, import and feeder: production's settings, another endpoint."""
    mine = {
        "AWS_ENDPOINT_URL": emulator.endpoint(options.aws_port),
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "SQS_QUEUE_URL": queues.queue_url,
        "SQS_DLQ_URL": queues.dlq_url,
        "ARCHIVE_BUCKET": tables.ARCHIVE_BUCKET,
        "WEBHOOK_SECRET": secret,
        "PORT": str(options.port),
        "WORKER_HEARTBEAT_FILE": str(options.data_dir / "worker-heartbeat"),
        "PYTHONUNBUFFERED": "1",
    }
    kept = {
        name: value
        for name, value in environ.items()
        if name not in OF_REAL_AWS and name != "EVENT_BUS_NAME" and not name.startswith("DYNAMODB_TABLE_")
    }
    return {"BIND_HOST": emulator.HOST} | kept | mine


def worker_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The worker's: its metrics are on the port behind that of the web process."""
    port = Settings.from_env(environment).metrics_port
    return {**environment, **({"METRICS_PORT": str(port + 1)} if port else {})}


def webhook_secret(environ: Mapping[str, str], data_dir: Path) -> str:
    """The secret given, else the one made at the first start and kept readable by its owner alone."""
    given = environ.get("WEBHOOK_SECRET", "").strip()
    if given:
        return given
    file = data_dir / "webhook-secret"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(32))
    return file.read_text().strip()
