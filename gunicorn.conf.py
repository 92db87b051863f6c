"""How gunicorn serves the web process: loaded and warmed once, then forked; refreshed in each worker."""

import os
import shutil
from typing import Any

from settings import Settings, shared_metrics
from telemetry.measuring import exposition, forget_process
from telemetry.serving import MetricsServer
from web.memory import give_back

give_back()
_measured = shared_metrics()
_settings = Settings.from_env()

bind = f"{_settings.bind_host}:{_settings.port}"
worker_class = "gthread"
workers = _settings.web_workers
threads = _settings.web_threads
preload_app = True  # forks share the read model's memory, and no first request meets a half-imported library
reuse_port = True  # without it one worker may get all keep-alive connections
backlog = 2048
keepalive = 75  # longer than a load balancer's idle time-out, which must be the one to close
timeout = 30
graceful_timeout = 10
control_socket_disable = True
loglevel = _settings.log_level.lower()
logger_class = "web.gunicorn_log.JsonLogger"


def when_ready(server: Any) -> None:
    """The master answers Prometheus for all workers: it is never busy, and outlives them."""
    if _measured is not None and _settings.metrics_port is not None:
        folder = _measured
        server.metrics = MetricsServer(_settings.bind_host, _settings.metrics_port, lambda: exposition(folder))
        server.metrics.start()


def post_fork(server: Any, worker: Any) -> None:
    """Threads and AWS clients do not survive a fork: each worker starts its own."""
    from app import start_worker

    if _measured is not None:
        server.metrics.let_go()
        forget_process(_measured, os.getppid())  # how things stood while loading
    start_worker(worker.app.wsgi())


def worker_exit(_server: Any, worker: Any) -> None:
    """What a worker noted last is not to end with it."""
    from app import end_worker

    end_worker(worker.app.wsgi())


def child_exit(_server: Any, worker: Any) -> None:
    """How things stood in a worker that is gone is not how they stand."""
    if _measured is not None:
        forget_process(_measured, worker.pid)


def on_exit(_server: Any) -> None:
    """Nobody reads what was measured any more."""
    if _measured is not None:
        shutil.rmtree(_measured, ignore_errors=True)
