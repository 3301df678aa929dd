"""On which images programs run that other images have compiled."""

from __future__ import annotations

import pytest

from lightship.knowledge import toolchains
from lightship.knowledge.toolchains import Origin, Runtime


def _origin(image: str) -> Origin:
    found = toolchains.origin(image, image)
    assert found
    return found


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("golang:1.22-bookworm", "debian:bookworm-slim"),
        ("golang:1.22.3", "debian:bookworm-slim"),
        ("golang:1.24", "debian:trixie-slim"),
        ("golang:bullseye", "debian:bullseye-slim"),
        ("golang", "debian:stable-slim"),
        ("golang:1", "debian:stable-slim"),
        ("golang:1.22-alpine", "alpine:3"),
        ("golang:1.22-alpine3.19", "alpine:3.19"),
        ("golang:alpine", "alpine:3"),
        ("golang:1.22@sha256:" + "0" * 64, "debian:bookworm-slim"),
        ("public.ecr.aws/docker/library/golang:1.22", "public.ecr.aws/docker/library/debian:bookworm-slim"),
        ("rust:1.75-slim-bookworm", "debian:bookworm-slim"),
        ("rust:1.75-slim", "debian:bookworm-slim"),
        ("rust:slim", "debian:stable-slim"),
        ("rust:1-alpine3.20", "alpine:3.20"),
        ("golang:1.7", None),
        ("golang:1.22-windowsservercore", None),
        ("golang:1.4-cross", None),
        ("golang:tip-bookworm", "debian:bookworm-slim"),
        ("rust:nightly", None),
    ],
)
def test_programs(image: str, expected: str | None) -> None:
    runtime = toolchains.compiler_runtime(_origin(image))
    assert (runtime.image if runtime else None) == expected


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("eclipse-temurin:17", "eclipse-temurin:17-jre"),
        ("eclipse-temurin:17-jdk-jammy", "eclipse-temurin:17-jre-jammy"),
        ("eclipse-temurin:17.0.9_9-jdk-alpine", "eclipse-temurin:17.0.9_9-jre-alpine"),
        ("eclipse-temurin:8u412-b08-jdk", "eclipse-temurin:8u412-b08-jre"),
        ("eclipse-temurin:20-jdk", "eclipse-temurin:20-jdk"),
        ("openjdk:8-jdk-alpine", "openjdk:8-jre-alpine"),
        ("openjdk:11.0.4-jdk-slim-buster", "openjdk:11.0.4-jre-slim-buster"),
        ("openjdk:11-jdk-oracle", "openjdk:11-jdk-oracle"),
        ("openjdk:17-jdk-slim", "openjdk:17-jdk-slim"),
        ("openjdk:14-ea-16-jdk", "openjdk:14-ea-16-jdk"),
        ("amazoncorretto:17", "amazoncorretto:17"),
        ("java:7", "java:7-jre"),
        ("maven:3.9-eclipse-temurin-21-alpine", "eclipse-temurin:21-jre-alpine"),
        ("maven:3.6.3-jdk-8", "openjdk:8-jre"),
        ("maven:3-openjdk-17", "openjdk:17"),
        ("maven:3.9-amazoncorretto-17", "amazoncorretto:17"),
        ("gradle:8.5-jdk17", "eclipse-temurin:17-jre"),
        ("gradle:jdk21-alpine", "eclipse-temurin:21-jre-alpine"),
        ("maven:3.9", None),
        ("maven:3.6.3-jdk-8-openj9", None),
        ("gradle:6.9-jdk11", None),
        ("gradle:8-jdk17-graal", None),
        ("eclipse-temurin:17-jdk-nanoserver", None),
        ("tomcat:9-jdk17", None),
    ],
)
def test_java(image: str, expected: str | None) -> None:
    runtime = toolchains.java_runtime(_origin(image))
    assert (runtime.image if runtime else None) == expected


def test_a_jdk_without_a_jre_is_the_same_image() -> None:
    assert toolchains.java_runtime(_origin("openjdk:17")) == Runtime("openjdk:17", same=True)
    found = toolchains.java_runtime(_origin("maven:3-openjdk-17"))
    assert found
    assert not found.same


@pytest.mark.parametrize(
    ("written", "value", "tag"),
    [
        ("golang:${GO}-alpine", "golang:1.22-alpine", "${GO}-alpine"),
        ("golang:$GO", "golang:1.22", None),
        ("golang:${GO:-1.22}-alpine", "golang:1.22-alpine", None),
        ("$IMAGE", "golang:1.22", None),
        ("example.com/golang:1.22", "example.com/golang:1.22", None),
    ],
)
def test_what_a_variable_hides_is_not_known(written: str, value: str, tag: str | None) -> None:
    found = toolchains.origin(written, value)
    assert (found.tag if found else None) == tag


@pytest.mark.parametrize(
    ("image", "certain"),
    [
        ("golang:1.22", False),
        ("golang:1.22-bookworm", True),
        ("golang:alpine", False),
        ("rust:1-alpine3.20", True),
    ],
)
def test_only_a_tag_makes_a_release_certain(image: str, certain: bool) -> None:
    runtime = toolchains.compiler_runtime(_origin(image))
    assert runtime
    assert runtime.certain is certain
