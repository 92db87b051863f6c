"""Routes and their documentation, declared together so that neither can be without the other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from api.params import Parameter, asked

View = Callable[..., ResponseReturnValue]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of an operation: the schema's name (none = no body we describe), its words, its media type.

    `headers`: those that say something of the answer, with what they say.
    """

    description: str
    schema: str | None = None
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """One method at one address, as the documentation tells it."""

    method: str
    path: str  # as Flask writes it, with the blueprint's prefix
    name: str
    summary: str
    description: str
    tag: str
    answers: Mapping[int, Answer]
    parameters: tuple[Parameter, ...] = ()
    headers: tuple[str, ...] = ()  # security schemes, any of which is enough
    body: Mapping[str, str] = field(default_factory=dict)  # media type -> schema name


class Routes:
    """The documented GET routes of one blueprint."""

    def __init__(self, blueprint: Blueprint, tag: str, prefix: str) -> None:
        self.operations: list[Operation] = []
        self._blueprint = blueprint
        self._tag = tag
        self._prefix = prefix

    def get(
        self,
        path: str,
        answer: Answer,
        *,
        accepts: tuple[Parameter, ...] = (),
        also: Mapping[int, Answer] | None = None,
    ) -> Callable[[View], View]:
        """Register a view that is called with what was asked, and its path's variables by name."""

        def register(view: View) -> View:
            @wraps(view)
            def answered(**variables: str) -> ResponseReturnValue:
                return view(asked(request.args, accepts), **variables)

            summary, _, description = (view.__doc__ or "").strip().partition("\n\n")
            self.operations.append(Operation(
                "get", self._prefix + path, view.__name__, summary.rstrip("."), " ".join(description.split()),
                self._tag, {200: answer} | dict(also or {}), accepts,
            ))  # fmt: skip
            # Flask would answer OPTIONS by itself; what is not documented is a 405.
            self._blueprint.add_url_rule(path, None, answered, methods=["GET"], provide_automatic_options=False)
            return view

        return register


def openapi_path(flask_path: str) -> str:
    """`/builds/<attempt_id>` -> `/builds/{attemptId}`; a converter in front of a name is left out."""
    return "/".join(map(_segment, flask_path.split("/")))


def _segment(segment: str) -> str:
    if not segment.startswith("<"):
        return segment
    variable, _, ending = segment.removeprefix("<").partition(">")
    head, *rest = variable.rpartition(":")[2].split("_")
    return "{" + head + "".join(part.title() for part in rest) + "}" + ending
