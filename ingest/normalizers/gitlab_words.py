"""What GitLab's deployment, pipeline and job hooks have in common. Pure."""

from typing import Any

from data.models import Instant
from ingest.mapping import Mapped
from ingest.normalizers import wording
from ingest.normalizers.contract import Letter
from ingest.normalizers.foreign import Foreign, Maybe

SOURCE = "gitlab"


class Project(Foreign):
    """Where it happened."""

    path_with_namespace: str
    web_url: Any = None

    @property
    def called(self) -> tuple[str, str]:
        """What the catalog may call its service, the whole path first."""
        return self.path_with_namespace, self.path_with_namespace.rpartition("/")[2]


class User(Foreign):
    """Who."""

    username: Maybe[str] = None
    name: Maybe[str] = None


def who(user: User | None) -> str | None:
    """A user's name to sign in, or, in older hooks, the one shown."""
    return wording.plain(user.username or user.name) if user else None


def moment(value: Any, field: str) -> Instant:
    """A required time as GitLab writes it: ISO 8601, `… +0200`, or `… UTC` where another sender writes Z."""
    if isinstance(value, str) and value.endswith(" UTC"):
        value = value.removesuffix(" UTC") + "Z"
    return wording.moment(value, field)


def delivery_id(letter: Letter) -> str | None:
    """GitLab's id of this delivery, the same when it tries again.

    Older versions have no Idempotency-Key; their event UUID is shared by hooks that cause each other.
    """
    return wording.delivery(letter.headers, "Idempotency-Key", "X-Gitlab-Event-UUID")


def version_of(found: Mapped, ref: str | None, sha: str | None) -> str | None:
    """What a rule makes, a ref that reads as a version, else the commit: the same from all hooks of one try."""
    return wording.version(found.version) or wording.release(ref) or wording.sha(sha)
