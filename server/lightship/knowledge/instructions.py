"""What every instruction, flag, mount and parser directive does: text for hover and completion.

In our own words, after the Dockerfile reference (docs.docker.com/reference/dockerfile).
`TIPS` are the advice of the guide on small Python images, with its claims measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

REFERENCE = "https://docs.docker.com/reference/dockerfile/"


@dataclass(frozen=True, slots=True)
class Doc:
    """One thing's documentation. `anchor` is its heading's on the reference page."""

    summary: str
    anchor: str
    syntax: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return f"{REFERENCE}#{self.anchor}"


@dataclass(frozen=True, slots=True)
class FlagDoc(Doc):
    """A flag. `value` is a placeholder for what follows `=`, '' for a flag that is on when it is there."""

    value: str = ""


@dataclass(frozen=True, slots=True)
class MountDoc(Doc):
    """A type of `RUN --mount`; `options` maps each of its options to what it means."""

    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InstructionDoc(Doc):
    """An instruction; `flags` are keyed by name, without dashes."""

    flags: Mapping[str, FlagDoc] = field(default_factory=dict)


def _copying(keyword: str) -> dict[str, FlagDoc]:
    """The flags that ADD and COPY share."""
    low = keyword.lower()
    return {
        "chown": FlagDoc(
            "Owner and group of what is copied, by name or number. Names are looked up in the image's own "
            "/etc/passwd and /etc/group. Saves a later `RUN chown`, which would store the files a second time.",
            f"{low}---chown---chmod",
            (f"{keyword} --chown=USER[:GROUP] SOURCE… TARGET",),
            (f"{keyword} --chown=app:app src/ /app/",),
            "USER[:GROUP]",
        ),
        "chmod": FlagDoc(
            "Permissions of what is copied, as an octal number, or symbolic (`u=rwX,go=rX`) since Dockerfile 1.14.",
            f"{low}---chown---chmod",
            (f"{keyword} --chmod=MODE SOURCE… TARGET",),
            (f"{keyword} --chmod=755 entrypoint.sh /usr/local/bin/",),
            "MODE",
        ),
        "link": FlagDoc(
            "Put the files into a layer that does not depend on those below it, so that it stays cached when they "
            "change. Symbolic links in the target's path are not followed. It saves build time, not bytes.",
            f"{low}---link",
            (f"{keyword} --link[=BOOLEAN] SOURCE… TARGET",),
            (f"{keyword} --link src/ /app/",),
        ),
        "exclude": FlagDoc(
            "Leave out what matches a pattern, as in .dockerignore, relative to the source. Can be given many times.",
            f"{low}---exclude",
            (f"{keyword} --exclude=PATTERN SOURCE… TARGET",),
            (f"{keyword} --exclude=*.md --exclude=tests . /app/",),
            "PATTERN",
        ),
    }


INSTRUCTIONS: Mapping[str, InstructionDoc] = {
    "FROM": InstructionDoc(
        "Starts a stage from a base image, an earlier stage, or `scratch`, which is empty. The last stage is what "
        "ships unless `--target` names another. Only ARG may stand before the first FROM.",
        "from",
        ("FROM [--platform=PLATFORM] IMAGE[:TAG][@DIGEST] [AS NAME]",),
        ("FROM python:3.13-slim AS build", "FROM scratch"),
        {
            "platform": FlagDoc(
                "Platform of the base image, as `os/architecture`. The target platform is the default; "
                "`$BUILDPLATFORM` runs the stage natively, for cross-compiling.",
                "from",
                ("FROM --platform=PLATFORM IMAGE",),
                ("FROM --platform=$BUILDPLATFORM golang:1.26 AS build",),
                "PLATFORM",
            ),
        },
    ),
    "RUN": InstructionDoc(
        "Runs a command at build time and commits what it changed as a new layer. The shell form goes through the "
        "stage's shell (`/bin/sh -c`), the exec form does not, and a heredoc holds a whole script.",
        "run",
        ("RUN COMMAND …", 'RUN ["PROGRAM", "ARGUMENT", …]', "RUN <<EOF"),
        (
            "RUN apt-get update && \\\n    apt-get install -y --no-install-recommends curl && \\\n    rm -rf /var/lib/apt/lists/*",
            "RUN --mount=type=cache,target=/root/.cache/pip \\\n    pip install -r requirements.txt",
        ),
        {
            "mount": FlagDoc(
                "Mounts something for this one command: a file or folder (`bind`), a cache that outlives builds "
                "(`cache`), memory (`tmpfs`), a secret (`secret`) or an SSH agent (`ssh`). None of it ends up in the image.",
                "run---mount",
                ("RUN --mount=[type=TYPE,]OPTION[=VALUE],… COMMAND",),
                ("RUN --mount=type=bind,source=requirements.txt,target=/tmp/requirements.txt \\\n    pip install -r /tmp/requirements.txt",),
                "type=TYPE,target=PATH",
            ),
            "network": FlagDoc(
                "The command's network: `default`, `none` for none but loopback, or `host`, which the builder must allow.",
                "run---network",
                ("RUN --network=default|none|host COMMAND",),
                ("RUN --network=none pip install --no-index --find-links=/wheels app",),
                "default|none|host",
            ),
            "security": FlagDoc(
                "`insecure` runs the command with elevated privileges, like `docker run --privileged`; the builder must "
                "allow it. `sandbox` is the default.",
                "run---security",
                ("RUN --security=sandbox|insecure COMMAND",),
                ("RUN --security=insecure cat /proc/self/status",),
                "sandbox|insecure",
            ),
            "device": FlagDoc(
                "Gives the command a device by its CDI name, a GPU for instance. `required=false` goes on without it.",
                "run---device",
                ("RUN --device=NAME[,required=BOOLEAN] COMMAND",),
                ("RUN --device=nvidia.com/gpu=all nvidia-smi",),
                "NAME",
            ),
        },
    ),
    "CMD": InstructionDoc(
        "The command that a container runs by default, or the default arguments of ENTRYPOINT. Arguments of "
        "`docker run` replace it. Only the stage's last CMD counts.",
        "cmd",
        ('CMD ["PROGRAM", "ARGUMENT", …]', 'CMD ["ARGUMENT FOR ENTRYPOINT", …]', "CMD COMMAND …"),
        ('CMD ["python", "-m", "app"]',),
    ),
    "LABEL": InstructionDoc(
        "Adds metadata to the image. Labels are inherited from the base image; the last value wins.",
        "label",
        ("LABEL KEY=VALUE …",),
        ('LABEL org.opencontainers.image.source="https://github.com/example/app"',),
    ),
    "MAINTAINER": InstructionDoc(
        "Names the image's author. Deprecated: use the label `org.opencontainers.image.authors`.",
        "maintainer-deprecated",
        ("MAINTAINER NAME",),
        ('LABEL org.opencontainers.image.authors="team@example.com"',),
    ),
    "EXPOSE": InstructionDoc(
        "Says on which ports the container listens. It documents them and publishes nothing: that is `docker run -p`.",
        "expose",
        ("EXPOSE PORT[-PORT][/PROTOCOL] …",),
        ("EXPOSE 8080/tcp",),
    ),
    "ENV": InstructionDoc(
        "Sets environment variables, for the instructions below and for the container that runs. A value that only "
        "the build needs belongs in ARG or in front of a command.",
        "env",
        ("ENV KEY=VALUE …",),
        ('ENV PATH="/opt/venv/bin:$PATH" PYTHONUNBUFFERED=1',),
    ),
    "ADD": InstructionDoc(
        "Copies like COPY, and also downloads URLs, clones Git repositories, and unpacks local tar archives. For plain "
        "files COPY says what is meant.",
        "add",
        ("ADD [FLAGS] SOURCE… TARGET", 'ADD [FLAGS] ["SOURCE", …, "TARGET"]'),
        (
            "ADD --checksum=sha256:24454f83… https://example.com/app.tar.gz /tmp/",
            "ADD rootfs.tar.xz /",
        ),
        {
            "keep-git-dir": FlagDoc(
                "Keep the `.git` folder of a repository that is cloned.",
                "add---keep-git-dir",
                ("ADD --keep-git-dir[=BOOLEAN] REPOSITORY TARGET",),
                ("ADD --keep-git-dir=true https://github.com/example/app.git#v1.0 /app",),
            ),
            "checksum": FlagDoc(
                "Fail unless what is downloaded has this checksum: a digest for a URL, a commit for a Git repository.",
                "add---checksum",
                ("ADD --checksum=sha256:DIGEST URL TARGET",),
                ("ADD --checksum=sha256:24454f83… https://example.com/app.tar.gz /tmp/",),
                "sha256:DIGEST",
            ),
            "unpack": FlagDoc(
                "Whether to unpack an archive. By default local ones are unpacked and downloaded ones are not.",
                "add---unpack",
                ("ADD --unpack=BOOLEAN ARCHIVE TARGET",),
                ("ADD --unpack=true https://example.com/app.tar.gz /app",),
                "true|false",
            ),
            **_copying("ADD"),
        },
    ),
    "COPY": InstructionDoc(
        "Copies files from the build context, an earlier stage or another image into a new layer. A target that ends "
        "with `/` is a folder; a relative one counts from WORKDIR. What .dockerignore leaves out cannot be copied.",
        "copy",
        ("COPY [FLAGS] SOURCE… TARGET", 'COPY [FLAGS] ["SOURCE", …, "TARGET"]'),
        ("COPY requirements.txt ./", "COPY --from=build /opt/venv /opt/venv"),
        {
            "from": FlagDoc(
                "Copy from an earlier stage, by name or number, from a named context, or from another image.",
                "copy---from",
                ("COPY --from=STAGE|CONTEXT|IMAGE SOURCE… TARGET",),
                ("COPY --from=build /opt/venv /opt/venv",),
                "STAGE|CONTEXT|IMAGE",
            ),
            "parents": FlagDoc(
                "Keep the folders that the sources stand in. `/./` in a source marks from where on.",
                "copy---parents",
                ("COPY --parents[=BOOLEAN] SOURCE… TARGET",),
                ("COPY --parents packages/*/package.json ./",),
            ),
            **_copying("COPY"),
        },
    ),
    "ENTRYPOINT": InstructionDoc(
        "The program that a container always runs; CMD and arguments of `docker run` follow as its arguments. In the "
        "shell form a shell stands in between, which takes neither them nor signals on.",
        "entrypoint",
        ('ENTRYPOINT ["PROGRAM", "ARGUMENT", …]', "ENTRYPOINT COMMAND …"),
        ('ENTRYPOINT ["/usr/local/bin/app"]',),
    ),
    "VOLUME": InstructionDoc(
        "Declares a mount point whose data live outside of the image. What the build writes there afterwards may be lost.",
        "volume",
        ("VOLUME PATH …", 'VOLUME ["PATH", …]'),
        ('VOLUME ["/data"]',),
    ),
    "USER": InstructionDoc(
        "The user, and group, of the following RUN, CMD and ENTRYPOINT, and of the container. Without it everything "
        "runs as the base image's user, mostly root.",
        "user",
        ("USER NAME[:GROUP]", "USER UID[:GID]"),
        ("RUN useradd --create-home app\nUSER app",),
    ),
    "WORKDIR": InstructionDoc(
        "The working directory of the instructions below and of the container; created where it does not exist. A "
        "relative path counts from the WORKDIR before.",
        "workdir",
        ("WORKDIR PATH",),
        ("WORKDIR /app",),
    ),
    "ARG": InstructionDoc(
        "Declares a variable that `--build-arg` can set. It holds from here to the end of the stage and not in the "
        "container. One above the first FROM holds in FROM only, until a stage declares it again. Not for secrets: "
        "the image's history shows them.",
        "arg",
        ("ARG NAME[=DEFAULT] …",),
        ("ARG PYTHON_VERSION=3.13\nFROM python:${PYTHON_VERSION}-slim",),
    ),
    "ONBUILD": InstructionDoc(
        "Keeps an instruction for later: it runs right after the FROM of a build that uses this image as its base.",
        "onbuild",
        ("ONBUILD INSTRUCTION …",),
        ("ONBUILD COPY . /app",),
    ),
    "STOPSIGNAL": InstructionDoc(
        "The signal that asks the container to stop, by name or number; SIGTERM by default.",
        "stopsignal",
        ("STOPSIGNAL SIGNAL",),
        ("STOPSIGNAL SIGINT",),
    ),
    "HEALTHCHECK": InstructionDoc(
        "A command that tells whether the container still works: 0 is healthy, 1 is not. NONE turns off what the base "
        "image has. Only the last one counts.",
        "healthcheck",
        ("HEALTHCHECK [FLAGS] CMD COMMAND", "HEALTHCHECK NONE"),
        ('HEALTHCHECK --interval=30s --timeout=3s \\\n    CMD ["curl", "--fail", "http://localhost:8080/health"]',),
        {
            "interval": FlagDoc(
                "Time between two checks; 30s by default.",
                "healthcheck",
                ("HEALTHCHECK --interval=DURATION CMD …",),
                ("HEALTHCHECK --interval=1m CMD curl -f http://localhost/",),
                "DURATION",
            ),
            "timeout": FlagDoc(
                "How long a check may take before it counts as failed; 30s by default.",
                "healthcheck",
                ("HEALTHCHECK --timeout=DURATION CMD …",),
                ("HEALTHCHECK --timeout=3s CMD curl -f http://localhost/",),
                "DURATION",
            ),
            "start-period": FlagDoc(
                "Time that the container has to start: failures within it do not count; 0s by default.",
                "healthcheck",
                ("HEALTHCHECK --start-period=DURATION CMD …",),
                ("HEALTHCHECK --start-period=20s CMD curl -f http://localhost/",),
                "DURATION",
            ),
            "start-interval": FlagDoc(
                "Time between two checks during the start period; 5s by default. Needs Docker Engine 25.",
                "healthcheck",
                ("HEALTHCHECK --start-interval=DURATION CMD …",),
                ("HEALTHCHECK --start-period=20s --start-interval=1s CMD curl -f http://localhost/",),
                "DURATION",
            ),
            "retries": FlagDoc(
                "How many failures in a row make the container unhealthy; 3 by default.",
                "healthcheck",
                ("HEALTHCHECK --retries=NUMBER CMD …",),
                ("HEALTHCHECK --retries=5 CMD curl -f http://localhost/",),
                "NUMBER",
            ),
        },
    ),
    "SHELL": InstructionDoc(
        "The shell of the shell forms below it, as a JSON array. `/bin/sh -c` by default, `cmd /S /C` on Windows.",
        "shell",
        ('SHELL ["PROGRAM", "ARGUMENT", …]',),
        ('SHELL ["/bin/bash", "-o", "pipefail", "-c"]',),
    ),
}  # fmt: skip

_TARGET = "Where it is mounted. `dst` and `destination` mean the same."
_REQUIRED = "Fail when it is not there. False by default."
_OWNER = {"mode": "Its permissions, octal.", "uid": "The user that owns it; 0 by default.", "gid": "The group that owns it; 0 by default."}  # fmt: skip

MOUNTS: Mapping[str, MountDoc] = {
    "bind": MountDoc(
        "Mounts a file or folder of the build context, a stage or an image. Writes are allowed where asked for, and "
        "thrown away afterwards. The default type.",
        "run---mounttypebind",
        ("RUN --mount=type=bind,target=PATH[,source=PATH][,from=NAME][,rw] COMMAND",),
        ("RUN --mount=type=bind,source=requirements.txt,target=/tmp/requirements.txt \\\n    pip install -r /tmp/requirements.txt",),
        {
            "target": _TARGET,
            "source": "Path in `from`; its root by default. `src` means the same.",
            "from": "Stage, named context or image to take it from; the build context by default.",
            "rw": "Allow writing; what is written is thrown away. `readwrite` means the same.",
        },
    ),
    "cache": MountDoc(
        "Mounts a folder that lives on the builder from build to build and is not part of the image: for the caches of "
        "package managers and compilers. It may be empty at any time, so nothing must depend on it.",
        "run---mounttypecache",
        ("RUN --mount=type=cache,target=PATH[,id=ID][,sharing=shared|private|locked] COMMAND",),
        ("RUN --mount=type=cache,target=/root/.cache/pip \\\n    pip install -r requirements.txt",),
        {
            "target": _TARGET,
            "id": "Which cache it is; the target by default. The same id is the same cache.",
            "sharing": "What parallel builds do: `shared` (default), `private` makes a new one, `locked` waits; apt needs `locked`.",
            "from": "Stage, context or image that a new cache is filled from; empty by default.",
            "source": "Path in `from`.",
            "ro": "Read only. `readonly` means the same.",
            **_OWNER,
        },
    ),
    "tmpfs": MountDoc(
        "Mounts memory, empty at first and gone afterwards.",
        "run---mounttypetmpfs",
        ("RUN --mount=type=tmpfs,target=PATH[,size=BYTES] COMMAND",),
        ("RUN --mount=type=tmpfs,target=/tmp make",),
        {"target": _TARGET, "size": "Most that it may hold; unlimited by default."},
    ),
    "secret": MountDoc(
        "Gives the command a secret, as a file or an environment variable, that stays out of the image, its history "
        "and the cache. `docker build --secret` provides it.",
        "run---mounttypesecret",
        ("RUN --mount=type=secret,id=ID[,target=PATH][,env=NAME] COMMAND",),
        ("RUN --mount=type=secret,id=pypi,env=PIP_INDEX_URL \\\n    pip install -r requirements.txt",),
        {
            "id": "Which secret it is; the target's last part by default.",
            "target": "File it is mounted at; /run/secrets/ID by default. `dst` and `destination` mean the same.",
            "env": "Environment variable that holds it, instead of or beside a file.",
            "required": _REQUIRED,
            **{name: text.replace("octal.", "octal; 0400 by default.") for name, text in _OWNER.items()},
        },
    ),
    "ssh": MountDoc(
        "Lets the command use the SSH agent of whoever builds, for private repositories. `docker build --ssh` provides it.",
        "run---mounttypessh",
        ("RUN --mount=type=ssh[,id=ID] COMMAND",),
        ("RUN --mount=type=ssh git clone git@github.com:example/private.git",),
        {
            "id": "Which agent or key it is; `default` by default.",
            "target": "Path of the agent's socket; /run/buildkit/ssh_agent.N by default.",
            "required": _REQUIRED,
            **{name: text.replace("octal.", "octal; 0600 by default.") for name, text in _OWNER.items()},
        },
    ),
}  # fmt: skip

DIRECTIVES: Mapping[str, Doc] = {
    "syntax": Doc(
        "The frontend image that reads this file. `docker/dockerfile:1` is the newest stable one, independent of the "
        "version of Docker. Must be at the top, above every other comment.",
        "syntax",
        ("# syntax=IMAGE",),
        ("# syntax=docker/dockerfile:1",),
    ),
    "escape": Doc(
        "The character that continues a line and escapes another: a backslash by default, or a backtick, for Windows paths.",
        "escape",
        ("# escape=\\", "# escape=`"),
        ("# escape=`",),
    ),
    "check": Doc(
        "How build checks run: which to skip, which experimental ones to add, and whether a finding fails the build.",
        "check",
        ("# check=skip=CHECK,…|all", "# check=error=BOOLEAN", "# check=experimental=CHECK,…|all"),
        ("# check=skip=JSONArgsRecommended;error=true",),
    ),
}

TIPS: Mapping[str, str] = {
    "FROM": "Prefer a `slim` base: `python:3.12` is 1.02 GB, `python:3.12-slim` 124 MB. Alpine is slow and awkward for "
    "Python, and distroless supports Python 3 only experimentally. Build in one stage, ship another that holds only "
    "the artifacts.",
    "RUN": "Combine commands, so that temporary files are gone before the layer is stored: what a later layer removes "
    "still ships. The guide's gcc stays at 163 MB however it is removed afterwards. The price is a coarser build cache.",
    "COPY": "Copy what changes often last: a changed step rebuilds itself and all that follow. Bring only what the image "
    "needs, and list the rest in .dockerignore. COPY and RUN cannot be merged into one layer: use a bind mount, a "
    "stage, or docker-squash.",
    "ADD": "Use COPY for plain files. Keep what changes often near the end, and needless files out by .dockerignore.",
    "ENV": "Every change rebuilds the steps below it: put values that change with each build near the end. In the final "
    'stage, `ENV PATH="/opt/venv/bin:$PATH"` is all that a copied virtual environment needs.',
    "ARG": "A value that changes with every build, such as a revision, rebuilds what comes after its first use: declare "
    "it as late as possible.",
    "LABEL": "Labels with dates or revisions change with every build: put them at the end.",
    "CMD": 'Write a JSON array with double quotes: `CMD ["myapp"]`. With single quotes it is not JSON: a shell looks for '
    "a program called `[myapp]` and exits with 127.",
    "ENTRYPOINT": "Write a JSON array with double quotes, so that signals reach your program and not a shell.",
    "USER": "Security, debugging and reproducibility come before size: run as a user of your own, not as root.",
    "WORKDIR": "Set it before you copy: `COPY app/ .` without one lands in `/`.",
    "HEALTHCHECK": "Being able to debug an image comes before its size: leave in what a check needs.",
}
"""Advice per instruction, from the guide on shrinking Python images; sizes are measured."""

PACKAGE_TIP = (
    "Install with `--no-cache-dir` and let the build cache do the caching: a cache mount or your CI keeps downloads "
    "out of the image. For numpy alone pip's cache is 18 MB."
)
"""The guide's tip on pip, for a RUN that uses it: measured 216,339,042 bytes against 198,088,858."""
