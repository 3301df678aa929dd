"""How a command that installs Python packages is worded in the build stage."""

from __future__ import annotations

from ...knowledge.managers import Action, Manager
from ...model.build import PackageCall
from ..layout import TOOLS, Kind, Layout
from ..parts import Member
from ..roles import Role
from ..texts import reworded, text_of
from ..tools import apart, beside_tools


def built(layout: Layout, member: Member) -> tuple[str, ...]:
    """The commands that a member is in the build stage."""
    call = member.call
    if call is None or layout.kind is Kind.OWN:
        return (text_of(member),)
    if member.role is Role.TOOL and (names := apart(call)):
        return _in_environment(layout, member, call, names)
    if member.role is not Role.PACKAGES:
        return (text_of(member),)
    if call.meaning.manager is Manager.PIP and call.meaning.action is Action.INSTALL:
        tools, others = beside_tools(call)
        if tools and not (call.meaning.unknown or call.meaning.requirements):
            first = reworded(member, dict.fromkeys([*others, *_places(call)]))
            return (first, *_installed(layout, member, call, tools))
    return _installed(layout, member, call, [])


def _places(call: PackageCall) -> list[int]:
    """The words that choose a place, and `sudo`, which takes the variables away that do."""
    flags = [
        flag.index
        for flag in call.meaning.flags
        if flag.name in ("--user", "--system") and flag.value is None
    ]
    return [*range(call.meaning.start), *flags]


def _in_environment(
    layout: Layout, member: Member, call: PackageCall, names: tuple[str, ...]
) -> tuple[str, ...]:
    """An installer with an environment of its own, so that no package of it passes for one of the app's."""
    words, it = call.command.words, call.meaning
    replacing: dict[int, str | None] = dict.fromkeys(_places(call))
    program = words[it.start].text
    replacing[it.start] = f"{TOOLS}/bin/python" + (" -m pip" if program.startswith("pip") else "")
    links = " ".join(f"{TOOLS}/bin/{name}" for name in names)
    return (
        f"{layout.python} -m venv --system-site-packages --without-pip {TOOLS}",
        reworded(member, replacing),
        f"ln -sf {links} /usr/local/bin/",
    )


def _installed(layout: Layout, member: Member, call: PackageCall, without: list[int]) -> tuple[str, ...]:
    it = call.meaning
    program = call.command.words[it.start].text.rpartition("/")[2]
    home = layout.kind is Kind.HOME
    replacing: dict[int, str | None] = dict.fromkeys([*([] if home else _places(call)), *without])
    after: dict[int, str] = {}
    user = layout.kind is Kind.USER
    match it.manager:
        case Manager.PIP:
            if user or home:
                replacing[it.start] = call.command.words[it.start].text
            # The base's pip, run by the environment's Python, installs into the environment.
            elif program.startswith("pip"):
                version = program.removeprefix("pip").removeprefix("-")
                replacing[it.start] = f"{layout.python if not version else f'python{version}'} -m pip"
            else:
                replacing[it.start] = program
            if it.action is Action.INSTALL:
                flags = ["--user"] if user else []
                if not it.has("--compile", "--no-compile"):
                    flags.append("--no-compile")
                after[it.verb] = " ".join(flags)
        case Manager.SETUP_PY if user:
            command = reworded(member, replacing, {it.verb: "--user"})
            return (f'mkdir -p "$({call.command.words[it.start].text} -m site --user-site)"', command)
        case Manager.SETUP_PY:
            replacing |= dict.fromkeys(range(it.start, len(call.command.words)))
            editable = "-e " if it.name == "develop" else ""
            replacing[it.start] = f"{program} -m pip install --no-compile {editable}."
        case Manager.UV if it.name != "sync":
            after[it.verb] = f"--python {layout.folder}/bin/python"
        case Manager.POETRY | Manager.PIPENV | Manager.PDM:
            return (text_of(member), f"find {layout.folder} -name __pycache__ -prune -exec rm -rf {{}} +")
    return (reworded(member, replacing, {place: text for place, text in after.items() if text}),)
