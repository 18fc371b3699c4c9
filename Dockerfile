# The monitor as an image: server, workers and one-off commands differ only in their command (compose.yaml).
# Written and its commands tested as processes; the image itself has not been built by the project's checks.
FROM python:3.13-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 DO_NOT_TRACK=1
RUN useradd --create-home --uid 10001 monitor
WORKDIR /srv/monitor

COPY requirements.lock pyproject.toml ./
RUN python -m pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock
COPY --chown=monitor . .
RUN python -m pip install --no-cache-dir --no-deps --no-build-isolation --editable . \
 && install -d -o monitor -m 0700 var

USER monitor
VOLUME /srv/monitor/var
CMD ["python", "-m", "flows", "worker"]
