r"""The shipped image stands on a full base, compilers and all, where the slim variant would do.

`python:3.12` is about 1 GB: it brings compilers, headers of libraries, git and ImageMagick, for building what
has no wheel. `python:3.12-slim` is about 124 MB and runs the same Python. Where something has to be compiled,
do that in a build stage and copy the result.

Of `debian`, whose slim variant merely leaves out documentation and translations, it speaks only where the rule is
selected. Only the base of the last stage counts, for that is what is shipped. It is left alone where the file itself
runs something that the slim variant lacks and does not install it (git, curl, make, a compiler for a gem or
for a Python package known to have no wheel), and in development containers. What the scripts and requirements
of the app need is not known without them: so the fix is unsafe.

## Example

```dockerfile
FROM python:3.12
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
```

Use instead:

```dockerfile
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
```
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .. import regex
from ..knowledge import images
from ..knowledge.images import ImageReference
from ..knowledge.lifecycle import AS_OF, lifecycle
from ..knowledge.packages import APT_FAMILY, Action, Kind, Manager
from ..knowledge.sizes import human
from ..model.build import Build, Cmd, Entrypoint, From, Healthcheck, PackageCall, Run, Stage, Step, step
from ..syntax.shell import Command
from ..text import Edit, Fix, Safety, Span
from . import Finding, Severity, Topic, rule

_COMPILER = frozenset(("gcc", "g++", "cc", "c++", "cpp", "ld", "as", "ar", "make", "strip", "nm", "ranlib"))
_PROVIDES = {
    "build-essential": _COMPILER,
    "gcc": _COMPILER - {"make"},
    "g++": _COMPILER - {"make"},
    "gnupg": {"gpg"},
    "gnupg2": {"gpg"},
    "imagemagick": {"convert", "identify", "mogrify", "magick"},
    "libpq-dev": {"pg_config"},
    "mercurial": {"hg"},
    "openssh-client": {"ssh", "scp", "sftp", "ssh-keygen", "ssh-keyscan", "ssh-add", "ssh-agent"},
    "procps": {"ps", "top", "free", "pgrep", "pkill"},
    "subversion": {"svn"},
    "xz-utils": {"xz"},
}
"""The commands that come with a Debian package, beside one of its own name."""
_RUNS = {
    Manager.BUNDLE: "gcc",
    Manager.CARGO: "pkg-config",
    Manager.GEM: "gcc",
}
"""What a manager's installs usually run: most gems and crates of weight have something to compile."""
_PYTHON = frozenset((Manager.PIP, Manager.PIPX, Manager.UV))
_COMPILED = regex.compile(
    r"(dlib|gdal|mod[-_]wsgi|mysqlclient|netifaces|psycopg2?|psycopg\[c\]|pyaudio|pycairo|pycurl|pygobject|pygraphviz"
    r"|pylibmc|python[-_]ldap|uwsgi|xmlsec)\Z",
    re.IGNORECASE,
)
"""Python packages without wheels for Linux."""
_WRAPPERS = frozenset(("sudo", "xargs", "exec", "env", "time", "nohup", "command"))


@rule(Severity.WARNING, topic=Topic.BASE_IMAGE)
def check(build: Build) -> Iterator[Finding]:
    if build.final is None or "devcontainer" in build.source.name:
        return
    bottom = [*build.final.lineage][-1]
    opening = bottom.opening
    reference = images.parse(bottom.image or "")
    slim = images.slim_tag(reference) if reference else None
    if (
        opening is None
        or opening.image is None
        or reference is None
        or slim is None
        or _needs(bottom, reference)
    ):
        return
    documents = images.official(reference) == "debian"
    yield Finding(
        opening.image.span,
        "`{image}` is {larger} than `{slim}`: {extra}.",
        _fix(opening, reference, slim),
        {
            "image": reference.text.partition("@")[0],
            "slim": f"{reference.name}:{slim}",
            "larger": f"{_larger(reference)} larger",
            "extra": "documentation and translations"
            if documents
            else "compilers, headers and git, which build an app and do not run it",
        },
        severity=Severity.HINT if documents else None,
        quiet=documents,
    )


def _larger(reference: ImageReference) -> str:
    """By how much the image is larger: what is known is true of releases that are still built."""
    saving = images.slim_saving(reference)
    if not saving:
        return "much"
    if any(each.day < AS_OF for each in lifecycle(reference)):
        return "hundreds of MB"
    return f"at least {human(saving // 10**7 * 10**7)}"


def _needs(bottom: Stage, reference: ImageReference) -> bool:
    """Whether something in the file runs what the slim variant lacks, and does not install it."""
    lacks = images.missing_in_slim(images.official(reference) or "")
    stages = [stage for stage in bottom.build.stages if bottom in stage.lineage]
    steps = [each for stage in stages for each in stage.all_steps]
    needed: set[str] = set()
    installed: set[str] = set()
    for each in steps:
        for command in _commands(each):
            needed.update(_programs(command))
        if isinstance(each, Run):
            for call in each.calls_to(APT_FAMILY, Action.INSTALL):
                installed.update(call.meaning.names)
            for call in each.calls_to(_RUNS.keys() | _PYTHON, Action.INSTALL):
                needed.update(_run_by(call, each))
    if any(name.endswith("-dev") for name in installed):
        needed.add("gcc")
    provided = installed.union(*(_PROVIDES.get(name, ()) for name in installed))
    return bool((needed & lacks) - provided)


def _commands(each: Step) -> Iterable[Command]:
    if isinstance(each, Healthcheck) and each.instruction.inner:
        each = step(each.instruction.inner, each.stage, each.state)
    return each.commands if isinstance(each, (Run, Cmd, Entrypoint)) else ()


def _programs(command: Command) -> Iterator[str]:
    """The programs that a command runs, also behind `sudo` and its like."""
    if command.name == "configure":
        yield "gcc"
    for position, value in enumerate(command.values):
        yield value.rpartition("/")[2]
        if position == 0 and command.name not in _WRAPPERS:
            return


def _run_by(call: PackageCall, run: Run) -> Iterator[str]:
    """The programs that a language's package manager runs to install."""
    meaning = call.meaning
    if meaning.manager in _RUNS:
        yield _RUNS[meaning.manager]
    for package in meaning.packages:
        if package.kind is Kind.VCS:
            yield "git"
        if _COMPILED.match(package.name):
            yield "gcc"
    context = run.stage.build.context
    for index in meaning.requirements if context else ():
        for line in (context.text(call.command.values[index]) or "").splitlines() if context else ():
            if "git+" in line:
                yield "git"
            if _COMPILED.match(re.split(r"[\s=<>!~;@]", line.strip(), maxsplit=1)[0]):
                yield "gcc"


def _fix(opening: From, reference: ImageReference, slim: str) -> Fix | None:
    """Swap the tag where it is written; None where a person has to choose a version first."""
    word = opening.image
    if word is None or reference.digest or reference.tag in (None, "latest"):
        return None
    title = f"Use {reference.name}:{slim}"
    span, new = reference.tag_edit(slim)
    start, written = word.span.start, word.text
    if written != reference.text:
        variable = opening.scope.get(written.strip("${}"))
        if slim == f"{reference.tag}-slim" and re.fullmatch(r"[^$'\"]+:[\w.${}-]+", written):
            end = Span(word.span.end, word.span.end)
            return Fix(title, (Edit(end, "-slim"),), Safety.UNSAFE, (f"{written}-slim",), (written,))
        if variable is None or variable.origin is None or _used_elsewhere(opening, written):
            return None
        start, written = (
            variable.origin.end - len(reference.text),
            opening.stage.build.source[variable.origin],
        )
        if not written.endswith(f"={reference.text}"):
            return None
    changed = written[: len(written) - len(reference.text)] + reference.text[: span.start] + new
    changed += reference.text[span.end :]
    return Fix(title, (Edit(span.moved(start), new),), Safety.UNSAFE, (changed,), (written,))


def _used_elsewhere(opening: From, written: str) -> bool:
    stages = opening.stage.build.stages
    return any(
        stage.opening
        and stage.opening is not opening
        and stage.opening.image
        and stage.opening.image.text == written
        for stage in stages
    )
