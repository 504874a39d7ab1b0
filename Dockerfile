# Two stages: one that installs, one that runs without pip, compilers or root.
FROM python:3.12-slim AS build
WORKDIR /src
RUN python -m venv /opt/footnote
# Each package is compared with the hash that stands here (docs/dependencies.md). The list is complete:
# pip must add nothing, and `pip check` looks below whether anything is missing.
COPY deploy/dependencies/image.txt ./
RUN /opt/footnote/bin/pip install --no-cache-dir --require-hashes --no-deps --only-binary :all: -r image.txt
COPY pyproject.toml setup.py README.md LICENSE ./
COPY config config
COPY indexers indexers
COPY bot bot
COPY playground playground
COPY footnote_bot footnote_bot
# `--build-arg FOOTNOTE_COMMIT="$(git rev-parse HEAD)"`: `.git` is not in the image.
ARG FOOTNOTE_COMMIT=unknown
# image.txt has all that the extras need. setuptools, which LlamaIndex asks for, builds our package, too.
RUN /opt/footnote/bin/pip install --no-cache-dir --no-index --no-deps --no-build-isolation '.[agents,anthropic,attachments,llm,otel,postgresql]' \
    && /opt/footnote/bin/pip check \
    && /opt/footnote/bin/pip uninstall --yes pip

FROM python:3.12-slim
# git reads wikis that are set by `git = "..."`.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git openssh-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 footnote \
    && install --directory --owner footnote /data
COPY --from=build /opt/footnote /opt/footnote
ENV PATH=/opt/footnote/bin:$PATH \
    FOOTNOTE_CONFIG=/etc/footnote/footnote.toml \
    FOOTNOTE_DATA_DIR=/data \
    ORT_DISABLE_TELEMETRY=1 \
    HF_HUB_DISABLE_TELEMETRY=1 \
    DO_NOT_TRACK=1
USER footnote
WORKDIR /data
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD \
    ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:3000/healthz', timeout=4)"]
ENTRYPOINT ["footnote"]
CMD ["serve"]
