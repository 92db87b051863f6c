"""The image, as far as it can be told without building it: what is in it, and how it is told to run."""

import ast
import re
import sys
from pathlib import Path

import pytest
import yaml

from data import tables
from image_check.context import Instruction, command, context_files, ignored, instructions, rules_of, variables

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = ("app", "gunicorn.conf", "ingest_worker", "scorecard_snapshot", "rollout_watcher", "ingest.dlq",
            "ingest.replay", "data.rebuild", "data.tables", "data.catalog")  # fmt: skip
LEFT_OUT = (
    "tests",
    "docs",
    "bench",
    "screenshots",
    "embedded",
    "image_check",
    ".git",
    ".github",
    "terraform",
    "helm",
)


@pytest.fixture(scope="module")
def dockerfile() -> list[Instruction]:
    return instructions((ROOT / "Dockerfile").read_text())


@pytest.fixture(scope="module")
def files() -> list[Path]:
    return context_files(ROOT)


def of(found: list[Instruction], name: str, stage: int | None = None) -> list[str]:
    return [one.text for one in found if one.name == name and stage in (None, one.stage)]


def modules(path: Path) -> set[str]:
    """What a file imports, at any depth."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def test_everything_that_the_commands_import_is_in_the_image(files: list[Path]) -> None:
    inside = {str(path) for path in files}
    todo, seen = (
        {name.replace(".", "/") + ".py" for name in COMMANDS} - {"gunicorn/conf.py"} | {"gunicorn.conf.py"},
        set(),
    )
    while todo:
        one = todo.pop()
        seen.add(one)
        assert one in inside, f"{one} is needed and left out"
        for name in modules(ROOT / one):
            base = name.replace(".", "/")
            todo |= {path for path in (f"{base}.py", f"{base}/__init__.py") if (ROOT / path).is_file()} - seen
    assert "data/store.py" in seen
    assert {"catalog.yaml", "assets/3-style.css", "requirements.txt", "requirements-watcher.txt"} <= inside
    asked = {
        word.lstrip("/") for word in (ROOT / "Dockerfile").read_text().split() if word.startswith("/requirements")
    }
    assert {"requirements-watcher.txt", "requirements-otel.txt"} == asked <= inside
    assert [path for path in inside if path.startswith("pages/")]  # Dash looks for them by itself


def test_nothing_else_is(files: list[Path]) -> None:
    assert [path for path in files if path.parts[0] in LEFT_OUT] == []
    assert [path for path in files if path.suffix in (".pyc", ".log", ".md") or path.name.startswith(".")] == []
    assert [
        path for path in files if re.search(r"secret|token|\.env|\.pem|\.key$", path.name) and path.suffix != ".py"
    ] == []


@pytest.mark.parametrize(
    ("path", "is_out"),
    [
        ("api/read.py", False), ("api/__pycache__/read.pyc", True), ("api/deep/x.pyc", True), ("app.py", False),
        ("other.py", True), ("data/.env", True), ("data/.env.local", True), ("tests/x.py", True), ("apis/x", True),
    ],
)  # fmt: skip
def test_the_rules_are_read_as_docker_reads_them(path: str, is_out: bool) -> None:
    assert ignored(Path(path), rules_of((ROOT / ".dockerignore").read_text())) is is_out


def test_a_stranger_runs_it_and_owns_nothing_of_it(dockerfile: list[Instruction]) -> None:
    last = dockerfile[-1].stage
    assert of(dockerfile, "USER", last) == ["10001:10001"]
    assert not any("--chown" in text for text in of(dockerfile, "COPY"))
    assert of(dockerfile, "COPY", last) == ["--from=build /venv /venv", "--from=build /srv /srv"]
    assert [one.name for one in dockerfile][-5:] == ["USER", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "CMD"]


def test_the_base_is_pinned_and_of_the_python_that_is_tested(dockerfile: list[Instruction]) -> None:
    assert set(of(dockerfile, "FROM")) == {"${BASE} AS build", "${BASE}"}
    found = re.fullmatch(r"BASE=python:(3\.11)\.\d+-slim-[a-z]+", of(dockerfile, "ARG")[0])
    assert found
    assert sys.version_info[:2] >= (3, 11)


def test_it_starts_the_web_process_and_asks_it_whether_it_lives(dockerfile: list[Instruction]) -> None:
    start, ask = (next(one for one in dockerfile if one.name == name) for name in ("CMD", "HEALTHCHECK"))
    assert command(start) == ["gunicorn", "-c", "gunicorn.conf.py", "app:create_server()"]
    assert command(ask)[:2] == ["python", "-c"]
    compile(command(ask)[2], "healthcheck", "exec")
    environment = variables(dockerfile, dockerfile[-1].stage)
    assert (environment["PORT"], environment["BUILD_VERSION"]) == ("8080", "dev")
    assert of(dockerfile, "EXPOSE") == ["8080 9102"]


def test_it_says_what_it_is(dockerfile: list[Instruction]) -> None:
    labels = of(dockerfile, "LABEL")[0]
    assert [
        name for name in ("title", "version", "revision", "created") if f"opencontainers.image.{name}=" not in labels
    ] == []


def test_compose_runs_the_image_on_two_emulators() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    services = compose["services"]
    assert set(services) == {"web", "worker", "tables", "catalog", "dynamodb", "elasticmq"}
    for name in ("web", "worker", "tables", "catalog"):
        one = services[name]
        assert (one["read_only"], one["tmpfs"], one["cap_drop"]) == (True, ["/tmp"], ["ALL"])
        assert [need for need in one["depends_on"] if need not in services] == []
    assert [name for name in services if "healthcheck" not in services[name]] == ["web"]  # the image's own
    assert services["web"]["ports"] == ["127.0.0.1:${PORT:-8080}:8080"]


def test_compose_says_only_what_the_settings_know() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    known = set(re.findall(r'"([A-Z][A-Z_]+)"', (ROOT / "settings.py").read_text()))
    of_aws = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_SQS"}
    said = {name for one in compose["services"].values() for name in one.get("environment", {})}
    assert said - known - of_aws == set()
    asked = {name for name in said if str(compose["services"]["web"]["environment"].get(name, "")).startswith("${")}
    example = dict(line.split("=", 1) for line in (ROOT / ".env.example").read_text().splitlines() if line[:1] != "#")
    assert set(example) == asked
    assert set(example.values()) == {""}


def test_the_queues_of_compose_are_those_of_the_tables_module() -> None:
    text = (ROOT / "docker" / "elasticmq.conf").read_text()
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["web"]["environment"]
    assert re.findall(r"^  (dashboard[\w-]*) \{", text, re.M) == [tables.QUEUE_NAME, tables.DLQ_NAME]
    assert f"maxReceiveCount = {tables.MAX_RECEIVES}" in text
    assert text.count(f"defaultVisibilityTimeout = {tables.VISIBILITY_SECONDS} seconds") == 2
    assert compose["SQS_QUEUE_URL"].endswith(f"/{tables.QUEUE_NAME}")
    assert compose["SQS_DLQ_URL"].endswith(f"/{tables.DLQ_NAME}")
