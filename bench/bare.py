"""The limit beside the API: a Flask route that answers prepared bytes and does nothing else."""

from pathlib import Path

from flask import Flask, Response


def create_server(prepared: str) -> Flask:
    """A server that answers what the file `prepared` holds: encoding, a line break, and the body."""
    encoding, body = Path(prepared).read_bytes().split(b"\n", 1)
    headers = {"Content-Encoding": encoding.decode()} if encoding else {}
    server = Flask("bare")

    @server.route("/bare", methods=["GET", "POST"])
    def bare() -> Response:
        return Response(body, content_type="application/json", headers=headers)

    return server
