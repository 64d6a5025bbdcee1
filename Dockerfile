# syntax=docker/dockerfile:1
# Two stages: the first installs locked versions, the second holds only what runs.
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python -m venv /opt/papersift
COPY requirements.lock ./
RUN /opt/papersift/bin/pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE alembic.ini ./
COPY app ./app
COPY indexer ./indexer
COPY migrations ./migrations
COPY static ./static
RUN /opt/papersift/bin/pip install --no-deps --no-build-isolation .

FROM python:3.13-slim
RUN groupadd --gid 10001 papersift \
    && useradd --uid 10001 --gid papersift --no-create-home --shell /usr/sbin/nologin papersift \
    && install -d -o papersift -g papersift /database /index
COPY --from=build /opt/papersift /opt/papersift
ENV PATH=/opt/papersift/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PAPERSIFT_DATA_DIR=/database \
    PAPERSIFT_INDEX_DIR=/index
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/ready', timeout=4)"]
CMD ["papersift", "serve", "--host", "0.0.0.0", "--port", "8000"]
