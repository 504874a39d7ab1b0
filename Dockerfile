# Two stages: one that installs, one that runs without pip, compilers or root.
FROM python:3.12-slim AS build
WORKDIR /src
RUN python -m venv /opt/footnote
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY config config
COPY indexers indexers
COPY bot bot
RUN /opt/footnote/bin/pip install --no-cache-dir --constraint constraints.txt '.[anthropic,attachments,llm,otel,postgresql]'

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
