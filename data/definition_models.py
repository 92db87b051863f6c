"""What a definition of a number is, for the page `/docs/metrics` and the links to it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """Where a definition or a threshold comes from."""

    words: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    """One number or term. `rules` are its edges: what is left out, and what is shown where there is nothing."""

    anchor: str  # `/docs/metrics#anchor`
    title: str
    says: str
    formula: str = ""
    rules: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    shown: tuple[tuple[str, str], ...] = ()  # (page, address) where it is to be seen


@dataclass(frozen=True, slots=True)
class Chapter:
    """Definitions that belong together."""

    anchor: str
    title: str
    definitions: tuple[Definition, ...]
