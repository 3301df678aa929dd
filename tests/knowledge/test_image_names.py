"""References to images, their slim variants, users, and ends of life."""

from __future__ import annotations

from datetime import date

import pytest

from lightship.knowledge import images, lifecycle
from lightship.knowledge.images import ImageReference

TODAY = date(2026, 11, 23)
DIGEST = "sha256:" + "ab" * 32


def reference(text: str) -> ImageReference:
    found = images.parse(text)
    assert found is not None, text
    return found


@pytest.mark.parametrize(
    ("text", "registry", "repository", "name", "tag", "digest"),
    [
        ("python", "docker.io", "library/python", "python", None, None),
        ("python:3.12", "docker.io", "library/python", "python", "3.12", None),
        ("docker.io/python", "docker.io", "library/python", "python", None, None),
        ("docker.io/library/python:3", "docker.io", "library/python", "python", "3", None),
        ("index.docker.io/library/python", "docker.io", "library/python", "python", None, None),
        ("bitnami/redis:7", "docker.io", "bitnami/redis", "bitnami/redis", "7", None),
        ("localhost/x", "localhost", "x", "localhost/x", None, None),
        ("localhost:5000/x", "localhost:5000", "x", "localhost:5000/x", None, None),
        ("localhost:5000/x:1", "localhost:5000", "x", "localhost:5000/x", "1", None),
        (
            "host.example:443/a/b/c:v1.0_x",
            "host.example:443",
            "a/b/c",
            "host.example:443/a/b/c",
            "v1.0_x",
            None,
        ),
        ("[::1]:5000/x", "[::1]:5000", "x", "[::1]:5000/x", None, None),
        ("ghcr.io/a/b@" + DIGEST, "ghcr.io", "a/b", "ghcr.io/a/b", None, DIGEST),
        ("python:3.12@" + DIGEST, "docker.io", "library/python", "python", "3.12", DIGEST),
        ("a__b/c-d.e", "docker.io", "a__b/c-d.e", "a__b/c-d.e", None, None),
        ("MyHost/x", "MyHost", "x", "MyHost/x", None, None),
        ("scratch", "docker.io", "library/scratch", "scratch", None, None),
    ],
)
def test_reads_a_reference(
    text: str, registry: str, repository: str, name: str, tag: str | None, digest: str | None
) -> None:
    it = reference(text)
    assert (it.registry, it.repository, it.name, it.tag, it.digest) == (
        registry,
        repository,
        name,
        tag,
        digest,
    )
    assert tag is None or it.tag_span is not None
    assert digest is None or it.digest_span is not None
    if it.tag_span:
        assert text[slice(*it.tag_span)] == tag
    if it.digest_span:
        assert text[slice(*it.digest_span)] == digest


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Python",
        "a:b:c",
        "a:",
        ":x",
        "a@sha256:1",
        "a@b",
        "/a",
        "a//b",
        "a b",
        "$BASE",
        "a___b/c",
        "-a",
        "a:-x",
    ],
)
def test_refuses_what_is_no_reference(text: str) -> None:
    assert images.parse(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("python", "python:slim"),
        ("python:3.12", "python:slim"),
        ("localhost:5000/python", "localhost:5000/python:slim"),
        ("python:3@" + DIGEST, "python:slim@" + DIGEST),
        ("python@" + DIGEST, "python:slim@" + DIGEST),
    ],
)
def test_replaces_the_tag_alone(text: str, expected: str) -> None:
    span, new = reference(text).tag_edit("slim")
    assert text[: span.start] + new + text[span.end :] == expected


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("python", "slim"),
        ("python:latest", "slim"),
        ("python:3", "3-slim"),
        ("python:3.12", "3.12-slim"),
        ("python:3.12.1-bookworm", "3.12.1-slim-bookworm"),
        ("python:bookworm", "slim-bookworm"),
        ("python:3.15-rc", "3.15-rc-slim"),
        ("python:3.15.0a2-trixie", "3.15.0a2-slim-trixie"),
        ("docker.io/library/python:3.12", "3.12-slim"),
        ("public.ecr.aws/docker/library/python:3.12", "3.12-slim"),
        ("amd64/python:3.12", "3.12-slim"),
        ("node:22", "22-slim"),
        ("node:20-bookworm", "20-bookworm-slim"),
        ("node:lts-trixie", "lts-trixie-slim"),
        ("node:iron", "iron-slim"),
        ("node", "slim"),
        ("debian", "stable-slim"),
        ("debian:12", "12-slim"),
        ("debian:bookworm-20260202", "bookworm-20260202-slim"),
        ("ruby:3.3-bookworm", "3.3-slim-bookworm"),
        ("rust:1.82-bookworm", "1.82-slim-bookworm"),
        ("rust:1", "1-slim"),
        ("perl:5.40-threaded", "5.40-slim-threaded"),
        ("perl:5.40-threaded-bookworm", "5.40-slim-threaded-bookworm"),
        ("pypy:3.11-7.3.23", "3.11-7.3.23-slim"),
        ("elixir:1.17-otp-27", "1.17-otp-27-slim"),
        ("erlang:27", "27-slim"),
        ("haskell:9.8-bullseye", "9.8-slim-bullseye"),
        ("openjdk:11-jre", "11-jre-slim"),
        ("openjdk:8u222-jdk-stretch", "8u222-jdk-slim-stretch"),
        # nothing to propose
        ("python:3.12-slim", None),
        ("python:3.12-slim-bookworm", None),
        ("python:3.12-alpine", None),
        ("python:3.12-alpine3.20", None),
        ("python:3.12-windowsservercore-ltsc2022", None),
        ("python:3-onbuild", None),
        ("python:2.7-wheezy", None),
        ("node:8-jessie", None),
        ("node:chakracore-8", None),
        ("debian:experimental", None),
        ("debian:bookworm-backports", None),
        ("openjdk:11-oracle", None),
        ("golang:1.22", None),
        ("ubuntu:24.04", None),
        ("php:8.3", None),
        ("alpine:3.20", None),
        ("eclipse-temurin:21", None),
        ("example/python:3.12", None),
        ("ghcr.io/example/python:3.12", None),
    ],
)  # fmt: skip
def test_knows_the_slim_tag(text: str, tag: str | None) -> None:
    assert images.slim_tag(reference(text)) == tag
    if tag is None:
        assert images.slim_saving(reference(text)) is None


def test_knows_what_slim_saves() -> None:
    assert images.slim_saving(reference("python:3.12")) == 796_444_444
    assert images.slim_saving(reference("openjdk:11")) is None
    assert all(it.full is None or it.slim is None or it.slim < it.full for it in images.SLIM.values())


def test_knows_what_slim_lacks() -> None:
    assert {"gcc", "git", "curl", "make"} <= images.missing_in_slim("python")
    assert "python3" in images.missing_in_slim("node")
    assert "gcc" not in images.missing_in_slim("rust")
    assert images.missing_in_slim("debian") == images.missing_in_slim("ubuntu") == frozenset()


@pytest.mark.parametrize(
    ("text", "user"),
    [
        ("python:3.12", "root"),
        ("node", "root"),
        ("docker.io/library/nginx:1.27", "root"),
        ("scratch", "root"),
        ("gcr.io/distroless/static", "root"),
        ("gcr.io/distroless/python3-debian12:nonroot", "65532"),
        ("gcr.io/distroless/base:debug-nonroot", "65532"),
        ("cgr.dev/chainguard/python:latest", "65532"),
        ("cgr.dev/chainguard/wolfi-base", "root"),
        ("jenkins/jenkins:lts-jdk17", "jenkins"),
        ("bitnami/redis:7", "1001"),
        ("bitnami/minideb:bookworm", "root"),
        ("registry.access.redhat.com/ubi9/python-311", "1001"),
        ("registry.access.redhat.com/ubi8/ubi-minimal:8.9", "root"),
        ("registry.access.redhat.com/ubi9", "root"),
        ("registry.access.redhat.com/ubi9/openjdk-17", "185"),
        ("nginxinc/nginx-unprivileged:1.27", "101"),
        ("grafana/grafana:11.0.0", "472"),
        ("quay.io/jupyter/scipy-notebook", "jovyan"),
        ("cimg/python:3.12", "circleci"),
        ("apache/airflow:2.9", "airflow"),
        ("sonarqube:10", "sonarqube"),
        ("elasticsearch:8.13", "1000:0"),
        ("elasticsearch:7.17", None),
        ("mcr.microsoft.com/playwright:v1.44", "root"),
        ("mcr.microsoft.com/dotnet/aspnet:8.0", "root"),
        ("mcr.microsoft.com/dotnet/aspnet:8.0-noble-chiseled", "1654"),
        ("example/app", None),
        ("ghcr.io/example/python", None),
    ],
)
def test_knows_the_user(text: str, user: str | None) -> None:
    assert images.default_user(reference(text)) == user


def test_knows_root() -> None:
    assert [user for user in ("root", "0", "0:0", "root:app", "app", "1000:0", "10") if images.runs_as_root(user)] == [
        "root", "0", "0:0", "root:app",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "known", "tag"),
    [
        ("python:3.9", ["Python 3.9 2025-10-31"], "3.11"),
        ("python:3.9.7-slim", ["Python 3.9 2025-10-31"], "3.11-slim"),
        ("python:3.9-slim-buster", ["Python 3.9 2025-10-31", "Debian 10 2024-06-30"], "3.11-slim"),
        ("python:3.12-slim-buster", ["Python 3.12 2028-10-31", "Debian 10 2024-06-30"], "3.12-slim"),
        ("python:3.9-bookworm", ["Python 3.9 2025-10-31", "Debian 12 2028-06-30"], "3.11-bookworm"),
        ("python:3.9-alpine3.15", ["Python 3.9 2025-10-31", "Alpine 3.15 2023-11-01"], "3.11-alpine"),
        ("python:3.12", ["Python 3.12 2028-10-31"], None),
        ("python:3", [], None),
        ("python", [], None),
        ("node:16", ["Node.js 16 2023-09-11"], "22"),
        ("node:gallium-alpine", ["Node.js 16 2023-09-11"], "jod-alpine"),
        ("node:21", ["Node.js 21 2024-06-01"], "22"),
        ("node:25", ["Node.js 25 2026-06-01"], None),
        ("debian:stretch", ["Debian 9 2022-06-30"], "bookworm"),
        ("debian:stretch-slim", ["Debian 9 2022-06-30"], "bookworm-slim"),
        ("debian:9.5", ["Debian 9 2022-06-30"], "12"),
        ("ubuntu:18.04", ["Ubuntu 18.04 2023-05-31"], "22.04"),
        ("ubuntu:focal", ["Ubuntu 20.04 2025-05-31"], "jammy"),
        ("ubuntu:24.04", ["Ubuntu 24.04 2029-05-31"], None),
        ("alpine:3.15.4", ["Alpine 3.15 2023-11-01"], "3.22"),
        ("fedora:30", ["Fedora 30 2020-05-26"], "44"),
        ("golang:1.19-buster", ["Go 1.19 2023-08-08", "Debian 10 2024-06-30"], "1.26"),
        ("php:7.4-apache", ["PHP 7.4 2022-11-28"], "8.3-apache"),
        ("ruby:2.7-slim", ["Ruby 2.7 2023-03-31"], "3.3-slim"),
        ("centos:7", ["CentOS 7 2024-06-30"], None),
        ("openjdk:17", ["openjdk  2022-07-31"], None),
        ("postgres:12-buster", ["Debian 10 2024-06-30"], "12"),
        ("example/python:3.9", [], None),
    ],
)
def test_knows_the_end_of_life(text: str, known: list[str], tag: str | None) -> None:
    it = reference(text)
    assert [f"{end.title} {end.release} {end.day}" for end in lifecycle.lifecycle(it)] == known
    assert lifecycle.successor_tag(it, TODAY) == tag


def test_releases_are_in_order() -> None:
    for product, releases in lifecycle.RELEASES.items():
        numbers = [tuple(map(int, release.split("."))) for release in releases]
        assert numbers == sorted(numbers), product
