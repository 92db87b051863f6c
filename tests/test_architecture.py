"""The architecture, kept by tests: who may import whom, who touches the outside world, how big things get."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# The intake's answers as plain data, which the ingest page shows like any other view.
INTAKE_VIEWS = {
    "ingest.effects", "ingest.explaining", "ingest.intake_status", "ingest.lab", "ingest.quarantine_records",
    "ingest.silence", "ingest.verdicts",
}  # fmt: skip
LAYERS = {
    "settings": {"data"},
    "logs": set(),
    "telemetry": set(),
    "data": {"telemetry"},
    "ingest": {"data", "telemetry"},
    "context": {"data", "ingest", "settings"},
    "components": {
        "data.models",
        "data.catalog_models",
        "data.cluster_views",
        "data.delivery_judge",
        "data.definition_models",
        "data.delivery_views",
        "data.views",
        "data.analytics_views",
        "data.instants",
        "data.matrix_filter",
        "data.openings",
        "data.past_views",
        "data.promotion_views",
        "data.quality_views",
        "data.scorecard_metrics",
        "data.scorecard_models",
        "data.scorecard_views",
        "data.scorecard_words",
        "data.service_views",
        "data.alert_models",
        "data.disagreements",
    }
    | INTAKE_VIEWS,
    "pages": {"components", "data", "context", "ingest.normalizers", "ingest.taking"} | INTAKE_VIEWS,
    "api": {"ingest", "data", "context", "telemetry"},
    "web": {"data", "context", "settings", "logs", "telemetry"},
    "demo": {"data", "ingest"},
    "embedded": {"data", "settings"},
    "app": {"*"},
    "ingest_worker": {"*"},
    "watcher": {"data", "ingest", "settings"},
    "rollout_watcher": {"*"},
    "scorecard_snapshot": {"*"},
    "bench": {"*"},
    "screenshots": {"embedded", "settings"},
    "terraform_check": {"settings", "terraform.functions"},
    "image_check": {"embedded", "data"},
    "chart_checks": {"settings"},
    "gunicorn.conf": {"app", "settings", "telemetry", "web.memory"},
}
# A command (`python -m …`) is a composition root: its `main()` may read the settings and build the clients.
COMMANDS_MAY = {"settings", "logs", "data"}
# The demo is one origin of the deliveries that this command brings in again.
EXCEPTIONS = {("ingest.replay", "demo")}
# The worker's batch, the refresher and what sends and watches alerts must outlive one item; all log it whole.
BROAD_EXCEPT = {
    "ingest/storing.py", "data/refresher.py", "ingest/alert_sending.py", "ingest/alert_watch.py",
    "ingest/alerting.py",
}  # fmt: skip
THIRD_PARTY = {
    "boto3": {"data/aws.py"},
    "botocore": {"data/aws.py", "data/dynamo.py", "data/apply.py", "data/secrets_manager.py", "ingest/queue.py"},
    "flask": {"app.py", "context.py", "api/*", "web/*"},
    "werkzeug": {"app.py", "api/*", "web/*"},
    "gunicorn": {"web/gunicorn_log.py", "web/request_body.py"},
    "opentelemetry": {"telemetry/tracing.py"},
    "prometheus_client": {"telemetry/measuring.py"},
    "dash": {"app.py", "pages/*", "components/*", "web/*"},
    "dash_bootstrap_components": {"app.py", "pages/*", "components/*"},
    "pandas": {"data/*", "components/*"},
    "kubernetes": {"watcher/cluster.py"},
    "redis": {"data/shared_cache.py"},
    "moto": set(),
    "requests": set(),
}
NOT_OURS_TO_JUDGE = {"bench"}  # measures the others from outside and so may touch what it measures
MOST_FILE_LINES = 400
MOST_FUNCTION_LINES = 60
SEPARATE = {"embedded/launch_emulator.py"}  # run by another Python


def sources() -> list[Path]:
    top = list(ROOT.glob("*.py"))
    packages = [path for layer in LAYERS for path in (ROOT / layer).rglob("*.py")]
    return sorted({*top, *packages})


def name_of(path: Path) -> str:
    """`data/store.py` -> `data.store`."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def layer_of(module: str) -> str:
    return module if module in LAYERS else module.split(".")[0]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def imports(node: ast.AST, inside_main: bool = False) -> Iterator[tuple[str, bool]]:
    """(module, whether inside a command's `main`) for each import; those for types alone do not count."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            continue
        if isinstance(child, ast.Import):
            yield from ((alias.name, inside_main) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, "imports are absolute"
            for alias in child.names:
                joined = f"{child.module}.{alias.name}"
                yield (joined if is_ours(joined) else str(child.module)), inside_main
        in_main = inside_main or (isinstance(child, ast.FunctionDef) and child.name == "main")
        yield from imports(child, in_main)


@cache
def our_modules() -> frozenset[str]:
    return frozenset(name_of(path) for path in sources())


def is_ours(module: str) -> bool:
    return module in our_modules()


def allowed(importer: str, imported: str, in_main: bool) -> bool:
    mine, theirs = layer_of(importer), layer_of(imported)
    may = LAYERS[mine]
    if mine == theirs or "*" in may or theirs in may or imported in may or (importer, theirs) in EXCEPTIONS:
        return True
    return in_main and theirs in COMMANDS_MAY


def matches(path: Path, patterns: set[str]) -> bool:
    return any(path.relative_to(ROOT).match(pattern) for pattern in patterns)


def test_every_top_level_module_has_a_place_in_the_layers() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    modules = {path.stem for path in ROOT.glob("*.py")}
    assert (packages | modules) - {"tests"} <= set(LAYERS)


def test_a_layer_imports_only_what_it_may() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {imported}"
        for path in sources()
        for imported, in_main in imports(tree(path))
        if is_ours(imported) and not allowed(name_of(path), imported, in_main)
    ]
    assert wrong == []


def test_a_library_of_the_outside_world_is_used_only_where_it_belongs() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {imported}"
        for path in sources()
        if layer_of(name_of(path)) not in NOT_OURS_TO_JUDGE
        for imported, _ in imports(tree(path))
        if imported.split(".")[0] in THIRD_PARTY and not matches(path, THIRD_PARTY[imported.split(".")[0]])
    ]
    assert wrong == []


def test_only_the_settings_read_the_environment() -> None:
    wrong = []
    for path in sources():
        relative = str(path.relative_to(ROOT))
        if relative == "settings.py" or relative in SEPARATE or relative.startswith("bench/"):
            continue
        for node in ast.walk(tree(path)):
            attribute = isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
            imported = (
                isinstance(node, ast.ImportFrom)
                and node.module == "os"
                and any(alias.name in ("environ", "getenv") for alias in node.names)
            )
            if attribute and ast.unparse(node).startswith("os.") or imported:
                wrong.append(f"{relative}:{node.lineno}")  # type: ignore[attr-defined]
    assert wrong == []


def test_no_module_imports_itself_in_a_circle() -> None:
    graph = {
        name_of(path): {module for module, in_main in imports(tree(path)) if is_ours(module) and not in_main}
        for path in sources()
    }
    done: set[str] = set()

    def visit(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " -> ".join((*way[way.index(module) :], module))
        if module not in done:
            for imported in sorted(graph[module] - {module}):
                visit(imported, (*way, module))
            done.add(module)

    for module in sorted(graph):
        visit(module, ())


def test_no_file_outgrows_its_name() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in sources()}
    assert {path: length for path, length in lengths.items() if length > MOST_FILE_LINES} == {}


def test_no_function_is_a_program_of_its_own() -> None:
    too_long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name} has {length} lines"
        for path in sources()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > MOST_FUNCTION_LINES
    ]
    assert too_long == []


def test_every_module_says_why_it_exists() -> None:
    assert [str(path.relative_to(ROOT)) for path in sources() if not ast.get_docstring(tree(path))] == []


def test_no_name_is_a_drawer_for_anything() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
    assert [name for name in our_modules() if drawers & set(name.split("."))] == []


def test_no_page_hands_unchecked_markup_to_the_browser() -> None:
    """Text of senders reaches pages: no raw HTML, no script, no iframe document."""
    dangerous = {"dangerously_allow_html", "srcDoc", "DangerouslySetInnerHTML", "dangerouslySetInnerHTML"}
    live = {"html.Script", "html.Iframe", "html.Embed", "html.ObjectEl"}
    found = [
        f"{path.relative_to(ROOT)}:{node.value.lineno} {node.arg}"
        for path in sources()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.keyword) and node.arg in dangerous
        and not (isinstance(node.value, ast.Constant) and node.value.value is False)
    ]  # fmt: skip
    elements = [
        f"{path.relative_to(ROOT)}:{node.lineno} {ast.unparse(node)}"
        for path in sources()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in live
    ]
    assert found + elements == []


def test_markup_is_written_in_one_place_alone() -> None:
    """What that attribute says is put into the page as it is: only the writer that escapes may name it."""
    naming = {
        str(path.relative_to(ROOT))
        for path in sources()
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.keyword) and node.arg == "data_html")
        or (isinstance(node, ast.Constant) and node.value == "data-html")
        or (isinstance(node, ast.Attribute) and ast.unparse(node) == "markup.SOURCE")
        or (isinstance(node, ast.Call) and ast.unparse(node.func) in ("Html", "markup.Html"))
        or (isinstance(node, ast.ImportFrom) and node.module == "components.markup"
            and any(alias.name == "SOURCE" for alias in node.names))
    }  # fmt: skip
    assert naming == {"components/markup.py"}


def test_no_error_is_swallowed_whole() -> None:
    """A broad `except` catches our own mistakes too: each place that has one is known, and has only one."""
    broad = [
        str(path.relative_to(ROOT))
        for path in sources()
        if not str(path.relative_to(ROOT)).startswith("bench/")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in ("Exception", "BaseException"))
    ]
    assert [place for place in broad if place not in BROAD_EXCEPT] == []
    assert len(broad) == len(set(broad))


CONNECTS_NOWHERE = """
import importlib, socket, sys
def refuse(*_arguments, **_keywords):
    raise AssertionError("a connection on import")
socket.socket.connect = refuse
socket.socket.connect_ex = refuse
socket.create_connection = refuse
socket.getaddrinfo = refuse
for name in sys.argv[1:]:
    importlib.import_module(name)
    assert "boto3.session" not in sys.modules or not __import__("boto3").DEFAULT_SESSION, name
"""


def test_nothing_connects_on_import() -> None:
    skipped = {"gunicorn.conf", "embedded.launch_emulator", "embedded.__main__"}
    modules = [
        module
        for module in sorted(our_modules() - skipped)
        if layer_of(module) not in {"pages", "bench"} and not module.endswith("__main__")
    ]
    done = subprocess.run(
        [sys.executable, "-c", CONNECTS_NOWHERE, *modules],
        cwd=ROOT, env={"PATH": ""}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_the_checker_sees_what_it_should() -> None:
    """The rules above are only worth something if they can fail."""
    bad = ast.parse("import boto3\nfrom data import store\ndef main():\n    from settings import Settings\n")
    assert list(imports(bad)) == [("boto3", False), ("data.store", False), ("settings", True)]
    assert not allowed("components.kpi", "data.store", False)
    assert not allowed("data.catalog", "settings", False)
    assert allowed("data.catalog", "settings", True)
    assert not allowed("api.read", "pages.overview", False)


@pytest.mark.parametrize("path", sorted(ROOT.glob("requirements*.txt")), ids=lambda path: path.name)
def test_every_requirement_is_pinned(path: Path) -> None:
    lines = [line.split("#")[0].strip() for line in path.read_text().splitlines()]
    named = [line for line in lines if line and not line.startswith("-r ")]
    assert named
    assert [line for line in named if "==" not in line] == []
