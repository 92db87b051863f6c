"""Which version an Argo CD operation brings, and by which image: the part Argo itself does not say. Pure.

`status.summary.images` lists what runs. Until a sync has settled that is the version before, or both, so such a list
names a version only once the application is healthy or degraded after it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ingest import images
from ingest.images import Image
from ingest.normalizers import wording
from ingest.normalizers.argocd_app import Application, OperationState, Source

VERSION_ANNOTATION = "ddq/version"
IMAGE_ANNOTATION = "ddq/image"
WHOLE_SHA = 40
# Helm's usual names of an image's tag, as parameters or inside values.
TAG_PARAMETERS = ("image.tag", "imageTag", "image_tag")


@dataclass(frozen=True, slots=True)
class Brought:
    """What an operation brings. `version` None: it cannot be told (yet)."""

    version: str | None = None
    image: str | None = None
    git_sha: str | None = None  # only where the revision is the application's own commit, as far as that shows


def brought(app: Application, operation: OperationState, settled: bool, rolled_back: bool) -> Brought:
    """The version: annotated, else set by the source, else of the image that runs, else the revision."""
    running = images.all_of((app.status.summary.images or ()) if app.status.summary else ())
    meant = images.chosen(running, app.annotation(IMAGE_ANNOTATION), _names(app))
    said = wording.version(app.annotation(VERSION_ANNOTATION)) or _tag_in_sources(app, operation, meant)
    if said is not None:
        return Brought(said, next((one.reference for one in meant if one.version == said), None))
    revision = _revision(app, operation)
    if not running:
        return Brought(revision, git_sha=wording.sha(revision))
    if settled:
        shown = _one(meant, rolled_back)
        return Brought(shown.version, shown.reference) if shown and shown.version else Brought(revision)
    return Brought(revision) if operation.phase in ("Failed", "Error") else Brought()


def _one(meant: tuple[Image, ...], rolled_back: bool) -> Image | None:
    """The one image; where an earlier one still runs beside it, the newer by semver (the older after a rollback)."""
    if len({image.version for image in meant}) <= 1:
        return meant[0] if meant else None
    ranked = [(rank, image) for image in meant if (rank := _semver(image.tag or "")) is not None]
    if len(ranked) != len(meant):
        return None
    pick = min if rolled_back else max
    return pick(ranked, key=lambda one: one[0])[1]


def _semver(tag: str) -> tuple[int, int, int, bool] | None:
    """What orders a plain release before the next; None for other tags."""
    release = wording.release(tag)
    if release is None:
        return None
    core, _, pre = release.lstrip("vV").partition("+")[0].partition("-")
    major, minor, patch = (int(part[:9]) for part in core.split(".")[:3])
    return major, minor, patch, not pre


def _tag_in_sources(app: Application, operation: OperationState, meant: tuple[Image, ...]) -> str | None:
    """The tag the synced sources themselves set: Kustomize's images, Helm's parameters or values."""
    synced = operation.sync_result.source_list() if operation.sync_result else ()
    wanted = app.annotation(IMAGE_ANNOTATION)
    names = [*_names(app), *(image.name for image in meant)]
    for source in synced or app.spec.source_list():
        overridden = images.all_of(_kustomized(source))
        found = _one(images.chosen(overridden, wanted, names), False)
        version = found.version if found else next(_helm_tags(source), None)
        if version is not None:
            return version
    return None


def _kustomized(source: Source) -> Iterator[str]:
    """Kustomize's overrides; `old=new:tag` sets the new one."""
    listed = source.kustomize.get("images") if isinstance(source.kustomize, Mapping) else None
    for line in listed if isinstance(listed, list) else ():
        if isinstance(line, str):
            yield line.rsplit("=", 1)[-1]


def _helm_tags(source: Source) -> Iterator[str]:
    helm = source.helm if isinstance(source.helm, Mapping) else {}
    parameters = helm.get("parameters")
    for one in parameters if isinstance(parameters, list) else ():
        named = isinstance(one, Mapping) and one.get("name") in TAG_PARAMETERS
        if named and (tag := wording.version(one.get("value"))):
            yield tag
    values: Any = helm.get("valuesObject")
    inner = values.get("image") if isinstance(values, Mapping) else None
    if isinstance(inner, Mapping) and (tag := wording.version(inner.get("tag"))):
        yield tag


def _revision(app: Application, operation: OperationState) -> str | None:
    """The first synced revision; one only asked for where it is a whole SHA, which stays what it is."""
    synced = operation.sync_result.revision_list() if operation.sync_result else ()
    for revision in synced:
        if version := wording.sha(revision) or wording.release(revision):
            return version
    sync = operation.operation.sync if operation.operation else None
    asked = sync.revision_list() if sync else ()
    return next((sha for one in asked if len(one) >= WHOLE_SHA and (sha := wording.sha(one))), None)


def _names(app: Application) -> list[str]:
    own = app.annotation("ddq/service")
    return [name for name in (own, app.metadata.name) if name]
