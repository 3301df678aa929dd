"""What is under the cursor, in a few lines: a finding's rule, a value and where it comes from, a base image's
facts, a package's bytes, or the documentation of an instruction, flag, mount option or parser directive.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Protocol

from ..knowledge import environments, images, registries, sizes
from ..knowledge.instructions import DIRECTIVES, INSTRUCTIONS, MOUNTS, PACKAGE_TIP, TIPS, Doc
from ..knowledge.lifecycle import lifecycle
from ..knowledge.packages import APT_FAMILY, CONDA_FAMILY, Action, Kind, Manager
from ..model.build import Arg, Build, Copy, Env, From, PackageCall, Run, Stage, Step, User, Workdir
from ..model.scope import PLATFORM_ARGUMENTS, PROXY_ARGUMENTS, Scope, Variable
from ..syntax.dockerfile import Comment, Directive, Flag, Heredoc, Instruction, Node
from ..text import Span


@dataclass(frozen=True)
class Hover:
    """Markdown, and what it is about."""

    markdown: str
    span: Span


class Found(Protocol):
    """What is needed of a diagnostic."""

    @property
    def code(self) -> str: ...
    @property
    def span(self) -> Span: ...


_NO_PAGES: Mapping[str, str] = MappingProxyType({})
_LONGEST = 200
"""Characters of a value that are shown."""


def hover(
    build: Build, offset: int, diagnostics: Sequence[Found] = (), pages: Mapping[str, str] = _NO_PAGES
) -> Hover | None:
    """What to say at `offset`; None where there is nothing. `pages` are the rules' pages by name: that of a
    finding comes first, unless what is under the cursor is a small part of several lines that it covers."""
    thing = _thing(build, offset, pages)
    found = [each for each in diagnostics if each.span.covers(offset) and each.code in pages]
    if not found:
        return thing
    rules = [_why(code, pages[code]) for code in dict.fromkeys(each.code for each in found)]
    span = min((each.span for each in found), key=lambda span: span.end - span.start)
    if thing is None:
        return Hover("\n\n---\n\n".join(rules), span)
    parts = [*rules, thing.markdown]
    if "\n" in build.source[span] and thing.span.end - thing.span.start < span.end - span.start:
        parts = [thing.markdown, *rules]
    return Hover("\n\n---\n\n".join(parts), thing.span)


def _why(name: str, page: str) -> str:
    """What a rule finds, and why: the first two paragraphs of its page."""
    return "\n\n".join((f"**{name}**: {page}").partition("\n## ")[0].strip().split("\n\n")[:2])


def _thing(build: Build, offset: int, pages: Mapping[str, str]) -> Hover | None:
    node = next((each for each in build.file.nodes if _holds(each, offset, len(build.file.text))), None)
    match node:
        case Directive():
            doc = DIRECTIVES.get(node.name)
            if doc and (node.name_span.covers(offset) or node.value.span.covers(offset)):
                return Hover(_document(doc), node.span)
            return None
        case Comment():
            return _in_comment(node, offset, pages)
        case Instruction():
            inside = next((each for each in node.comments if each.span.covers(offset)), None)
            if inside:
                return _in_comment(inside, offset, pages)
            step = build.step_at(offset)
            return _in_step(step, offset) if step else None
    return None


def _holds(node: Node, offset: int, end: int) -> bool:
    start, stop = node.extent
    return start <= offset < stop or offset == stop == end


def _in_comment(comment: Comment, offset: int, pages: Mapping[str, str]) -> Hover | None:
    """A rule that a comment names."""
    start = comment.span.end - len(comment.text)
    for word in re.finditer(r"[\w-]+", comment.text):
        span = Span(*word.span()).moved(start)
        if span.covers(offset) and word[0] in pages:
            return Hover(_why(word[0], pages[word[0]]), span)
    return None


def _in_step(step: Step, offset: int) -> Hover | None:
    finders: tuple[Callable[[Step, int], Hover | None], ...] = (
        _keyword, _expanded, _shell_variable, _heredoc, _flag, _declared, _from, _package, _place,
    )  # fmt: skip
    return next((found for finder in finders if (found := finder(step, offset))), None)


def _document(doc: Doc, title: str = "", tip: str = "") -> str:
    """A tip, what it is, how it is written (unless the title says so), an example, and where to read on."""
    syntax = "" if title else "\n".join(doc.syntax)
    examples = "\n".join(example for example in doc.examples if example not in doc.syntax)
    parts = [
        f"> {tip}" if tip else "",
        f"**`{title}`**\n\n{doc.summary}" if title else doc.summary,
        f"```dockerfile\n{syntax}\n```" if syntax else "",
        f"For example:\n\n```dockerfile\n{examples}\n```" if examples else "",
        f"[Reference]({doc.url})",
    ]
    return "\n\n".join(part for part in parts if part)


def _keyword(step: Step, offset: int) -> Hover | None:
    instruction = step.instruction
    inner = instruction.inner
    if instruction.keyword_span.covers(offset):
        span = instruction.keyword_span
    elif inner and inner.keyword_span.covers(offset):  # the CMD of a HEALTHCHECK is none of its own
        span = inner.keyword_span
    else:
        return None
    doc = INSTRUCTIONS.get(instruction.keyword)
    tip = TIPS.get(instruction.keyword, "")
    if isinstance(step, Run) and step.calls_to((Manager.PIP,), Action.INSTALL):
        tip = PACKAGE_TIP
    return Hover(_document(doc, tip=tip), span) if doc else None


# Variables


def _expanded(step: Step, offset: int) -> Hover | None:
    """A variable that BuildKit replaces: the innermost one in `${A:-$B}`."""
    references = [each for each in step.instruction.variables if each.span.covers(offset)]
    if not references:
        return None
    reference = min(references, key=lambda each: each.span.end - each.span.start)
    about = _variable(step, reference.name.text, step.scope)
    base = _from(step, offset)
    return Hover(f"{about}\n\n---\n\n{base.markdown}" if base else about, reference.span)


def _shell_variable(step: Step, offset: int) -> Hover | None:
    """A `$NAME` in what a shell runs."""
    if step.instruction.keyword not in ("RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"):
        return None
    source = step.stage.build.source
    line = source.line_span(source.line_of(offset))
    for match in re.finditer(
        r"(?<!\\)\$(?:\{\s*)?([A-Za-z_]\w*)[^}\s$]*\}|(?<!\\)\$([A-Za-z_]\w*)", source[line]
    ):
        span = Span(*match.span()).moved(line.start)
        if not span.covers(offset):
            continue
        name = match[1] or match[2]
        before = source.text[step.span.start : span.start]
        if re.search(rf"(?<![\w$]){name}=|\b(?:for|read|local)\s[^;&|\n]*\b{name}\b", before):
            return Hover(f"{_code('$' + name)}\n\nA variable of this command's own shell.", span)
        return Hover(_variable(step, name, step.scope), span)
    return None


def _declared(step: Step, offset: int) -> Hover | None:
    """The name in an ARG or ENV: what it is worth from here on."""
    if not isinstance(step, (Arg, Env)):
        return None
    instruction = step.instruction
    pair = next((each for each in instruction.pairs if each.key.span.covers(offset)), None)
    if pair is None:
        return None
    if isinstance(step, Env):
        scope = step.scope.with_env(instruction.pairs, instruction.escape)
    else:
        outer = step.stage.build.scope if step.stage.index >= 0 else None
        scope = step.scope.with_args(instruction.pairs, instruction.escape, outer)
    return Hover(_variable(step, pair.key.text, scope), pair.key.span)


_PLATFORMS = {
    "PLATFORM": ("the platform", "linux/arm64"),
    "OS": ("the operating system", "linux"),
    "ARCH": ("the architecture", "arm64"),
    "VARIANT": ("the variant of the architecture", "v8"),
    "OSVERSION": ("the version of the operating system", "10.0.20348"),
    "STAGE": ("the name", "build"),
}
"""What the second half of a predefined name means, with an example."""


def _variable(step: Step, name: str, scope: Scope) -> str:
    known = scope.get(name)
    value = known.value if known else None
    title = _code(f"${name}") + (f" = {_code(value)}" if value is not None else "")
    return f"{title}\n\n{_origin(step, name, known)}"


def _origin(step: Step, name: str, known: Variable | None) -> str:
    """Where a variable comes from, and who may change it."""
    build = step.stage.build
    at = f"line {build.source.line_of(known.origin.start) + 1}" if known and known.origin else ""
    if name in PLATFORM_ARGUMENTS and (known is None or known.kind == "predefined"):
        if known is None:
            return f"BuildKit knows it, but a stage has to ask for it: write `ARG {name}`."
        what, example = _PLATFORMS[re.sub("^(TARGET|BUILD)", "", name)]
        whose = "of the machine that builds" if name.startswith("BUILD") else "that is built for"
        if name == "TARGETSTAGE":
            whose = "of the stage that is built"
        return f"Predefined by BuildKit: {what} {whose}, as `{example}`."
    if name in PROXY_ARGUMENTS and (known is None or known.kind == "predefined"):
        return "A proxy, predefined by BuildKit for RUN and kept out of the image's history."
    if known is None:
        return _unset(step, name)
    if known.kind == "ENV":
        return f"ENV, {at}." + (
            "" if known.value is not None else " Its value depends on the base image or the build."
        )
    if known.value is None:
        return f"Build argument without a default, {at}: empty unless `--build-arg {name}=…` says otherwise."
    return f"Build argument, {at}: this is the default, and `--build-arg {name}=…` replaces it."


def _unset(step: Step, name: str) -> str:
    build = step.stage.build
    declared = build.scope.get(name)
    if declared and declared.origin:
        line = build.source.line_of(declared.origin.start) + 1
        return f"Line {line} declares it for FROM only: a stage that needs it has to repeat `ARG {name}`."
    if isinstance(step, From) or step.stage.index < 0:
        return "No ARG above the first FROM declares it: it is empty."
    base = step.stage.base
    names = environments.of(base)
    if name == "PATH" or (names and name in names):
        return f"Set by the base image, {_code(base or '')}." if base else "Set by the base image."
    if names is not None and name not in environments.USUAL:
        return "Nothing sets it: it is empty."
    return "Nothing in this file sets it; the base image or the shell may."


# Images and stages


def _from(step: Step, offset: int) -> Hover | None:
    if not isinstance(step, From) or step.image is None:
        return None
    if step.image.span.covers(offset):
        if step.stage.parent:
            return Hover(_stage(step.stage.parent), step.image.span)
        return _image(step, step.image.text, step.stage.value, step.image.span)
    if step.alias and step.alias.span.covers(offset):
        return Hover(_stage(step.stage), step.alias.span)
    return None


def _origin_of_files(step: Step, written: str, value: str | None, span: Span) -> Hover | None:
    """The stage or image that `--from` or `from=` names."""
    stage = step.stage.build.stage(value, step.stage.index) if value and step.stage.index > 0 else None
    return Hover(_stage(stage), span) if stage else _image(step, written, value, span)


def _image(step: Step, written: str, value: str | None, span: Span) -> Hover | None:
    what = step.stage.build.context_named(value)
    if what is not None:
        given = f", {_code(what)}" if what else ""
        return Hover(
            f"**{_code(written)}**: a build context that the build names so{given}. No image is looked for.",
            span,
        )
    if value is None:
        return Hover("The build decides which image this is: a build argument has no default.", span)
    if value == "scratch":
        return Hover("**`scratch`**: no files, no layers. The stage starts from nothing.", span)
    reference = images.parse(value)
    if reference is None:
        return None
    facts = [_where(reference)]
    if reference.tag is None and reference.digest is None:
        facts.append("No tag: each build takes what `latest` is by then.")
    facts += _size_of(reference)
    today = date.today()
    for end in lifecycle(reference):
        name = f"{end.title} {end.release}".strip()
        ended = end.day < today
        facts.append(
            f"{name} {'got its last security fixes on' if ended else 'gets security fixes until'} {end.day}."
        )
    user = images.default_user(reference)
    if user:
        facts.append("Runs as root." if images.runs_as_root(user) else f"Runs as {_code(user)}.")
    title = f"**{_code(value)}**" + (f", from {_code(written)}" if written != value else "")
    return Hover("\n".join((title, "", *(f"- {fact}" for fact in facts))), span)


def _where(reference: images.ImageReference) -> str:
    address = registries.page(reference)
    if address and images.official(reference) and reference.registry == images.DOCKER_HUB:
        return f"[Docker official image]({address})"
    registry = "Docker Hub" if reference.registry == images.DOCKER_HUB else reference.registry
    return f"[On {registry}]({address})" if address else f"In the registry {_code(registry)}"


def _size_of(reference: images.ImageReference) -> Iterator[str]:
    known = images.SLIM.get(images.official(reference) or "")
    slim = images.slim_tag(reference)
    if known and known.full and known.slim and slim:
        yield (
            f"About {sizes.human(known.full)}; {_code(f'{reference.name}:{slim}')} is about {sizes.human(known.slim)}."
        )
    elif known and known.slim and "slim" in (reference.tag or "").split("-"):
        yield f"About {sizes.human(known.slim)}: the slim variant."
    elif slim:
        yield f"The slim variant is {_code(f'{reference.name}:{slim}')}."


def _stage(stage: Stage) -> str:
    build = stage.build
    source = build.source
    opening = stage.opening
    title = f"**Stage {_code(stage.name or str(stage.index))}**"
    if opening:
        title += f", line {source.line_of(opening.span.start) + 1}"
        if opening.image:
            title += f", from {_code(opening.image.text)}"
    counts = (("RUN", len(stage.runs)), ("COPY", sum(isinstance(each, Copy) for each in stage.steps)))
    held = ", ".join(f"{count} {keyword}" for keyword, count in counts if count)
    copied = [
        each
        for each in build.steps
        if isinstance(each, Copy) and each.origin and build.stage(each.origin, each.stage.index) is stage
    ]
    if stage.shipped:
        use = "It ships."
    elif copied:
        lines = [str(source.line_of(each.span.start) + 1) for each in copied]
        use = f"Only what is copied from it can ship ({'line' if len(lines) == 1 else 'lines'} {', '.join(lines)})."
    else:
        use = "It does not ship."
    return f"{title}\n\n{held + '. ' if held else ''}{use}"


# Flags and mounts


def _flag(step: Step, offset: int) -> Hover | None:
    flag = next((each for each in step.instruction.flags if each.span.covers(offset)), None)
    if flag is None:
        return None
    name = flag.name.text
    doc = (
        INSTRUCTIONS[step.instruction.keyword].flags.get(name)
        if step.instruction.keyword in INSTRUCTIONS
        else None
    )
    if doc is None:
        return None
    if flag.value and flag.value.span.covers(offset):
        if name == "from":
            return _origin_of_files(step, flag.value.text, step.expand(flag.value), flag.value.span)
        if name == "mount":
            return _mount(step, flag, offset)
    title = f"--{name}" + (f"={doc.value}" if doc.value else "")
    return Hover(_document(doc, title), flag.span)


_SYNONYMS = {"src": "source", "dst": "target", "destination": "target", "readonly": "ro", "readwrite": "rw"}


def _mount(step: Step, flag: Flag, offset: int) -> Hover | None:
    """The type or option of a mount at the offset."""
    if flag.value is None:
        return None
    text = step.instruction.place(flag.value)
    fields = list(re.finditer(r"[^,]+", text.text))
    kind = next((f[0][5:].lower() for f in fields if f[0].lower().startswith("type=")), "bind")
    doc = MOUNTS.get(kind)
    for field in fields:
        span = text.span(*field.span())
        if not span.covers(offset):
            continue
        key, equals, value = field[0].partition("=")
        key = key.lower()
        if key == "from" and equals and offset > text.offset(field.start() + len(key)):
            return _origin_of_files(step, value, value, span)
        option = doc.options.get(_SYNONYMS.get(key, key)) if doc else None
        if doc and key == "type":
            return Hover(_document(doc, f"type={kind}"), span)
        if doc and option:
            article = "an" if kind == "ssh" else "a"
            return Hover(f"**`{key}`** of {article} {kind} mount: {option}\n\n[Reference]({doc.url})", span)
    return None


# What stands in an instruction


def _heredoc(step: Step, offset: int) -> Hover | None:
    for doc in step.instruction.heredocs:
        for span in (doc.opener, doc.closer):
            if span and span.covers(offset):
                return Hover(_about_heredoc(step, doc), span)
    return None


def _about_heredoc(step: Step, doc: Heredoc) -> str:
    count = doc.text.count("\n")
    script = isinstance(step, Run) and len(step.instruction.words) == 1
    first = doc.text.lstrip().partition("\n")[0]
    if script and first.startswith("#!"):
        use = f"A script for {_code(first[2:].strip())}."
    elif script:
        use = f"A script for {_code(' '.join(step.state.shell))}."
    elif not doc.expand:
        use = "Its quotes say that nothing in it is expanded."
    else:
        use = f"{'The shell' if isinstance(step, Run) else 'BuildKit'} expands variables in it."
    tabs = " Tabs in front of its lines are taken off." if doc.chomp else ""
    return f"**Heredoc {_code(doc.name)}**, {count} {'line' if count == 1 else 'lines'}\n\n{use}{tabs}"


_PYTHON_MANAGERS = frozenset(
    (Manager.PIP, Manager.PIPX, Manager.UV, Manager.POETRY, Manager.PIPENV, Manager.PDM)
)
_NODE_MANAGERS = frozenset((Manager.NPM, Manager.YARN, Manager.PNPM, Manager.BUN))
_INDEXES: tuple[tuple[frozenset[Manager], str], ...] = (
    (_PYTHON_MANAGERS, "https://pypi.org/project/{}/"),
    (_NODE_MANAGERS, "https://www.npmjs.com/package/{}"),
    (APT_FAMILY, "https://packages.debian.org/{}"),
    (CONDA_FAMILY, "https://anaconda.org/search?q={}"),
    (frozenset((Manager.APK,)), "https://pkgs.alpinelinux.org/packages?name={}"),
    (frozenset((Manager.GEM, Manager.BUNDLE)), "https://rubygems.org/gems/{}"),
    (frozenset((Manager.CARGO,)), "https://crates.io/crates/{}"),
    (frozenset((Manager.GO,)), "https://pkg.go.dev/{}"),
    (frozenset((Manager.COMPOSER,)), "https://packagist.org/packages/{}"),
)


def _package(step: Step, offset: int) -> Hover | None:
    if not isinstance(step, Run):
        return None
    for call in step.calls:
        for package in call.meaning.packages:
            word = call.word(package.index)
            if word.span.covers(offset) and package.name and package.kind is Kind.PACKAGE:
                return Hover(_about_package(call, package.name, package.version), word.span)
    return None


def _about_package(call: PackageCall, name: str, version: str | None) -> str:
    meaning = call.meaning
    url = next((index for managers, index in _INDEXES if meaning.manager in managers), "")
    title = f"**{_code(name)}**, a package of {meaning.manager}"
    facts = [f"Version {_code(version)}."] if version else []
    light = sizes.installed_size(name, False) if meaning.manager in APT_FAMILY else None
    full = sizes.installed_size(name, True) if meaning.manager in APT_FAMILY else None
    if meaning.action is Action.INSTALL and light is not None and full is not None:
        facts.append(_weight(light, full, skips=meaning.skips_recommended))
    if url:
        facts.append(f"[{url.partition('//')[2].partition('/')[0].removeprefix('www.')}]({url.format(name)})")
    return "\n\n".join((title, *facts))


def _weight(light: int, full: int, *, skips: bool) -> str:
    """What a Debian package weighs: `light` bytes alone, `full` with what is recommended beside it."""
    size = light if skips else full
    if not size:
        return "It is part of the base image already."
    extra = (
        f", of which {sizes.human(full - light)} are for recommended packages"
        if not skips and full > light
        else ""
    )
    return f"Adds about {sizes.human(size)} with all that it needs{extra} (on Debian 12)."


def _place(step: Step, offset: int) -> Hover | None:
    """The user or working directory from here on."""
    word = step.instruction.words[0] if isinstance(step, (User, Workdir)) and step.instruction.words else None
    if word is None or not word.span.covers(offset):
        return None
    steps = step.stage.steps
    at = next((place for place, each in enumerate(steps) if each is step), None)
    if at is None:
        return None
    state = steps[at + 1].state if at + 1 < len(steps) else step.stage.end
    value = state.user if isinstance(step, User) else state.workdir
    if value is None:
        return Hover("It depends on the base image or on a variable that is not known here.", word.span)
    if isinstance(step, Workdir):
        return Hover(
            f"From here on, and in the container, the working directory is {_code(value)}.", word.span
        )
    root = " That is root." if images.runs_as_root(value) else ""
    return Hover(f"From here on, and in the container, commands run as {_code(value)}.{root}", word.span)


def _code(text: str) -> str:
    """A value as Markdown shows it verbatim, on one line."""
    text = " ".join(text.split("\n")).strip()
    if len(text) > _LONGEST:
        text = text[:_LONGEST] + "…"
    if not text:
        return "` `"
    if "`" not in text:
        return f"`{text}`"
    fence = "`" * (max(map(len, re.findall("`+", text))) + 1)
    return f"{fence} {text} {fence}"
