"""Stages, and what is in force at each instruction."""

import pytest

from lightship.model import analyze
from lightship.model.build import Build, Copy, Entrypoint, Run
from lightship.text import Source


def build(text: str) -> Build:
    return analyze(Source(text))


def test_what_is_shipped_is_the_last_stage_and_what_it_is_built_on():
    stages = build(
        "FROM a AS base\nFROM base AS tools\nFROM base AS mid\nFROM mid\nCOPY --from=tools /x /x"
    ).stages
    assert [stage.shipped for stage in stages] == [True, False, True, True]
    assert [stage.parent.name if stage.parent else None for stage in stages] == [None, "base", "base", "mid"]
    assert stages[3].base == "a"


def test_a_stage_is_found_by_name_in_any_case_and_by_index():
    found = build("FROM a AS Builder\nFROM b AS two\nFROM c")
    assert found.stage("BUILDER") is found.stages[0]
    assert found.stage("1") is found.stages[1]
    assert found.stage("two", before=1) is None
    assert found.stage("7") is None


def test_a_stage_name_stands_for_earlier_stages_only():
    assert build("FROM a AS a\nFROM a").stages[1].parent is not None
    assert build("FROM a\nFROM b AS a").stages[0].parent is None


def test_state_is_what_stands_before_the_instruction():
    (stage,) = build('FROM a\nUSER u:g\nWORKDIR /x\nWORKDIR y\nSHELL ["bash", "-ec"]\nRUN a').stages
    run = stage.runs[0]
    assert (run.state.user, run.state.workdir, run.state.shell) == ("u:g", "/x/y", ("bash", "-ec"))
    assert stage.steps[3].state.workdir == "/x"
    assert stage.steps[1].state.user is None


def test_state_is_inherited_from_the_parent_stage():
    child = build("FROM a AS p\nUSER u\nWORKDIR /x\nFROM p\nRUN a").stages[1]
    assert (child.runs[0].state.user, child.runs[0].state.workdir) == ("u", "/x")


def test_a_relative_folder_below_an_unknown_one_is_unknown():
    assert build("FROM a\nWORKDIR y\nRUN a").stages[0].runs[0].state.workdir is None


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("RUN a b && c", [["a", "b"], ["c"]]),
        ('RUN ["a", "b c"]', [["a", "b c"]]),
        ('RUN ["sh", "-c", "a && b"]', [["a"], ["b"]]),
        ("RUN <<EOF\na\nb c\nEOF", [["a"], ["b", "c"]]),
        ("RUN <<EOF\n#!/usr/bin/env python3\nimport os\nEOF", []),
        ("RUN <<EOF\n#!/bin/bash -e\na\nEOF", [["a"]]),
        ("RUN cat <<EOF > /x\nnot a command\nEOF", [["cat"]]),
        ("RUN a \\\n  # why\n  && b", [["a"], ["b"]]),
        ("ONBUILD RUN a", [["a"]]),
        ('SHELL ["powershell", "-Command"]\nRUN a', []),
        ("RUN", []),
    ],
)
def test_commands_of_a_run(text, commands):
    found = [step for step in build(f"FROM x\n{text}\n").steps if isinstance(step, Run)]
    assert [list(command.values) for run in found for command in run.commands] == commands


def test_words_lead_back_to_the_file():
    text = "FROM x\nRUN a \\\n    # why\n    béta && c\\\nd\n"
    run = build(text).stages[0].runs[0]
    words = [text[word.span.start : word.span.end] for command in run.commands for word in command.words]
    assert words == ["a", "béta", "c\\\nd"]


def test_a_command_of_sh_c_stands_where_it_is_written():
    text = 'FROM x\nRUN ["/bin/sh", "-c", "a && b"]\n'
    run = build(text).stages[0].runs[0]
    assert [text[command.span.start : command.span.end] for command in run.commands] == ["a", "b"]


def test_windows_shells_are_not_read():
    (stage,) = build("FROM mcr.microsoft.com/windows/servercore:ltsc2022\nRUN dir && del x").stages
    assert stage.runs[0].script is None


def test_mounts():
    run = (
        build("FROM x\nRUN --mount=type=cache,target=/root/.cache/ --mount=source=a,dst=/b c")
        .stages[0]
        .runs[0]
    )
    assert [(mount.kind, mount.target) for mount in run.mounts] == [("cache", "/root/.cache"), ("bind", "/b")]
    assert run.mounted("/root/.cache/pip")
    assert not run.mounted("/b")
    assert not run.mounted("/root/.cached")


def test_copies():
    (stage,) = build(
        'FROM x\nCOPY --from=1 a b /c/\nCOPY ["d", "/e"]\nENV E=z\nCOPY $E /f\nENTRYPOINT ["x"]'
    ).stages
    copies = [step for step in stage.steps if isinstance(step, Copy)]
    assert [(copy.origin, copy.sources, copy.target) for copy in copies] == [
        ("1", ("a", "b"), "/c/"),
        (None, ("d",), "/e"),
        (None, ("z",), "/f"),
    ]
    assert stage.last(Entrypoint) is stage.steps[-1]


@pytest.mark.parametrize(
    "text", ["", "\n", "RUN a", "ARG A", "FROM", "FROM a AS", "COPY\nFROM x", "ONBUILD", "\\", "FRO"]
)
def test_broken_files_have_a_build(text):
    found = build(text)
    assert [step.instruction for step in found.steps] == list(found.file.instructions)
