"""404 for addresses that are no page: Dash serves its index for every address, and with 200."""

import re

import dash
from dash.exceptions import DependencyException
from flask import Flask, Response, request

CATCH_ALL = "/<path:path>"
VARIABLE = re.compile(r"<[^>]+>")


def install(server: Flask) -> None:
    """Set the status right; the page itself says what is missing."""

    @server.after_request
    def set_status(response: Response) -> Response:
        if request.endpoint == CATCH_ALL and response.status_code == 200 and not is_page(request.path):
            response.status_code = 404
        return response

    @server.errorhandler(DependencyException)
    def no_such_file(_error: DependencyException) -> tuple[str, int]:
        return "There is no such file.", 404


def is_page(path: str) -> bool:
    """Whether a registered page answers `path`."""
    return any(_answers(page, path.rstrip("/") or "/") for page in dash.page_registry.values())


def _answers(page: dict[str, str | None], path: str) -> bool:
    if (template := page.get("path_template")) is None:
        return path == page.get("path")
    fixed = (re.escape(part) for part in VARIABLE.split(template))
    return re.fullmatch("[^/]+".join(fixed), path) is not None
