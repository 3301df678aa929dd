"""What an image is for, as far as its command and its base tell."""

from __future__ import annotations

import re

from .. import regex
from .build import Cmd, Entrypoint, Label, Stage

_INTERACTIVE = regex.compile(
    r"(ba|z|da|a|fi|k)?sh|python[\d.]*|i?python[\d.]*|irb|node|R|julia|ghci|psql|su|tmux|screen"
)
"""What is for people to work with when it is given nothing to do."""
_WORKS = regex.compile(
    r".*jupyter.*|ipython|code-server|theia|rstudio.*|start-notebook.*|sshd|sleep|tail|true|vim?|nvim|emacs"
    r"|c?make|ninja|g(cc|\+\+|fortran)|clang.*|cargo|rustc|go|git|tox|nox|pytest|py\.test|nosetests?|rspec|rake|mvn|gradle"
    r"|.*\btests?\b.*|.*\bbuild.*|.*compile.*|buildbot.*|.*-agent.*|.*runner.*|Rscript"
)
"""Programs that build, test, or are worked with: the tools may be theirs."""
_DEVELOPMENT = regex.compile(
    r"devel|sdk|build|runner|agent|jenkins|gitpod|codespace|devcontainer|cimg|circleci|jupyter|rocker|notebook|\bci\b|r-base|julia|vnc|desktop|xfce|vscode|cloud9|theia"
)
_DESCRIBED = regex.compile(
    r"(build|development) (environment|image|container|tools)|toolchain", re.IGNORECASE
)
"""What a label says of an image whose compilers are its purpose."""
_COMPILES_LATER = regex.compile(
    r"ccache|chrpath|(gcc|g\+\+)-multilib|crossbuild-essential-.*|theano|pymc\d?|vllm|deepspeed|flash-attn|cupy.*|pyopencl|pystan|cmdstanpy|torch|triton|pythran|sage.*|bpftrace|bcc|bpfcc-tools|platformio|node-gyp",
    re.IGNORECASE,
)


def runs_an_app(stage: Stage) -> bool:
    """Whether the image has a command, and one that neither builds something nor waits for a person to."""
    return has_command(stage) and not is_for_building(stage)


def has_command(stage: Stage) -> bool:
    """Whether the file says what runs in the image."""
    return any(step.commands for step in _last(stage))


def is_for_building(stage: Stage) -> bool:
    """Whether compilers may be of use in the image: by its base, its labels, its command or what compiles as it runs."""
    if _DEVELOPMENT.search(stage.base or "") or _DEVELOPMENT.search(stage.name):
        return True
    if any(
        isinstance(step, Label) and _DESCRIBED.search(step.instruction.joined.text)
        for step in stage.all_steps
    ):
        return True
    values = [
        value.rpartition("/")[2]
        for step in _last(stage)
        for command in step.commands
        for value in command.values
    ]
    idle = len(values) == 1 or all(value.startswith("-") for value in values[1:])
    if values and ((idle and _INTERACTIVE.fullmatch(values[0])) or any(map(_WORKS.fullmatch, values))):
        return True
    runs = [run for each in stage.lineage for run in each.runs]
    return any(
        _COMPILES_LATER.fullmatch(name) for run in runs for call in run.calls for name in call.meaning.names
    )


def _last(stage: Stage) -> list[Cmd | Entrypoint]:
    """The ENTRYPOINT and the CMD that count."""
    kinds: tuple[type[Cmd] | type[Entrypoint], ...] = (Entrypoint, Cmd)
    found = [next((step for each in stage.lineage if (step := each.last(kind))), None) for kind in kinds]
    return [step for step in found if isinstance(step, (Cmd, Entrypoint))]
