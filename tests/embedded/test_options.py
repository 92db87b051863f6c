"""What `make run` may be told, and what the processes it starts are told."""

import json
import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.instants import parse_instant
from data.tables import Queues
from embedded import announcement
from embedded.clean import clean
from embedded.guard import read_children
from embedded.options import Options, child_environment, webhook_secret, worker_environment
from ingest.envelope import normalize
from settings import Settings, SettingsError

NOW = datetime(2026, 1, 7, 0, 0, 1, tzinfo=UTC)
SECRET = "it's-a-secret-of-24-bytes"


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"PORT": "x"}, "PORT must be a whole number"),
        ({"AWS_PORT": "70000"}, "AWS_PORT must be a whole number from 1 to 65535, not '70000'."),
        ({"PORT": "4566"}, "PORT and AWS_PORT are both 4566"),
        ({"DEMO": "big"}, "DEMO may be 'none'"),
        ({"RETENTION_DAYS": "-1"}, "RETENTION_DAYS must be"),
        ({"WEBHOOK_SECRET": "short"}, "WEBHOOK_SECRET is too short"),
    ],
)
def test_a_wrong_choice_is_named_before_anything_starts(environ: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Options.from_env(environ)
    assert str(caught.value).startswith(sentence)


def test_nothing_chosen_is_the_demo_on_8080() -> None:
    options = Options.from_env({})
    assert (options.port, options.aws_port, options.demo) == (8080, 4566, True)
    assert options.data_dir == Path(".data").resolve()


def test_children_never_see_real_credentials_or_other_tables(tmp_path: Path) -> None:
    options = Options(8080, 4566, tmp_path, demo=True)
    real = {
        "AWS_PROFILE": "prod", "AWS_ACCESS_KEY_ID": "real", "AWS_SECRET_ACCESS_KEY": "real",
        "AWS_SESSION_TOKEN": "real",
        "AWS_ENDPOINT_URL": "https://aws.example.com", "DYNAMODB_TABLE_EVENTS": "prod-events", "PATH": "/bin",
    }  # fmt: skip
    queues = Queues("http://127.0.0.1:4566/q", "http://127.0.0.1:4566/d")
    environment = child_environment(real, options, SECRET, queues)
    assert not [name for name, value in environment.items() if value in ("real", "prod", "prod-events")]
    settings = Settings.from_env(environment)
    assert settings.aws_endpoint_url == "http://127.0.0.1:4566"
    assert settings.bind_host == "127.0.0.1"
    assert settings.webhook_secrets == (SECRET,)
    assert environment["PATH"] == "/bin"


def test_a_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    first = webhook_secret({}, tmp_path)
    assert len(first) >= 32
    assert webhook_secret({}, tmp_path) == first
    assert (tmp_path / "webhook-secret").stat().st_mode & 0o777 == 0o600


def test_a_given_secret_is_used_and_not_written_down(tmp_path: Path) -> None:
    assert webhook_secret({"WEBHOOK_SECRET": SECRET}, tmp_path) == SECRET
    assert list(tmp_path.iterdir()) == []


def test_the_command_to_paste_is_an_event_the_intake_takes() -> None:
    words = shlex.split(announcement.curl(8080, SECRET, NOW))
    assert words[:3] == ["curl", "-i", "http://127.0.0.1:8080/api/ingest/webhook"]
    assert f"X-Webhook-Secret: {SECRET}" in words
    body = json.loads(words[words.index("-d") + 1])
    event = normalize(body, parse_instant("2026-01-07T00:00:01Z"), suites=("FUNCTIONAL",))[0]
    assert event.event_time == "2026-01-06T23:59:56.000Z"


def test_two_commands_printed_a_second_apart_name_two_versions() -> None:
    later = NOW.replace(second=2)
    assert announcement.curl(8080, SECRET, NOW) != announcement.curl(8080, SECRET, later)


def test_the_guard_knows_who_is_left() -> None:
    assert read_children(["+ 7 3\n", "+ 8 2\n", "+ 9 1\n", "- 9\n"]) == {7: 3, 8: 2}


def test_cleaning_forgets_what_a_run_made_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "aws").mkdir()
    (tmp_path / "aws" / "dynamodb.json").touch()
    (tmp_path / "webhook-secret").touch()
    (tmp_path / "mine.txt").touch()
    assert clean(tmp_path) == f"The data in {tmp_path} is forgotten."
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]
    assert clean(tmp_path / "nowhere") == f"There is no data in {tmp_path / 'nowhere'}."


def test_the_worker_is_measured_on_a_port_of_its_own() -> None:
    told = {"METRICS_PORT": "9102", "CURSOR_SECRET": SECRET}
    assert worker_environment(told) == told | {"METRICS_PORT": "9103"}
    assert worker_environment({"CURSOR_SECRET": SECRET}) == {"CURSOR_SECRET": SECRET}
