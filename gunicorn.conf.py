"""How gunicorn serves the web process: loaded and warmed once, then forked; refreshed in each worker."""

from typing import Any

from settings import Settings

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


def post_fork(_server: Any, worker: Any) -> None:
    """Threads and AWS clients do not survive a fork: each worker starts its own."""
    from app import start_worker

    start_worker(worker.app.wsgi())


def worker_exit(_server: Any, worker: Any) -> None:
    """What a worker noted last is not to end with it."""
    from app import end_worker

    end_worker(worker.app.wsgi())
