"""Container images: which of several is the one meant, and the version its name tells. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from data import keys
from ingest.words import IMAGE

_REFERENCE = re.compile(
    r"(?P<repository>[A-Za-z0-9][A-Za-z0-9._-]*(?::\d+(?=/))?(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*)"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?"
    r"(?:@(?P<digest>[A-Za-z0-9]+:[0-9A-Fa-f]{32,128}))?"
)
_DIGEST_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Image:
    """An image reference, taken apart."""

    reference: str
    repository: str
    tag: str | None = None
    digest: str | None = None

    @property
    def name(self) -> str:
        """The last part of the repository: `registry.example/acme/authn` -> `authn`."""
        return self.repository.rsplit("/", 1)[-1]

    @property
    def version(self) -> str | None:
        """The tag, else the beginning of the digest; None where only a moving word names it."""
        tag = self.tag or ""
        if keys.VERSION.fullmatch(tag) and tag.lower() not in keys.MOVING_VERSIONS:
            return tag
        if self.digest is None:
            return None
        kind, digits = self.digest.split(":", 1)
        return f"{kind}-{digits[:_DIGEST_DIGITS].lower()}"


def parsed(reference: object) -> Image | None:
    """The parts of a reference; None for what is none."""
    if not isinstance(reference, str) or not IMAGE.fullmatch(reference):
        return None
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        return None
    repository, tag = found["repository"], found["tag"]
    return Image(reference, repository, tag, found["digest"])


def all_of(references: Iterable[object]) -> tuple[Image, ...]:
    """Those that are references, each once, sorted."""
    found = {image.reference: image for image in map(parsed, references) if image is not None}
    return tuple(found[reference] for reference in sorted(found))


def chosen(images: Sequence[Image], wanted: str | None, names: Iterable[str]) -> tuple[Image, ...]:
    """The images of the one repository that is meant; several where its tags differ, none where there is none.

    `wanted` names a repository, whole or by its end. Else the repository whose last part is one of `names`, then
    one whose last part begins or ends one of them; else the first.
    """
    repository = _repository(images, wanted, [name.lower() for name in names if name])
    return tuple(image for image in images if image.repository == repository)


def _repository(images: Sequence[Image], wanted: str | None, names: Sequence[str]) -> str | None:
    if wanted:
        plain = wanted.strip("/").lower()
        ends = (one.repository for one in images if f"/{one.repository.lower()}".endswith(f"/{plain}"))
        return next(ends, None)
    exact = (one.repository for name in names for one in images if one.name.lower() == name)
    near = (
        one.repository
        for name in names
        for one in images
        if name.startswith(f"{one.name.lower()}-") or name.endswith(f"-{one.name.lower()}")
    )
    first = (one.repository for one in images)
    return next(exact, None) or next(near, None) or next(first, None)
