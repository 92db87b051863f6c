# syntax=docker/dockerfile:1
# One image for everything that runs; the Deployment or CronJob chooses the command.
#   web            gunicorn -c gunicorn.conf.py "app:create_server()"   (the default)
#   worker         python ingest_worker.py
#   snapshot       python scorecard_snapshot.py
#   watcher        python rollout_watcher.py
#   DLQ retry      python -m ingest.dlq retry
#   rebuild check  python -m data.rebuild --check
# The release names the base with its digest too: --build-arg BASE=python:3.11.14-slim-bookworm@sha256:...
ARG BASE=python:3.11.14-slim-bookworm

FROM ${BASE} AS build
COPY requirements.txt requirements-watcher.txt requirements-otel.txt /
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check -r /requirements-watcher.txt -r /requirements-otel.txt
WORKDIR /srv
COPY . .
# Compiled here: where it runs nothing can be written. No pip where nothing is to be installed.
RUN /venv/bin/python -m compileall -q /srv /venv/lib \
    && /venv/bin/python -m pip uninstall -q -y pip setuptools

FROM ${BASE}
ARG BUILD_VERSION=dev
ARG REVISION=unknown
ARG CREATED=unknown
LABEL org.opencontainers.image.title="Deployment & Quality Dashboard" \
      org.opencontainers.image.description="Web, worker, rollout watcher and scheduled jobs of the dashboard" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${BUILD_VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"
ENV PATH=/venv/bin:/usr/local/bin:/usr/bin:/bin \
    HOME=/tmp \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PORT=8080 \
    BUILD_VERSION=${BUILD_VERSION}
RUN python -m pip uninstall -q -y pip setuptools wheel \
    && rm -rf /usr/local/lib/python3.11/ensurepip /root/.cache \
    && useradd --uid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin dashboard
# Owned by root, so that the running process cannot change its own code.
COPY --from=build /venv /venv
COPY --from=build /srv /srv
WORKDIR /srv
USER 10001:10001
EXPOSE 8080 9102
STOPSIGNAL SIGTERM
# Of the web process; Kubernetes asks by probes of its own, and what serves no HTTP switches it off.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=2)"]
# gunicorn beats its workers' hearts in a file: /tmp is the one place that may be written.
CMD ["gunicorn", "-c", "gunicorn.conf.py", "app:create_server()"]
