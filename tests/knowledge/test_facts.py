"""Sizes, caches and documentation: that they are whole and hang together."""

from __future__ import annotations

import pytest

from lightship.knowledge import caches, instructions, packages, sizes
from lightship.knowledge.managers import DIALECTS, Manager
from lightship.knowledge.package_sizes import SIZES
from lightship.syntax import dockerfile


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (5_500_000, "5.5 MB"),
        (19_860_000, "19.9 MB"),
        (164_270_000, "164 MB"),
        (999_400_000, "999 MB"),
        (999_600_000, "1 GB"),
        (1_020_000_000, "1.02 GB"),
        (12_345_000_000_000, "12.3 TB"),
    ],
)
def test_says_bytes(size: int, text: str) -> None:
    assert sizes.human(size) == text


def test_estimates_what_was_measured() -> None:
    gcc = sizes.installed_size("gcc", recommends=False)
    assert gcc is not None
    assert abs(gcc - 164_270_000) < 3_000_000


def test_estimates_never_too_much() -> None:
    gcc, git = sizes.installed_size("gcc", False), sizes.installed_size("git", False)
    assert sizes.closure_size(["gcc", "git", "nonsense"], False) == max(gcc or 0, git or 0)
    assert sizes.closure_size(["nonsense"], False) is None
    assert sizes.installed_size("bash", True) == 0
    assert sizes.recommended_size(["nonsense"]) is None
    assert (sizes.recommended_size(["gcc"]) or 0) > 50_000_000
    assert all(light <= heavy for light, heavy in SIZES.values())


def read(command: str) -> packages.PackageCommand:
    found = packages.read(command.split())
    assert found is not None
    return found


def test_caches_are_turned_off_by_flags() -> None:
    assert caches.off_by_flag(read("pip install --no-cache-dir x"))
    assert caches.off_by_flag(read("pip --no-cache install x"))
    assert caches.off_by_flag(read("apk add --no-cache x"))
    assert caches.off_by_flag(read("uv sync -n"))
    assert not caches.off_by_flag(read("pip install x"))
    assert not caches.off_by_flag(read("poetry install --no-cache"))
    assert not caches.off_by_flag(read("apt-get install x"))


@pytest.mark.parametrize("value", ["1", "true", "yes", "on", "0", "false", "no", "off", None])
def test_pip_turns_its_cache_off_for_any_boolean(value: str | None) -> None:
    assert caches.off_by_environment(Manager.PIP, {"PIP_NO_CACHE_DIR": value})


def test_others_read_their_variables_forwards() -> None:
    assert not caches.off_by_environment(Manager.PIP, {"PIP_NO_CACHE_DIR": ""})
    assert not caches.off_by_environment(Manager.PIP, {"UV_NO_CACHE": "1"})
    assert caches.off_by_environment(Manager.UV, {"UV_NO_CACHE": "1"})
    assert not caches.off_by_environment(Manager.UV, {"UV_NO_CACHE": "0"})


def test_mounts_cover_folders() -> None:
    assert caches.covers(["/root/.cache"], "/root/.cache/pip")
    assert caches.covers(["/root/.cache/pip/"], "/root/.cache/pip")
    assert not caches.covers(["/root/.cache/pi", "/home"], "/root/.cache/pip")
    assert caches.CACHES[Manager.PIP].folders("/home/app") == ("/home/app/.cache/pip",)


def test_every_manager_has_a_dialect_and_clean_commands_are_known() -> None:
    assert set(DIALECTS) == set(Manager)
    for manager, cache in caches.CACHES.items():
        if not cache.clean.startswith("rm ") and manager is not Manager.GO:
            found = read(cache.clean)
            assert (found.manager, found.action) == (manager, packages.Action.CLEAN)
        flags = {option.name for option in DIALECTS[manager].options.values()}
        assert set(cache.flags) <= flags


KEYWORDS = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
]


def test_every_instruction_is_documented() -> None:
    assert sorted(instructions.INSTRUCTIONS) == KEYWORDS
    assert sorted(instructions.DIRECTIVES) == ["check", "escape", "syntax"]
    assert sorted(instructions.MOUNTS) == ["bind", "cache", "secret", "ssh", "tmpfs"]
    assert set(instructions.TIPS) <= set(KEYWORDS)


def test_documentation_is_whole() -> None:
    docs: list[instructions.Doc] = [*instructions.MOUNTS.values(), *instructions.DIRECTIVES.values()]
    for instruction in instructions.INSTRUCTIONS.values():
        docs += [instruction, *instruction.flags.values()]
    for doc in docs:
        assert doc.summary.endswith("."), doc
        assert 0 < doc.summary.count(". ") + 1 <= 4, doc
        assert doc.syntax, doc
        assert 1 <= len(doc.examples) <= 2, doc
        assert doc.url.startswith("https://docs.docker.com/reference/dockerfile/#"), doc
        assert doc.anchor == doc.anchor.lower(), doc
        assert " " not in doc.anchor


def test_examples_are_valid() -> None:
    for keyword, instruction in instructions.INSTRUCTIONS.items():
        for doc in (instruction, *instruction.flags.values()):
            for example in doc.examples:
                text = example if example.startswith(("FROM", "ARG")) else f"FROM x AS build\n{example}\n"
                tree = dockerfile.parse(text)
                found = [node for node in tree.nodes if isinstance(node, dockerfile.Instruction)]
                assert not [problem for node in found for problem in node.problems], example
                assert keyword == "MAINTAINER" or keyword in {node.keyword for node in found}, example
    for mount in instructions.MOUNTS.values():
        for example in mount.examples:
            tree = dockerfile.parse(f"FROM x\n{example}\n")
            assert not [p for n in tree.nodes if isinstance(n, dockerfile.Instruction) for p in n.problems]
