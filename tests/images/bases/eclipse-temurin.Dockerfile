# Stands in for eclipse-temurin:17-jre and, made from that, eclipse-temurin:17-jdk: Debian's Java.
ARG BASE=debian:bookworm-slim
FROM $BASE
ARG KIND=jre
ENV JAVA_HOME=/opt/java/openjdk PATH=/opt/java/openjdk/bin:$PATH
RUN mkdir -p /usr/share/man/man1 /opt/java && \
    apt-get update && \
    apt-get install -y --no-install-recommends "openjdk-17-$KIND-headless" && \
    rm -rf /var/lib/apt/lists/* && \
    ln -sfn /usr/lib/jvm/java-17-openjdk-* "$JAVA_HOME"
