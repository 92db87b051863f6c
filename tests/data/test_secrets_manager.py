"""Secrets from Secrets Manager, laid under the environment."""

import json
import logging
from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from settings import SECRET_NAMES, Settings, SettingsError

ID = "dashboard/settings"
ENVIRONMENT = {"SECRETS_MANAGER_ID": ID, "AWS_REGION": "eu-west-1"}
HIDDEN = "hunter2-hunter2-hunter2-hunter2"


@pytest.fixture(autouse=True)
def cloud() -> Iterator[None]:
    with mock_aws():
        yield


def keep(text: str | bytes) -> None:
    client = boto3.client("secretsmanager", region_name="eu-west-1")
    if isinstance(text, bytes):
        client.create_secret(Name=ID, SecretBinary=text)
    else:
        client.create_secret(Name=ID, SecretString=text)


def test_what_the_secret_holds_lies_under_the_environment(caplog: pytest.LogCaptureFixture) -> None:
    keep(json.dumps({"WEBHOOK_SECRET": HIDDEN, "ADMIN_KEY": HIDDEN + "a", "REDIS_URL": f"redis://:{HIDDEN}@cache"}))
    with caplog.at_level(logging.DEBUG):
        settings = Settings.from_env(ENVIRONMENT | {"ADMIN_KEY": "k" * 24, "WEBHOOK_SECRET": " "})
    assert settings.webhook_secrets == (HIDDEN,)  # set to nothing counts as not set
    assert settings.admin_key == "k" * 24
    assert settings.redis_url == f"redis://:{HIDDEN}@cache"
    assert HIDDEN not in repr(settings)
    assert caplog.messages
    assert HIDDEN not in caplog.text


def test_a_name_that_is_no_secret_of_ours_is_refused() -> None:
    keep(json.dumps({"AWS_ENDPOINT_URL": "http://elsewhere.example.com", "ADMIN_KEY": HIDDEN}))
    with pytest.raises(SettingsError, match="holds 'AWS_ENDPOINT_URL', which is no secret of ours") as caught:
        Settings.from_env(ENVIRONMENT)
    assert "elsewhere" not in str(caught.value)


@pytest.mark.parametrize(
    "text", [HIDDEN, f'["{HIDDEN}"]', f'{{"ADMIN_KEY": ["{HIDDEN}"]}}', '{"ADMIN_KEY": 7}', HIDDEN.encode()]
)
def test_what_is_no_object_of_texts_is_one_sentence_without_it(text: str | bytes) -> None:
    keep(text)
    with pytest.raises(SettingsError, match="^SECRETS_MANAGER_ID names a secret that is no JSON object") as caught:
        Settings.from_env(ENVIRONMENT)
    assert "hunter2" not in str(caught.value)


def test_a_secret_that_is_not_there_stops_the_start() -> None:
    with pytest.raises(SettingsError, match=r"could not be read \(ResourceNotFoundException\)"):
        Settings.from_env(ENVIRONMENT)


def test_a_wrong_value_of_the_secret_is_refused_as_one_of_the_environment() -> None:
    keep(json.dumps({"ADMIN_KEY": "short"}))
    with pytest.raises(SettingsError, match="^ADMIN_KEY is too short"):
        Settings.from_env(ENVIRONMENT)


def test_every_secret_of_the_settings_may_be_held() -> None:
    hidden = {name for name in Settings.__dataclass_fields__ if not Settings.__dataclass_fields__[name].repr}
    assert hidden == {"webhook_secrets", "cursor_secret", "admin_key", "scorecard_slack_url", "redis_url"}
    assert {"WEBHOOK_SECRET", "CURSOR_SECRET", "ADMIN_KEY", "SCORECARD_SLACK_URL", "REDIS_URL"} < SECRET_NAMES
