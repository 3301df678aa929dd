# Lightship in a container:  docker run --rm -v "$PWD:/work:ro" lightship

FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY server server
RUN python -m venv --without-pip /opt/venv \
    && pip --python /opt/venv install --no-cache-dir --no-compile '.[shellcheck]'

FROM python:3.13-slim
LABEL org.opencontainers.image.title="Lightship" \
      org.opencontainers.image.description="Finds what keeps container images from being small, safe and reproducible" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /work
USER 65532:65532
ENTRYPOINT ["lightship"]
CMD ["check"]
