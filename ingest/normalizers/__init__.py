"""The senders we understand. A new one is a sibling module and a line in SENDERS; nothing else changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from data.errors import NotFound
from ingest import strict_json
from ingest.normalizers import argocd, cloudevents, envelope, github, gitlab, jenkins, junit, rollouts, spinnaker
from ingest.normalizers.contract import Letter, Reading

Headers = Mapping[str, str]
Normalizer = Callable[[Letter], Reading]
ENVELOPE = "envelope"


def _json(raw: bytes, headers: Headers) -> Any:
    return strict_json.parse(raw)


@dataclass(frozen=True, slots=True)
class Sender:
    """One sender: how its deliveries are told by headers, or else by the shape of the body, and how they read.

    `source` is what its events carry as their source; None where the body itself names it.
    """

    name: str
    source: str | None
    normalize: Normalizer
    parse: Callable[[bytes, Headers], Any] = _json
    by_headers: Callable[[Headers], bool] = lambda headers: False
    by_shape: Callable[[Any], bool] = lambda body: False


# Asked in this order; the envelope takes what nobody else recognises, and says what is wrong with it.
SENDERS: dict[str, Sender] = {
    sender.name: sender
    for sender in (
        Sender(ENVELOPE, None, envelope.normalize, by_shape=envelope.by_shape),
        Sender("junit", "junit", junit.normalize, junit.parse, junit.by_headers),
        Sender("github", "github", github.normalize, github.parse, github.by_headers, github.by_shape),
        Sender("gitlab", "gitlab", gitlab.normalize, by_headers=gitlab.by_headers, by_shape=gitlab.by_shape),
        Sender("argocd", argocd.SOURCE, argocd.normalize, by_shape=argocd.by_shape),
        Sender("argo-rollouts", rollouts.SOURCE, rollouts.normalize, by_shape=rollouts.by_shape),
        Sender("jenkins", "jenkins", jenkins.normalize, by_shape=jenkins.by_shape),
        Sender("spinnaker", "spinnaker", spinnaker.normalize, spinnaker.parse, by_shape=spinnaker.by_shape),
        Sender(
            "cdevents", "cdevents", cloudevents.normalize,
            by_headers=cloudevents.by_headers, by_shape=cloudevents.by_shape,
        ),
    )
}  # fmt: skip


def named(name: str) -> Sender:
    """The sender a path names; NotFound for an unknown one."""
    if name not in SENDERS:
        raise NotFound(f"no such sender: {name[:64]}; known are {', '.join(sorted(SENDERS))}")
    return SENDERS[name]


def by_headers(headers: Headers) -> Sender | None:
    """Whose headers these are; None where they tell nothing."""
    return next((sender for sender in SENDERS.values() if sender.by_headers(headers)), None)


def by_shape(body: Any) -> Sender:
    """Whose body this is; where it is nobody's, our own envelope says what is wrong with it."""
    return next((sender for sender in SENDERS.values() if sender.by_shape(body)), SENDERS[ENVELOPE])
