r"""Compile in one stage, ship another that has only the virtual environment, the app and what they need to run.

A compiler that a later `RUN` removes stays in the layer that brought it. In two stages it never comes along: the
first is the file as it was up to its last install, but installs into a virtual environment; the second takes the
environment from it, and leaves out what only building needs.

```dockerfile
FROM python:3.12-slim
RUN apt-get update && \
    apt-get install -y --no-install-recommends gcc libc6-dev libpq-dev
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY . .
CMD ["python", "app.py"]
```

becomes

```dockerfile
FROM python:3.12-slim AS build
RUN apt-get update && \
    apt-get install -y --no-install-recommends gcc libc6-dev libpq-dev
RUN python -m venv --system-site-packages --without-pip /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
COPY requirements.txt .
RUN python -m pip install --no-compile -r requirements.txt

FROM python:3.12-slim
RUN apt-get update && \
    apt-get install -y --no-install-recommends libpq5 && \
    rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
COPY . .
CMD ["python", "app.py"]
```

The environment sees the packages of the base image, which both stages have, and holds neither pip nor bytecode. Of
the system packages, compilers, headers and version control stay behind; `libpq-dev` becomes `libpq5`, as far as
`knowledge/runtime_packages.py` knows; the rest is kept. Commands before the last install that need no compiler run in
both stages, for nothing tells whom they are for. Every other instruction of the final stage stays, in order.

Understood: pip, `setup.py install`, uv, poetry, pipenv and pdm, on Python's own image and on Debian, Ubuntu and Alpine
with their Python. It declines, and says why, where a command that it does not know may need what would stay
behind; on editable installs, environments of one's own, conda, ONBUILD, Python 2 and paths into the base's Python.
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..knowledge import sizes
from ..knowledge.managers import APT_FAMILY, SYSTEM, Action, Manager
from ..knowledge.runtime_packages import runtime_of
from ..model import analyze
from ..model.build import Add, Build, Copy, Onbuild, PackageCall, Run, Stage, Step
from ..rewrite import Refusal, indent_of, line_end
from ..syntax.dockerfile import Instruction
from ..text import Edit, Source, Span, apply
from . import Offer, refactoring, rewritten
from ._parts import Member, Role, is_apt, members

VENV = "/opt/venv"
TITLE = "Convert to a multi-stage build"

_CARRIED = frozenset(("ARG", "ENV", "WORKDIR", "SHELL", "COPY", "ADD"))
"""Instructions that an install may depend on."""
_MANIFEST = re.compile(
    r"(.*/)?([\w.-]*requirements[\w.-]*(\.txt|\.in)|requirements/?|constraints[\w.-]*\.txt|pyproject\.toml|poetry\.lock|uv\.lock|pdm\.lock|Pipfile(\.lock)?|Pipfile\*"
    r"|poetry\.lock\*|setup\.(py|cfg))"
)
_REDIRECTING = frozenset(
    ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PYTHONHOME", "PYTHONUSERBASE", "VIRTUAL_ENV")
)
"""Variables by which installs go elsewhere."""
_ELSEWHERE = ("--target", "--prefix", "--root", "--home", "--editable", "--src", "--python")
_OWN_ENVIRONMENT = re.compile(
    r"\bvirtualenv\b(?!s)|-m venv\b|bin/activate\b|\bpyenv\b|\bconda\b|\bmamba\b|\buv venv\b"
)
_BASE_PYTHON = re.compile(
    r"/usr/(local/)?bin/(python|pip|gunicorn|uwsgi|uvicorn|celery|flask|supervisord|django|ansible|jupyter|aws)"
    r"|(site|dist)-packages"
)
_OWN_PYTHON = re.compile(r"jupyter|tensorflow|torch|conda|centos|fedora|ubi|amazonlinux|rocky|alma|suse")
"""Bases that bring a Python of their own, or have another manager of packages."""
_NEEDS_LOGIN = re.compile(
    r"(cron|cronie|dcron|openssh-server|libapache2-mod-wsgi.*|uwsgi-plugin-python.*|apache2-dev)\Z"
)
_RUNNERS = ("uv", "poetry", "pipenv", "pdm")
_PROVIDES = {"git": "git"}
"""Programs that may be called in the end, with the build package that has them."""


class _Declined(Exception):
    """Carries the reason."""


@refactoring
def offer(build: Build, span: Span) -> Iterator[Offer]:
    stage = build.final
    if stage is None or stage.opening is None:
        return
    try:
        places = _installs(stage)
        if not places:
            return
        touched = (stage.opening.span, *places)
        if not any(place.start <= span.end and span.start <= place.end for place in touched):
            return
        plan = _plan(stage)
        text = _converted(build, stage, plan)
        _check(build, text, plan)
    except _Declined as declined:
        yield Offer(places[0], TITLE, Refusal(str(declined)))
        return
    saves = _saved(plan)
    title = f"{TITLE} (saves at least {sizes.human(saves)})" if saves > 1_000_000 else TITLE
    yield Offer(places[0], title, rewritten(build, title, text), saves)


def _installs(stage: Stage) -> list[Span]:
    """The RUNs that install Python packages."""
    from ._parts import PYTHON, installs_tools

    return [
        run.span
        for run in stage.runs
        if not run.triggered
        and any(
            call.meaning.manager in PYTHON
            and call.meaning.action is Action.INSTALL
            and not installs_tools(call)
            for call in run.calls
        )
    ]


def _saved(plan: _Plan) -> int:
    """Bytes of build packages that are in a layer now. What its own RUN removes again is in none."""
    shipped: set[str] = set()
    for member in plan.system:
        if is_apt(member.call) and member.call:
            gone = {
                name for call in member.run.calls_to(APT_FAMILY, Action.REMOVE) for name in call.meaning.names
            }
            shipped |= {*member.call.meaning.names} & plan.dropped - gone
    return sizes.closure_size(shipped, recommends=False) or 0


@dataclass
class _Plan:
    """What is where. Members are keys by identity."""

    chains: Mapping[Run, tuple[Member, ...] | None]
    first: int = 0
    last: int = 0
    """Indices of the first and the last step that install Python packages."""
    python: str = "python"
    venv: str = VENV
    creates: bool = True
    """Whether the environment is made by us, not by uv."""
    active: bool = False
    """Whether installers look for the environment in VIRTUAL_ENV."""
    system: dict[Member, str] = field(default_factory=dict)
    """What each install of system packages is in the final stage; '' where nothing is left of it."""
    dropped: set[str] = field(default_factory=set)
    removed: set[Member] = field(default_factory=set)
    """Removals of what is not installed any more."""
    covered: set[Step] = field(default_factory=set)
    """COPYs that a later one makes again."""


def _plan(stage: Stage) -> _Plan:
    build = stage.build
    _refuse(stage)
    chains = {run: members(run) for run in stage.runs}
    plan = _Plan(chains)
    places = [
        index
        for index, step in enumerate(stage.steps)
        if isinstance(step, Run) and any(member.role is Role.PYTHON for member in chains[step] or ())
    ]
    for run, chain in chains.items():
        if chain is None and any(
            call.meaning.manager in _python() and call.meaning.action is Action.INSTALL for call in run.calls
        ):
            raise _Declined(f"the commands in line {_line(build, run)} are not joined by && alone")
        for member in chain or ():
            if member.role is Role.UNKNOWN and any(
                call.meaning.manager in _python() for call in run.calls if call.command in member.commands
            ):
                raise _Declined(f"line {_line(build, run)} installs in a way that is not understood")
    if not places:
        raise _Declined("the install is not understood")
    plan.first, plan.last = places[0], places[-1]
    calls = [
        (step, member.call)
        for step, chain in chains.items()
        for member in chain or ()
        if member.role is Role.PYTHON and member.call
    ]
    for run, call in calls:
        _accept(build, run, call)
    _environment(stage, plan, calls)
    _packages(stage, plan)
    _unknown(stage, plan)
    _covered(stage, plan)
    return plan


def _python() -> frozenset[Manager]:
    from ._parts import PYTHON

    return PYTHON


def _line(build: Build, step: Step) -> int:
    return build.source.line_of(step.span.start) + 1


def _refuse(stage: Stage) -> None:
    """Decline for what is true of the file as a whole."""
    build = stage.build
    image = stage.base or ""
    if build.file.problems:
        raise _Declined("the file has a syntax error")
    if not image:
        raise _Declined("the base image is not known")
    if "devcontainer" in image or "vscode" in image or ".devcontainer" in build.source.name:
        raise _Declined("a development container needs its tools")
    if re.search(r"conda|mamba", image):
        raise _Declined("conda makes its own environments")
    if any(isinstance(step, Onbuild) for step in stage.steps):
        raise _Declined("ONBUILD installs in a later build")
    texts = [_shown(step) for step in stage.steps]
    if any(
        "sudo" in (word.value or "")
        for run in stage.runs
        for command in run.commands
        for word in command.words[:1]
    ):
        raise _Declined("sudo decides who installs")
    for step, text in zip(stage.steps, texts, strict=True):
        if isinstance(step, Run) and _OWN_ENVIRONMENT.search(text):
            raise _Declined("it has an environment of its own")
        if step.instruction.keyword in ("ENV", "ARG"):
            for pair in step.instruction.pairs:
                if pair.key.text in _REDIRECTING:
                    raise _Declined(f"{pair.key.text} sends installs elsewhere")
    if not all(run.state.posix for run in stage.runs):
        raise _Declined("the shell is not one that Lightship reads")


def _shown(step: Step) -> str:
    return step.instruction.joined.text + "".join(doc.text for doc in step.instruction.heredocs)


def _accept(build: Build, run: Run, call: PackageCall) -> None:
    """Decline for what is true of one install."""
    it = call.meaning
    line = _line(build, run)
    elsewhere = next((flag.name for flag in it.flags if flag.name in _ELSEWHERE), None)
    if it.name == "develop" or elsewhere == "--editable":
        raise _Declined(f"the editable install in line {line} points back to its source")
    if elsewhere:
        raise _Declined(f"{elsewhere} in line {line} installs elsewhere")
    if it.manager is Manager.SETUP_PY:
        words = call.command.words[it.start : it.verb]
        if not any(word.value == "setup.py" for word in words) or len(it.flags) > 0:
            raise _Declined(f"setup.py in line {line} is called in a way that is not understood")
    if it.name in ("add", "lock"):
        raise _Declined(f"line {line} writes the manifest")
    if re.match(r"python2|pip2|pip-2", call.command.words[it.start].text.rpartition("/")[2]):
        raise _Declined("Python 2 has no venv")


def _environment(stage: Stage, plan: _Plan, calls: Sequence[tuple[Run, PackageCall]]) -> None:
    """Where the environment is, and which Python makes it."""
    image = (stage.base or "").rpartition("/")[2]
    name, _, tag = image.partition(":")
    managers = {call.meaning.manager for _, call in calls}
    syncs = [
        (run, call)
        for run, call in calls
        if call.meaning.name == "sync" and call.meaning.manager is Manager.UV
    ]
    system = [
        package
        for run in stage.runs
        for call in run.calls_to(APT_FAMILY | {Manager.APK}, Action.INSTALL)
        for package in call.meaning.names
    ]
    if name.startswith("python2") or (name == "python" and tag.startswith("2")):
        raise _Declined("Python 2 has no venv")
    if re.match(r"python|uv\b", name):
        plan.python = "python"
    elif re.match(r"debian|ubuntu|alpine|buildpack-deps", name) or (
        any(package.startswith("python3") for package in system) and not re.search(_OWN_PYTHON, image)
    ):
        if any(
            re.match(r"(python|py)(2.*)?-(pip|dev|setuptools)\Z|python2?\Z|py2-pip", package)
            for package in system
        ):
            raise _Declined("Python 2 has no venv")
        if not any(re.match(r"python3", package) for package in system):
            raise _Declined("no Python is installed that is known")
        plan.python = "python3"
        special = {
            match[1]
            for _, call in calls
            if (
                match := re.match(
                    r"(?:python|pip)(3\.\d+)", call.command.words[call.meaning.start].text.rpartition("/")[2]
                )
            )
        }
        if special:
            raise _Declined(f"Python {min(special)} beside the base's own")
    else:
        raise _Declined("the base is not known to have Python")
    if syncs:
        if len(managers) > 1 or len({run.state.workdir for run, _ in syncs}) > 1:
            raise _Declined("several installers share an environment")
        run = syncs[0][0]
        set_ = run.scope.get("UV_PROJECT_ENVIRONMENT")
        where = set_.value if set_ else posixpath.join(run.state.workdir or "", ".venv")
        if not where or not where.startswith("/") or where.startswith("/usr"):
            raise _Declined("where uv puts the environment is not known")
        plan.venv, plan.creates = where, False
    plan.active = bool(managers & {Manager.POETRY, Manager.PIPENV, Manager.PDM})


def _packages(stage: Stage, plan: _Plan) -> None:
    """What each install of system packages is in the final stage."""
    image = stage.base or ""
    removed: set[str] = set()
    removals: list[Member] = []
    installs: list[Member] = []
    for chain in plan.chains.values():
        for member in chain or ():
            if member.role is Role.REMOVE and member.call:
                removals.append(member)
                removed.update(member.call.meaning.names)
            elif member.role is Role.SYSTEM and member.call:
                installs.append(member)
    used = set(_programs_at_the_end(stage, plan))
    kept = {package for program, package in _PROVIDES.items() if program in used}
    ours: set[str] = set()
    present: set[str] = set()
    for member in installs:
        assert member.call
        present.update(member.call.meaning.names)
    given: set[str] = set(present)
    for member in installs:
        assert member.call
        call = member.call
        virtual = call.meaning.values("--virtual")
        if virtual:
            ours.update(virtual)
            if set(virtual) <= removed:
                plan.system[member] = ""
                plan.dropped.update(call.meaning.names)
                continue
        replacing: dict[int, str | None] = {}
        for package in call.meaning.packages:
            if not package.name:
                continue
            runtime = runtime_of(package.name, image)
            if package.name in kept or (runtime is None and package.name not in removed):
                continue
            fresh = [name for name in runtime or () if name not in given]
            given.update(fresh)
            ours.add(package.name)
            plan.dropped.add(package.name)
            replacing[package.index] = " ".join(fresh) or None
        if _needs_python(call, replacing, present, given):
            index = next(iter(replacing))
            replacing[index] = " ".join(filter(None, ("python3", replacing[index])))
            given.add("python3")
        left = len(call.meaning.packages) - sum(value is None for value in replacing.values())
        plan.system[member] = _reworded(member, replacing) if left else ""
    for member in removals:
        assert member.call
        it = member.call.meaning
        if set(it.names) <= ours | set(removed & present) and not it.unknown:
            plan.removed.add(member)


def _needs_python(
    call: PackageCall, replacing: Mapping[int, str | None], present: set[str], given: set[str]
) -> bool:
    """Whether Python itself would go with its headers, or whatever else brought it in."""
    gone = [package.name for package in call.meaning.packages if package.index in replacing]
    return "python3" not in given and any(re.match(r"(lib)?python3", name) for name in gone)


def _programs_at_the_end(stage: Stage, plan: _Plan) -> Iterator[str]:
    """The programs that the final stage calls, as far as they can be seen."""
    for step in stage.steps:
        if isinstance(step, Run):
            for member in plan.chains[step] or ():
                if member.role in (Role.FILES, Role.UNKNOWN):
                    yield from (command.name for command in member.commands)
            if plan.chains[step] is None:
                yield from (command.name for command in step.commands)
        elif step.instruction.keyword in ("CMD", "ENTRYPOINT", "HEALTHCHECK"):
            yield from re.findall(r"[\w.-]+", _shown(step))


def _unknown(stage: Stage, plan: _Plan) -> None:
    """Decline where something in the final stage may need what is not there."""
    build = stage.build
    if plan.dropped:
        for run in stage.runs:
            for command in _unknown_commands(run, plan):
                raise _Declined(f"`{command}` in line {_line(build, run)} may need what only building needs")
    elif len(build.stages) > 1:
        raise _Declined("it has several stages, and nothing that only building needs")
    for name in plan.system.values():
        for word in name.split():
            if _NEEDS_LOGIN.match(word):
                raise _Declined(f"{word} starts programs without the image's PATH")
    sets_path = False
    for index, step in enumerate(stage.steps):
        keyword = step.instruction.keyword
        text = _shown(step)
        sets_path = (
            index > plan.first
            and keyword == "ENV"
            and any(
                pair.key.text == "PATH" and pair.value and not re.search(r"\$\{?PATH\b", pair.value.text)
                for pair in step.instruction.pairs
            )
        )
        if sets_path:
            raise _Declined("PATH is set anew behind the install")
        if keyword in ("CMD", "ENTRYPOINT", "HEALTHCHECK", "RUN", "ENV") and (
            found := _BASE_PYTHON.search(text)
        ):
            raise _Declined(f"`{found[0]}` in line {_line(build, step)} means the base's Python")
        if keyword in ("CMD", "ENTRYPOINT", "HEALTHCHECK"):
            if re.search(r"\bpip3?\b", text):
                raise _Declined(f"line {_line(build, step)} calls pip in the end")
            if _started(step) is None:
                raise _Declined(f"line {_line(build, step)} starts through an installer")
            if plan.creates and "/.venv/" in text:
                raise _Declined(f"line {_line(build, step)} looks into another environment")


def _unknown_commands(run: Run, plan: _Plan) -> Iterator[str]:
    chain = plan.chains[run]
    if chain is None:
        if run.instruction.heredocs or run.script is None or not run.script.certain:
            yield run.commands[0].name if run.commands else "RUN"
            return
        from ._parts import _role_of_command

        for command in run.commands:
            if any(call.command is command for call in run.calls) or (
                _role_of_command(command) is Role.UNKNOWN and command.name
            ):
                yield command.name
    for member in chain or ():
        if member.role is Role.UNKNOWN:
            yield next((command.name for command in member.commands if command.name), "a command")


def _covered(stage: Stage, plan: _Plan) -> None:
    """COPYs of manifests alone that a later `COPY . .` makes again, at the same place."""
    wide: set[tuple[str | None, str]] = set()
    texts: list[str] = []
    context = stage.build.context
    for index in range(len(stage.steps) - 1, 0, -1):
        step = stage.steps[index]
        if isinstance(step, Copy) and step.from_context and not step.instruction.heredocs:
            target = _folder(step)
            if step.sources in ((".",), ("./",)) and target is not None:
                wide.add(target)
                texts.clear()
                continue
            if (
                index < plan.last
                and target in wide
                and step.sources
                and all(
                    source and "/" not in source.removeprefix("./") and _MANIFEST.fullmatch(source)
                    for source in step.sources
                )
                and not any(
                    posixpath.basename(source or "") in text for source in step.sources for text in texts
                )
                and not (context and any(context.leaves_out(source or "") for source in step.sources))
            ):
                plan.covered.add(step)
        if isinstance(step, Run):
            chain = plan.chains[step]
            texts += [
                stage.build.source[member.span]
                for member in chain or ()
                if member.role not in (Role.PYTHON, Role.TOOL)
            ]
            if chain is None:
                texts.append(_shown(step))


def _folder(step: Copy) -> tuple[str | None, str] | None:
    """The working directory and, taken from there, the folder that a COPY writes to."""
    target = step.target
    if target is None:
        return None
    if not target.endswith("/") and posixpath.basename(target) not in (".", ""):
        single = step.sources[0] or "" if len(step.sources) == 1 else ""
        if posixpath.basename(target) == posixpath.basename(single):
            target = posixpath.dirname(target) or "."
    if target.startswith("/"):
        return None, posixpath.normpath(target)
    workdir = step.state.workdir
    if workdir:
        return None, posixpath.normpath(posixpath.join(workdir, target))
    return workdir, posixpath.normpath(target)


# ── Writing ──


def _converted(build: Build, stage: Stage, plan: _Plan) -> str:
    """The whole file's text."""
    opening = stage.opening
    assert opening
    assert opening.image
    source, newline = build.source, line_end(build)
    start = opening.instruction.extent.start
    keyword = "as" if source[opening.instruction.keyword_span].islower() else "AS"
    name = next(
        (name for name in ("build", "build-venv") if build.stage(name) is None and stage.name != name), None
    )
    if name is None:
        raise _Declined("there is a stage named build")
    head = source.text[start : opening.image.span.end]
    first: list[str] = [f"{head} {keyword} {name}{newline}", *_build_stage(build, stage, plan)]
    final: list[str] = [_whole(build, opening.instruction), *_final_stage(build, stage, plan, name)]
    tail = source.text[stage.steps[-1].instruction.extent.end :]
    text = source.text[:start] + "".join(first).rstrip() + newline * 2 + "".join(final)
    return text if not tail.strip() else text.rstrip() + newline + tail


def _build_stage(build: Build, stage: Stage, plan: _Plan) -> Iterator[str]:
    newline = line_end(build)
    anchor = _anchor(stage, plan)
    made = not plan.creates
    for index, step in enumerate(stage.steps):
        if index == 0 or index > plan.last:
            continue
        if index == anchor and not made:
            made = True
            yield from _creation(plan, newline)
        keyword = step.instruction.keyword
        if isinstance(step, Run):
            chain = plan.chains[step]
            if chain is None:
                yield _whole(build, step.instruction)
                continue
            picked = [member for member in chain if _builds(member)]
            if index == plan.last:
                stop = max(place for place, member in enumerate(picked) if member.role is Role.PYTHON)
                picked = picked[: stop + 1]
            if index == plan.first and not made:
                stop = next(place for place, member in enumerate(picked) if member.role is Role.PYTHON)
                ahead = [member for member in picked[:stop] if member.role is not Role.STATE]
                yield _run(
                    build, step, [(member, _built(plan, member)) for member in picked[:stop]] if ahead else []
                )
                made = True
                yield from _creation(plan, newline)
                picked = [member for member in picked if member.role is Role.STATE or member not in ahead]
            yield _run(build, step, [(member, _built(plan, member)) for member in picked])
        elif keyword in _CARRIED:
            yield _without_owner(build, step)


def _anchor(stage: Stage, plan: _Plan) -> int:
    """The step before which the environment is made: behind the last RUN that comes before the installs, so that
    no COPY makes it again. Behind everything, where the first install's own RUN has something to do before."""
    opening = stage.steps[plan.first]
    chain = (plan.chains[opening] if isinstance(opening, Run) else None) or ()
    ahead = [
        member
        for member in chain[: next(i for i, m in enumerate(chain) if m.role is Role.PYTHON)]
        if _builds(member)
    ]
    if any(member.role is not Role.STATE for member in ahead):
        return -1
    index = plan.first
    for at in range(plan.first - 1, 0, -1):
        step = stage.steps[at]
        if isinstance(step, Run):
            break
        if isinstance(step, Copy | Add):
            index = at
    return index


def _creation(plan: _Plan, newline: str) -> Iterator[str]:
    yield f"RUN {plan.python} -m venv --system-site-packages --without-pip {plan.venv}{newline}"
    active = f"VIRTUAL_ENV={plan.venv} " if plan.active else ""
    yield f'ENV {active}PATH="{plan.venv}/bin:$PATH"{newline}'


def _builds(member: Member) -> bool:
    return member.role not in (Role.REMOVE, Role.CLEAN, Role.ACCOUNT)


def _built(plan: _Plan, member: Member) -> str:
    """A member's text in the build stage."""
    if member.role is not Role.PYTHON or member.call is None:
        return _text(member)
    call, it = member.call, member.call.meaning
    program = call.command.words[it.start].text.rpartition("/")[2]
    replacing: dict[int, str | None] = {
        flag.index: None for flag in it.flags if flag.name in ("--user", "--system") and flag.value is None
    }
    after: dict[int, str] = {}
    match it.manager:
        case Manager.PIP:
            # The base's pip, run by the environment's Python, installs into the environment.
            if program.startswith("pip"):
                version = program.removeprefix("pip").removeprefix("-")
                replacing[it.start] = f"{plan.python if not version else f'python{version}'} -m pip"
            else:
                replacing[it.start] = program
            if it.action is Action.INSTALL and not it.has("--compile", "--no-compile"):
                after[it.verb] = "--no-compile"
        case Manager.SETUP_PY:
            replacing = dict.fromkeys(range(it.start, len(call.command.words)))
            replacing[it.start] = f"{program} -m pip install --no-compile ."
        case Manager.UV if it.name != "sync":
            after[it.verb] = f"--python {plan.venv}/bin/python"
        case Manager.POETRY | Manager.PIPENV | Manager.PDM:
            return f"{_text(member)} && find {plan.venv} -name __pycache__ -prune -exec rm -rf {{}} +"
    return _reworded(member, replacing, after)


def _final_stage(build: Build, stage: Stage, plan: _Plan, name: str) -> Iterator[str]:
    newline = line_end(build)
    venv = f"COPY --from={name} {plan.venv} {plan.venv}{newline}"
    path = f"{plan.venv}/bin"
    if not (
        not plan.creates
        and any(path in _shown(step) for step in stage.steps if step.instruction.keyword == "ENV")
    ):
        venv += f'ENV PATH="{path}:$PATH"{newline}'
    update: str | None = None
    previous = stage.steps[0]
    for index, step in enumerate(stage.steps):
        if index == 0:
            continue
        above = build.source.text[previous.instruction.extent.end : step.instruction.extent.start]
        previous = step
        if not isinstance(step, Run):
            if step in plan.covered or _brings_installer(step):
                continue
            yield above + _finished(build, step)
            continue
        chain = plan.chains[step]
        if chain is None:
            yield above + _whole(build, step.instruction)
            continue
        updates = [_text(member) for member in chain if member.role is Role.UPDATE]
        picked = _final_members(plan, chain, update)
        update = updates[-1] if updates else update
        text = _run(build, step, picked)
        places = [place for place, member in enumerate(chain) if member.role is Role.PYTHON]
        if index == plan.first:
            above_venv = above if not text else ""
            later = any(member.role in (Role.FILES, Role.UNKNOWN) for member in chain[places[0] :])
            both = (above_venv + venv, above * bool(text) + text)
            yield from both if later else reversed(both)
        elif text:
            yield above + text


def _final_members(
    plan: _Plan, chain: tuple[Member, ...], update: str | None
) -> list[tuple[Member | None, str]]:
    """What the final stage does of a chain. `update` is the last refresh of the index in an earlier RUN."""
    installs = any(
        (member.role is Role.SYSTEM and plan.system.get(member))
        or (
            member.role is Role.FILES
            and any(member.call is call and call.meaning.manager in SYSTEM for call in member.run.calls)
        )
        for member in chain
    )
    refreshed = any(member.role is Role.UPDATE for member in chain)
    picked: list[tuple[Member | None, str]] = []
    cleans = False
    for member in chain:
        match member.role:
            case Role.UPDATE:
                text = _text(member) if installs else ""
            case Role.SYSTEM:
                text = plan.system.get(member, "")
                if text and not refreshed and update:
                    picked.append((None, update))
                    refreshed = True
            case Role.REMOVE:
                text = "" if member in plan.removed else _text(member)
            case Role.CLEAN:
                text = _text(member) if installs else ""
                cleans = cleans or "/var/lib/apt/lists" in text
            case Role.TOOL | Role.PYTHON:
                text = ""
            case _:
                text = _text(member)
        if text:
            picked.append((member, text))
    apt = any(is_apt(member.call) for member in chain)
    if installs and refreshed and apt and not cleans and not chain[0].run.mounted("/var/lib/apt/lists"):
        picked.append((None, "rm -rf /var/lib/apt/lists/*"))
    return picked


def _brings_installer(step: Step) -> bool:
    """Whether it copies uv out of its own image."""
    return (
        isinstance(step, Copy)
        and bool(re.search(r"\buv\b", step.origin or ""))
        and all(source and re.fullmatch(r"(/usr/local/bin)?/uvx?", source) for source in step.sources)
    )


def _started(step: Step) -> list[Edit] | None:
    """Edits that start a program without `poetry run` and its like; None where that is not possible."""
    instruction = step.instruction.inner or step.instruction
    if instruction.json:
        values = [element.value for element in instruction.json]
        if values[0] not in _RUNNERS:
            return []
        if len(values) < 3 or values[1] != "run" or values[2].startswith("-"):
            return None
        return [Edit(Span(instruction.json[0].span.start, instruction.json[2].span.start), "")]
    match = re.match(r"(?:exec\s+)?((?:uv|poetry|pipenv|pdm)\s+)(run\s+(?!-))?", instruction.arguments.text)
    if not match:
        return []
    if not match[2]:
        return None
    return [Edit(instruction.arguments.span(match.start(1), match.end(2)), "")]


def _finished(build: Build, step: Step) -> str:
    """An instruction as it is in the final stage."""
    if step.instruction.keyword in ("CMD", "ENTRYPOINT", "HEALTHCHECK"):
        return _whole(build, step.instruction, _started(step) or ())
    return _whole(build, step.instruction)


def _whole(build: Build, instruction: Instruction, edits: Sequence[Edit] = ()) -> str:
    """Its lines, with an end of line."""
    start, end = instruction.extent
    moved = [Edit(edit.span.moved(-start), edit.text) for edit in edits]
    text = apply(build.source.text[start:end], moved)
    return text if text.endswith("\n") else text + line_end(build)


def _without_owner(build: Build, step: Step) -> str:
    """Without `--chown`: the build stage has no users but root."""
    flag = step.instruction.flag("chown")
    if not flag:
        return _whole(build, step.instruction)
    text = build.source.text
    end = flag.span.end
    while text[end] in " \t":
        end += 1
    return _whole(build, step.instruction, [Edit(Span(flag.span.start, end), "")])


def _run(build: Build, run: Run, picked: Sequence[tuple[Member | None, str]]) -> str:
    """A RUN of these commands; '' where none of them does anything but set the shell up."""
    while picked and picked[-1][0] and picked[-1][0].role is Role.STATE:
        picked = picked[:-1]
    if all(member and member.role is Role.STATE for member, _ in picked):
        return ""
    newline, escape, indent = line_end(build), build.file.escape, indent_of(run, build)
    flags = "".join(f"{build.source[flag.span]} " for flag in run.instruction.flags)
    text, comments = "", ""
    for member, command in picked:
        own = member.comments if member else ()
        if not text:
            comments = "".join(f"{comment}{newline}" for comment in own)
            text = f"{build.source[run.instruction.keyword_span]} {flags}{command}"
        else:
            lines = "".join(f"{indent}{comment}{newline}" for comment in own)
            text += f" && {escape}{newline}{lines}{indent}{command}"
    return f"{comments}{text}{newline}"


def _text(member: Member) -> str:
    if member.run.exec_form:
        return shlex.join(member.commands[0].values)
    return member.run.stage.build.source[member.span]


def _reworded(
    member: Member, replacing: Mapping[int, str | None], after: Mapping[int, str] | None = None
) -> str:
    """A command with words replaced (None: taken out), and words put behind others."""
    after = after or {}
    words = member.commands[0].words
    if member.run.exec_form:
        pieces: list[str] = []
        for index, value in enumerate(member.commands[0].values):
            piece = replacing[index] if index in replacing else shlex.quote(value)
            pieces += [part for part in (piece, after.get(index)) if part]
        return " ".join(pieces)
    edits = []
    for index, word in enumerate(words):
        new = replacing.get(index, word.text) if index in replacing else word.text
        extra = f" {after[index]}" if index in after else ""
        if new is None:
            edits.append(Edit(Span(words[index - 1].span.end, word.span.end), extra))
        elif index in replacing or extra:
            edits.append(Edit(word.span, new + extra))
    start, end = member.span
    moved = [Edit(edit.span.moved(-start), edit.text) for edit in edits]
    return apply(member.run.stage.build.source.text[start:end], moved)


# ── Making sure ──

_KEPT = frozenset(
    (
        "ENV",
        "EXPOSE",
        "VOLUME",
        "LABEL",
        "HEALTHCHECK",
        "STOPSIGNAL",
        "ENTRYPOINT",
        "CMD",
        "USER",
        "WORKDIR",
        "COPY",
        "ADD",
        "ARG",
        "SHELL",
        "MAINTAINER",
    )
)


def _check(build: Build, text: str, plan: _Plan) -> None:
    """Every instruction that makes the shipped image what it is has to come through, in order."""
    after = analyze(Source(text, build.source.name))
    if after.file.problems or len(after.stages) != len(build.stages) + 1:
        raise _Declined("the result would not be a Dockerfile")
    assert build.final
    assert after.final
    wanted = [
        _finished(build, step).strip()
        for step in build.final.steps
        if step.instruction.keyword in _KEPT and step not in plan.covered and not _brings_installer(step)
    ]
    found = [
        _whole(after, step.instruction).strip()
        for step in after.final.steps
        if step.instruction.keyword in _KEPT
    ]
    rest = iter(found)
    if not all(any(text == other for other in rest) for text in wanted):
        raise _Declined("an instruction would be lost")
