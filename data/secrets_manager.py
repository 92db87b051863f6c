"""Secrets that lie in AWS Secrets Manager: one JSON object whose keys are the names of environment variables."""

import logging

import orjson
from botocore.exceptions import BotoCoreError, ClientError

from data import aws


class SecretError(ValueError):
    """Why the secret is of no use; it goes on from the variable's name, and repeats nothing of the secret."""


def read_secret(endpoint: str | None, region: str, secret_id: str) -> dict[str, str]:
    """What the secret's current version holds, by name. SecretError where it cannot be read or is not an object."""
    logging.getLogger("botocore.parsers").setLevel(logging.INFO)  # it logs answers whole where all is logged
    client = aws.secrets_manager(endpoint, region)
    try:
        text = client.get_secret_value(SecretId=secret_id).get("SecretString", "")
    except ClientError as error:
        raise SecretError(f"names a secret that could not be read ({aws.error_code(error)})") from None
    except BotoCoreError as error:
        raise SecretError(f"names a secret that could not be read ({type(error).__name__})") from None
    finally:
        client.close()
    return parse_secret(text)


def parse_secret(text: str) -> dict[str, str]:
    """Names and values of a JSON object of texts."""
    try:
        held = orjson.loads(text)
    except orjson.JSONDecodeError:
        held = None
    if not isinstance(held, dict) or not all(isinstance(value, str) for value in held.values()):
        raise SecretError("names a secret that is no JSON object of texts")
    return held
