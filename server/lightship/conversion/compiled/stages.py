"""Writes the two stages of a program that is compiled."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ... import regex
from ...knowledge import images
from ...model.build import Add, Copy, Run, Step
from ...rewrite import INDENT, line_end
from ..language import Conversion
from ..parts import Member
from ..roles import Role
from ..stages import LISTS, final_members, in_two, name_of, run_of
from ..texts import KEPT, shown, text_of, whole
from .parts import Work

_ONLY_FINAL = frozenset(
    ("CMD", "ENTRYPOINT", "EXPOSE", "HEALTHCHECK", "LABEL", "MAINTAINER", "STOPSIGNAL", "VOLUME")
)
"""Instructions that no build depends on."""
_BUILDERS = ("build", "builder")
_DOCUMENTS = regex.compile(
    r"(readme|license|licence|changelog|contributing|authors|notice|copying)(\.(md|txt|rst|adoc))?"
    r"|(makefile|dockerfile|containerfile)(\..*)?|(docker-)?compose(\..*)?\.ya?ml"
    r"|\.(dockerignore|gitignore|gitattributes|editorconfig|golangci\.ya?ml|travis\.ya?ml)"
    r"|\.(git|github|gitlab|circleci|idea|vscode)/.*",
    re.IGNORECASE,
)
"""Files of a build context that are for people and their tools: not any Markdown, which an app may well show."""
_MAKING = frozenset(("useradd", "groupadd", "adduser", "addgroup", "mkdir"))
_MOST_FILES = 5_000
"""Of a build context that are looked at."""


def written(work: Work) -> Conversion:
    stage = work.stage
    opening = stage.opening
    assert opening
    assert opening.image
    alias = opening.alias
    if alias and alias.text.lower() in _BUILDERS:
        name, alias = alias.text, None
    else:
        name = name_of(stage, "build", "compile")
    source = stage.build.source
    head = source.text[opening.instruction.extent.start : opening.image.span.start]
    image = work.runtime.image or source[opening.image.span]
    called = source.text[opening.image.span.end : alias.span.end] if alias else ""
    kept = [step for step in stage.steps[1:] if _is_kept(work, step)]
    final = "".join(_final_stage(work, name, kept))
    text = in_two(
        stage,
        name,
        _build_stage(work),
        [final],
        base=f"{head}{image}{called}{line_end(stage.build)}",
    )
    texts = (whole(stage.build, step.instruction) for step in kept if step.instruction.keyword in KEPT)
    return Conversion(text, tuple(texts))


def _build_stage(work: Work) -> Iterator[str]:
    """The file as it was, as far as a build may depend on it, with its comments."""
    build, previous = work.stage.build, work.stage.steps[0]
    for step in work.stage.steps[1 : work.plan.last + 1]:
        above = build.source.text[previous.instruction.extent.end : step.instruction.extent.start]
        previous = step
        if step.instruction.keyword not in _ONLY_FINAL:
            yield above + whole(build, step.instruction)


def _is_kept(work: Work, step: Step) -> bool:
    """Whether an instruction is in the final stage too."""
    if isinstance(step, Copy | Add):
        return not _only_compiled(work, step)
    if step.instruction.keyword == "ARG":
        return _is_used(work, step)
    return True


def _is_used(work: Work, step: Step) -> bool:
    """Whether something in the final stage may see a build argument."""
    names = [pair.key.text for pair in step.instruction.pairs]
    if any(re.match(r"DEBIAN_FRONTEND|TERM|.*_proxy\Z", name, re.IGNORECASE) for name in names):
        return True
    return any(
        re.search(rf"\b{re.escape(name)}\b", text)
        for other in work.stage.steps
        for text in _final_texts(work, other)
        if other is not step
        for name in names
    )


def _final_texts(work: Work, step: Step) -> Iterator[str]:
    """What the final stage has of an instruction, as far as that is known before."""
    chain = work.plan.chains[step] if isinstance(step, Run) else None
    if chain is None:
        yield shown(step)
    yield from (text_of(member) for member in chain or () if _stays(member) or member.role is Role.STATE)


def _stays(member: Member) -> bool:
    return member.role not in (Role.PACKAGES, Role.TOOL, Role.STATE, Role.CLEAN, Role.UPDATE)


def _only_compiled(work: Work, step: Copy | Add) -> bool:
    """Whether a COPY brings nothing that anything but the compiler reads."""
    if step.instruction.flags or step.instruction.heredocs or not step.sources:
        return False
    index = work.stage.steps.index(step)
    if index > work.plan.last:
        return False
    if step in work.plan.covered:
        return True
    if any(touches_files(chain) for chain in work.plan.chains.values()):
        return False
    return all(
        source is not None and "://" not in source and _is_source(work, source) for source in step.sources
    )


def touches_files(chain: tuple[Member, ...] | None) -> bool:
    """Whether the final stage does something to files that a COPY may have brought."""
    return chain is None or any(
        member.role in (Role.FILES, Role.ACCOUNT, Role.UNKNOWN)
        and not all(command.name in _MAKING for command in member.commands)
        for member in chain
    )


def _is_source(work: Work, source: str) -> bool:
    name = source.removeprefix("./").rstrip("/")
    if work.compiler.sources.fullmatch(name):
        return True
    context = work.stage.build.context
    if context is None or re.search(r"[*?\[$]", name) or not context.exists(name):
        return False
    if not context.is_folder(name):
        return bool(_DOCUMENTS.fullmatch(name))
    count = 0
    for path, _ in context.files(name):
        count += 1
        if count > _MOST_FILES or not (
            work.compiler.sources.fullmatch(path.rpartition("/")[2]) or _DOCUMENTS.fullmatch(path)
        ):
            return False
    return count > 0


def _final_stage(work: Work, name: str, kept: list[Step]) -> Iterator[str]:
    stage, plan, build = work.stage, work.plan, work.stage.build
    newline = line_end(build)
    yield from _before(work, name, kept)
    update: str | None = None
    previous = stage.steps[0]
    for index, step in enumerate(stage.steps[1:], 1):
        above = build.source.text[previous.instruction.extent.end : step.instruction.extent.start]
        previous = step
        if index <= plan.last and step.instruction.keyword not in _ONLY_FINAL:
            above = ""  # it stands in the build stage
        if not isinstance(step, Run):
            if step in kept:
                yield above + whole(build, step.instruction)
            continue
        chain = plan.chains[step]
        if chain is None:
            yield above + whole(build, step.instruction)
            continue
        updates = [text_of(member) for member in chain if member.role is Role.UPDATE]
        for part in _parts(work, chain):
            if picked := final_members(plan, part, update):
                text = run_of(build, plan, step, picked)
                yield above + _without_caches(text, part, chain) if text else ""
            for path in work.taken.get(part[-1], ()):
                yield f"COPY --from={name} {_owner(step)}{path} {path}{newline}"
        update = updates[-1] if updates else update


def _parts(work: Work, chain: tuple[Member, ...]) -> Iterator[tuple[Member, ...]]:
    """A chain, cut behind everything that is taken."""
    start = 0
    for at, member in enumerate(chain, 1):
        if member in work.taken or at == len(chain):
            yield chain[start:at]
            start = at


def _without_caches(text: str, part: tuple[Member, ...], chain: tuple[Member, ...]) -> str:
    """A RUN without the caches of what it does not do any more."""
    if any(member.role is Role.SYSTEM for member in part) or not any(
        member.role is Role.PACKAGES for member in chain
    ):
        return text
    return re.sub(r"(--mount=\S*type=cache\S*[ \t]+)+", "", text, count=1)


def _owner(run: Run) -> str:
    user = run.state.user
    return "" if images.runs_as_root(user or "root") else f"--chown={user} "


def _before(work: Work, name: str, kept: list[Step]) -> Iterator[str]:
    """What the compiler's image had: files, the folder that a container starts in, and variables that are used."""
    newline, runtime = line_end(work.stage.build), work.runtime
    for sources, target in runtime.files:
        yield f"COPY --from={name} {sources} {target}{newline}"
    if runtime.packages:
        escape, packages = work.stage.build.file.escape, " ".join(runtime.packages)
        commands = ("apt-get update", f"apt-get install -y --no-install-recommends {packages}", LISTS)
        yield "RUN " + f" && {escape}{newline}{INDENT}".join(commands) + newline
    if runtime.same:
        return
    texts = [text for step in kept for text in _final_texts(work, step)]
    own = {
        pair.key.text for step in kept if step.instruction.keyword == "ENV" for pair in step.instruction.pairs
    }
    pairs = [
        f"{variable}={value}"
        for variable, value in work.compiler.variables.items()
        if variable not in own and any(re.search(rf"\$\{{?{variable}\b", text) for text in texts)
    ]
    if work.by_name:
        pairs.append(f'PATH="{runtime.folder}:$PATH"')
    if pairs:
        yield f"ENV {' '.join(pairs)}{newline}"
    if runtime.workdir != "/" and _starts_below(work, kept):
        yield f"WORKDIR {runtime.workdir}{newline}"


def _starts_below(work: Work, kept: list[Step]) -> bool:
    """Whether something stands in the working directory of the compiler's image."""
    for step in kept:
        if step.instruction.keyword == "WORKDIR" and step.instruction.arguments.text.startswith(("/", "$")):
            return False
        if isinstance(step, Copy | Add) and not (step.target or "").startswith("/"):
            return True
        if isinstance(step, Run) and any(map(_is_relative, work.plan.chains[step] or ())):
            return True
    return True


def _is_relative(member: Member) -> bool:
    """Whether it does something to a file that is named from the working directory."""
    return member.role is Role.FILES and any(
        not value.startswith(("/", "-"))
        for command in member.commands
        for value in command.values[2 if command.name in ("chmod", "chown", "chgrp") else 1 :]
    )
