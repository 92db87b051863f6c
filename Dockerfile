# One image for web, worker and watcher: the Deployment chooses the command.
#   web     gunicorn -c gunicorn.conf.py "app:create_server()"   (the default)
#   worker  python ingest_worker.py
#   watcher python rollout_watcher.py
FROM python:3.11-slim AS build
COPY requirements.txt requirements-watcher.txt /
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check -r /requirements-watcher.txt

FROM python:3.11-slim
ARG BUILD_VERSION=dev
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    BUILD_VERSION=$BUILD_VERSION
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin dashboard
COPY --from=build /venv /venv
WORKDIR /srv
# Owned by root, so that the running process cannot change its own code.
COPY . .
RUN python -m compileall -q /srv /venv/lib
USER 10001:10001
EXPOSE 8080
# gunicorn beats its workers' hearts in a file: /tmp is the one place that may be written.
CMD ["gunicorn", "-c", "gunicorn.conf.py", "app:create_server()"]
