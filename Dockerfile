# The site as one image: pages, worker and beat differ by their command. compose.yaml puts them together.

FROM python:3.11.16-slim-trixie AS packages
WORKDIR /srv/belltower
COPY bin/uv.txt requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r uv.txt \
    && python -m venv --without-pip .venv \
    && python -m uv pip install --no-cache --python .venv/bin/python --require-hashes --compile-bytecode -r requirements.txt

FROM python:3.11.16-slim-trixie
# pg_dump and psql, for backups: as new as the server of compose.yaml.
RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-client-17 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home belltower
WORKDIR /srv/belltower
COPY --from=packages /srv/belltower/.venv .venv
COPY . .
RUN python -m compileall -q -x '\.venv' . && install -d -o belltower -g belltower var
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER belltower
EXPOSE 8000
# As bin/run starts it; that also installs and migrates, which is done here by the build and by `prepare`.
CMD [".venv/bin/python", "-m", "uvicorn", "myproject.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--lifespan", "on", "--ws", "none", "--timeout-graceful-shutdown", "5", "--backlog", "4096", "--no-access-log", "--no-server-header"]
