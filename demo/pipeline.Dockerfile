# syntax=docker/dockerfile:1
# Nightly reports: wheels are built in one stage and installed in another.
FROM python:3.12-slim AS wheels
RUN apt-get update && apt-get install -y --no-install-recommends build-essential \
    && rm -rf /var/lib/apt/lists/*
COPY requirements.txt .
RUN pip wheel --wheel-dir /wheels -r requirements.txt

FROM python:3.12-slim
RUN groupadd --system report && useradd --system --gid report report
COPY --from=wheels /wheels /wheels
RUN python3 -m pip install /wheels/*.whl
RUN rm -rf /wheels

RUN <<EOF
apt-get update
apt-get install -y fonts-dejavu-core
EOF

WORKDIR /report
COPY --chown=report:report report/ report/
USER report
ENTRYPOINT ["python", "-m", "report",]
