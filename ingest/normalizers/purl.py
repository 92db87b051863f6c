"""What a CDEvents artifact id tells: a package URL, or an image's name, as version, image and commit. Pure."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from ingest import images
from ingest.normalizers import wording
from ingest.words import IMAGE

_DIGEST = re.compile(r"(?:sha256|sha384|sha512):([0-9a-fA-F]{32,128})")
_FULL_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_SOURCE_TYPES = frozenset({"github", "gitlab", "bitbucket", "golang", "git", "generic"})
MAX_LENGTH = 2048
MAX_QUALIFIERS = 32


@dataclass(frozen=True, slots=True)
class Artifact:
    """What an artifact id tells of the build it names."""

    version: str | None = None
    image: str | None = None
    sha: str | None = None


def artifact(text: str | None) -> Artifact:
    """`pkg:oci/authn@sha256%3A…?tag=3.4.2`: the tag, else the digest's digits, else the version written."""
    if not text or len(text) > MAX_LENGTH:
        return Artifact()
    if not text.startswith("pkg:"):
        image = images.parsed(text)
        return Artifact(image.version, image.reference) if image else Artifact()
    path, _, query = text.removeprefix("pkg:").partition("#")[0].partition("?")
    whole, _, written = path.rpartition("@") if "@" in path else (path, "", "")
    kind, _, name = whole.strip("/").partition("/")
    try:
        qualifiers = dict(parse_qsl(query, max_num_fields=MAX_QUALIFIERS))
    except ValueError:
        qualifiers = {}
    build, tag = unquote(written), wording.version(qualifiers.get("tag"))
    digest = _DIGEST.fullmatch(build)
    version = tag or (digest[1].lower() if digest else wording.version(build))
    return Artifact(
        version=version,
        image=_image(kind.lower(), unquote(name), build, bool(digest), tag, qualifiers.get("repository_url")),
        sha=build if kind.lower() in _SOURCE_TYPES and _FULL_SHA.fullmatch(build) else None,
    )


def _image(kind: str, name: str, build: str, is_digest: bool, tag: str | None, repository: str | None) -> str | None:
    """The image's name as a registry knows it; an OCI repository URL holds the name already, Docker's the host."""
    if kind not in ("oci", "docker") or not name:
        return None
    host = repository.partition("://")[2] or repository if repository else ""
    base = host if kind == "oci" and host else "/".join(part for part in (host.rstrip("/"), name) if part)
    tag = tag or (None if is_digest else wording.version(build))
    full = f"{base}:{tag}" if tag else f"{base}@{build}" if is_digest else ""
    return full if IMAGE.fullmatch(full) else None
