"""Settings: what the environment may say, and how it is told that it is wrong."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.tables import TableNames
from settings import Settings, SettingsError

SECRET = "s" * 24


def test_an_empty_environment_is_production_at_aws_with_a_closed_intake() -> None:
    settings = Settings.from_env({})
    assert settings.aws_endpoint_url is None
    assert settings.tables == TableNames()
    assert settings.webhook_secrets == ()
    assert settings.admin_key is None
    assert (settings.port, settings.retention_days, settings.worker_threads) == (8080, 90, 4)


def test_every_variable_reaches_its_field() -> None:
    settings = Settings.from_env({
        "PORT": "9000", "BIND_HOST": "127.0.0.1", "AWS_ENDPOINT_URL": "http://127.0.0.1:4566/",
        "AWS_REGION": "eu-west-1",
        "DYNAMODB_TABLE_ATTEMPTS": "a", "DYNAMODB_TABLE_TEST_RUNS": "b", "DYNAMODB_TABLE_PROMOTIONS": "c",
        "DYNAMODB_TABLE_READ_MODEL": "d", "DYNAMODB_TABLE_CATALOG": "e", "DYNAMODB_TABLE_EVENTS": "f",
        "DYNAMODB_TABLE_SCORECARDS": "g", "SQS_QUEUE_URL": "http://q/1", "SQS_DLQ_URL": "http://q/2",
        "WEBHOOK_SECRET": SECRET, "WEBHOOK_SECRET_PREVIOUS": SECRET + "old", "CURSOR_SECRET": SECRET + "c",
        "RETENTION_DAYS": "30", "REFRESH_SECONDS": "0.5", "ADMIN_KEY": SECRET + "a", "WORKER_THREADS": "2",
        "WORKER_HEARTBEAT_FILE": "/tmp/beat", "LOG_LEVEL": "debug", "WEB_THREADS": "3", "WEB_WORKERS": "5",
        "CATALOG_FILE": "other.yaml", "BUILD_VERSION": "1.2.3",
        "ARCHIVE_BUCKET": "archive-1", "EVENT_BUS_NAME": "Bus",
        "SCORECARD_SLACK_URL": "https://hooks.example.com/x", "METRICS_PORT": "9102",
        "METRICS_NAMESPACE": "DeployDashboard", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318/",
        "REDIS_URL": "rediss://me:word@cache.example.com:6379",
    })  # fmt: skip
    assert settings == Settings(
        port=9000, bind_host="127.0.0.1", aws_endpoint_url="http://127.0.0.1:4566", aws_region="eu-west-1",
        tables=TableNames(
            attempts="a", test_runs="b", promotions="c", read_model="d", catalog="e", events="f", scorecards="g"
        ),
        queue_url="http://q/1", dlq_url="http://q/2", webhook_secrets=(SECRET, SECRET + "old"),
        cursor_secret=(SECRET + "c").encode(), retention_days=30, refresh_seconds=0.5, admin_key=SECRET + "a",
        worker_threads=2, heartbeat_file=Path("/tmp/beat"), log_level="DEBUG", web_threads=3, web_workers=5,
        catalog_file=Path("other.yaml"), version="1.2.3", archive_bucket="archive-1", event_bus="Bus",
        scorecard_slack_url="https://hooks.example.com/x", metrics_port=9102, metrics_namespace="DeployDashboard",
        otlp_endpoint="http://collector:4318", redis_url="rediss://me:word@cache.example.com:6379",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"), ("PORT", "0"), ("PORT", "65536"), ("PORT", "-1"), ("PORT", "٣"), ("RETENTION_DAYS", "6"),
        ("RETENTION_DAYS", "1e2"), ("REFRESH_SECONDS", "0"), ("REFRESH_SECONDS", "nan"), ("REFRESH_SECONDS", "soon"),
        ("AWS_ENDPOINT_URL", "localhost:4566"), ("AWS_ENDPOINT_URL", "ftp://host"), ("SQS_QUEUE_URL", "queue"),
        ("LOG_LEVEL", "loud"), ("WORKER_THREADS", "0"), ("WEB_WORKERS", "many"), ("ARCHIVE_BUCKET", "s3://archive"),
        ("ARCHIVE_BUCKET", "Upper"), ("ARCHIVE_BUCKET", "a"), ("EVENT_BUS_NAME", "two words"),
        ("REDIS_URL", "http://cache:6379"), ("REDIS_URL", "redis://"), ("REDIS_URL", "redis://cache?db=9"),
        ("METRICS_PORT", "none"), ("METRICS_NAMESPACE", "two words"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_one_sentence_that_names_its_variable(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({name: value})
    assert str(caught.value).startswith(f"{name} must be ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["WEBHOOK_SECRET", "WEBHOOK_SECRET_PREVIOUS", "ADMIN_KEY", "CURSOR_SECRET"])
def test_a_short_secret_is_refused_without_being_repeated(name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is too short") as caught:
        Settings.from_env({name: "hunter2hunter2hunter2xx"})
    assert "hunter2" not in str(caught.value)


def test_an_address_that_is_a_secret_is_refused_without_being_repeated() -> None:
    with pytest.raises(SettingsError, match="^SCORECARD_SLACK_URL is not https") as caught:
        Settings.from_env({"SCORECARD_SLACK_URL": "http://hooks.example.com/hunter2"})
    assert "hunter2" not in str(caught.value)
    settings = Settings.from_env({"SCORECARD_SLACK_URL": "https://hooks.example.com/hunter2"})
    assert "hunter2" not in repr(settings)


def test_secrets_stay_out_of_the_repr() -> None:
    settings = Settings.from_env({"WEBHOOK_SECRET": "w" * 30, "ADMIN_KEY": "a" * 30, "CURSOR_SECRET": "c" * 30})
    shown = repr(settings)
    assert "www" not in shown
    assert "aaa" not in shown
    assert "ccc" not in shown


def test_processes_with_one_webhook_secret_share_cursors_and_do_not_reveal_it() -> None:
    one, two = (Settings.from_env({"WEBHOOK_SECRET": SECRET}) for _ in range(2))
    assert one.cursor_secret == two.cursor_secret
    assert SECRET.encode() not in one.cursor_secret
    assert Settings.from_env({"WEBHOOK_SECRET": SECRET + "x"}).cursor_secret != one.cursor_secret


def test_without_any_secret_cursors_are_per_process_and_the_log_says_so(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "settings"):
        one, two = Settings.from_env({}), Settings.from_env({})
    assert one.cursor_secret != two.cursor_secret
    assert "cursors will not outlive this process" in caplog.text


def test_a_process_that_needs_the_queue_says_which_variable_is_missing() -> None:
    settings = Settings.from_env({})
    with pytest.raises(SettingsError, match="^SQS_QUEUE_URL is not set"):
        settings.required_queue_url()
    with pytest.raises(SettingsError, match="^SQS_DLQ_URL is not set"):
        settings.required_dlq_url()


NAMES = ["PORT", "AWS_ENDPOINT_URL", "RETENTION_DAYS", "REFRESH_SECONDS", "LOG_LEVEL", "ADMIN_KEY", "SQS_QUEUE_URL"]


@given(st.dictionaries(st.sampled_from(NAMES), st.text(max_size=60)))
def test_no_environment_raises_anything_but_a_settings_error(environ: dict[str, str]) -> None:
    try:
        Settings.from_env(environ)
    except SettingsError as error:
        assert any(name in str(error) for name in environ)


def test_the_previous_secret_ends_when_the_settings_say() -> None:
    now = datetime(2026, 2, 24, 12, tzinfo=UTC)
    settings = Settings.from_env({
        "WEBHOOK_SECRET": SECRET, "WEBHOOK_SECRET_PREVIOUS": SECRET + "old",
        "WEBHOOK_SECRET_PREVIOUS_UNTIL": "2026-02-24T13:00:00+01:00",
    })  # fmt: skip
    current, previous = settings.intake_secrets()
    assert (current.value, current.until, previous.value, previous.until) == (SECRET, None, SECRET + "old", now)
    assert not previous.lives(now)
    assert previous.lives(now - timedelta(seconds=1))


def test_a_sender_s_own_secret_is_for_its_events_alone() -> None:
    settings = Settings.from_env({"WEBHOOK_SECRET_ARGOCD": SECRET, "WEBHOOK_SECRET_GITHUB": SECRET + "g",
                                  "WEBHOOK_SECRET_GITHUB_PREVIOUS": SECRET + "h"})  # fmt: skip
    found = {one.value: (one.name, set(one.sources or ())) for one in settings.intake_secrets()}
    assert found == {
        SECRET: ("argocd secret", {"argocd", "argo-rollouts"}),
        SECRET + "g": ("github secret", {"github"}),
        SECRET + "h": ("previous github secret", {"github"}),
    }
    assert SECRET not in repr(settings)


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"WEBHOOK_SECRET_PREVIOUS": SECRET}, "WEBHOOK_SECRET is not"),
        ({"WEBHOOK_SECRET": SECRET, "WEBHOOK_SECRET_PREVIOUS_UNTIL": "2026-02-24T12:00:00Z"}, "PREVIOUS is not"),
        (
            {"WEBHOOK_SECRET": SECRET, "WEBHOOK_SECRET_PREVIOUS": SECRET, "WEBHOOK_SECRET_PREVIOUS_UNTIL": "soon"},
            "ISO",
        ),
        ({"WEBHOOK_SECRET": "whsec_" + "A" * 24}, "too short"),
        ({"WEBHOOK_SECRET": "whsec_not base64, but long enough"}, "base64"),
        ({"WEBHOOK_SECRET_JUNIT": "short"}, "WEBHOOK_SECRET_JUNIT is too short"),
        ({"INGEST_RATE": "0"}, "INGEST_RATE"),
    ],
)
def test_secrets_that_could_not_do_their_work_stop_the_start(environ: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence):
        Settings.from_env(environ)
