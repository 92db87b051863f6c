"""Where alerts are sent, read from the settings. Pure; complaints never repeat an address, which may be a secret."""

import base64
import binascii
import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from data import keys
from data.alert_models import Channel

SLACK = "slack+"
SIGNING_PREFIX = "whsec_"
LEAST_KEY_BYTES = 24


def parse_channels(text: str, secrets: Mapping[str, str]) -> tuple[Channel, ...]:
    """`ops=slack+https://… pager=https://…`: the channels by name; ValueError says what is wrong with which."""
    found: dict[str, Channel] = {}
    for word in text.split():
        name, equals, address = word.partition("=")
        if not equals or not keys.ID.fullmatch(name):
            raise ValueError("must be words like ops=slack+https://… or pager=https://… (lower-case names)")
        if name in found:
            raise ValueError(f"names the channel {name} twice")
        slack = address.startswith(SLACK)
        url = address.removeprefix(SLACK)
        if why := refused(url):
            raise ValueError(f"gives the channel {name} an address that {why}")
        if not slack and name not in secrets:
            raise ValueError(f"names the webhook {name}, for which ALERT_SECRETS has no secret to sign with")
        found[name] = Channel(name, "slack" if slack else "webhook", url, secrets.get(name))
    return tuple(found.values())


def parse_secrets(text: str) -> Mapping[str, str]:
    """`pager=whsec_…`: what deliveries to a channel are signed with."""
    found: dict[str, str] = {}
    for word in text.split():
        name, equals, secret = word.partition("=")
        if not equals or not keys.ID.fullmatch(name):
            raise ValueError("must be words like pager=whsec_…")
        if len(signing_key(secret)) < LEAST_KEY_BYTES:
            raise ValueError(f"gives {name} a secret that is too short: at least {LEAST_KEY_BYTES} bytes are needed")
        found[name] = secret
    return found


def signing_key(secret: str) -> bytes:
    """The bytes a secret stands for: base64 behind `whsec_`, else its text. Empty where the base64 is none."""
    if not secret.startswith(SIGNING_PREFIX):
        return secret.encode()
    encoded = secret.removeprefix(SIGNING_PREFIX)
    try:
        return base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""


def refused(url: str) -> str | None:
    """Why an address is not taken: https alone, but for this machine itself; no credentials in it."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return "is no address"
    if parts.scheme not in ("http", "https") or not host:
        return "is no https:// address"
    if parts.username or parts.password:
        return "holds a user name or password"
    if parts.scheme == "http" and not is_loopback(host):
        return "is not https://"
    return None


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
