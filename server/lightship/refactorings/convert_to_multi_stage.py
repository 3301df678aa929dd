r"""Compile in one stage, ship another that has only the app and what it needs to run.

A compiler that a later `RUN` removes stays in the layer that brought it. In two stages it never comes along: the
first is the file as it was up to its last install or build, and the second takes from it what came of that. For
Python, that is a virtual environment:

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

Not every Python can make an environment, and not every base tells which Python it has. For Python 2, for bases where
`pip` may be anyone's and where a command names the base's Python by its path, packages go to a folder that
`PYTHONUSERBASE` names, and where each Python looks by itself. Environments that the file makes, and what
`pip install --user` puts into root's home, are taken as they are; what is installed in place, with its source. poetry,
pipenv and pdm get an environment of their own, so that no package of theirs passes for one of the app's.

Understood: pip, `setup.py install`, uv, poetry, pipenv and pdm, on Python's own images and the other official ones,
and wherever Debian's, Ubuntu's, Alpine's or an RPM distribution's package of Python or pip is installed. It declines, and says
why, where a command that it does not know may need what would stay behind, where compilers may be what the image is
for, where programs start without the image's variables (cron, sshd, Apache, login shells), where a path is used at
which pip had installed something, and on conda, pyenv and ONBUILD. What is started at such a path is started by its
name, as `gunicorn` for `/usr/local/bin/gunicorn`, where PATH leads to nothing else by that name.

Go, Rust and Java bring a compiler that no app needs to run. The second stage is on an image without it, and takes what
was built:

```dockerfile
FROM golang:1.22-bookworm
WORKDIR /app
COPY . .
RUN go build -o server .
CMD ["./server"]
```

comes to

```dockerfile
FROM golang:1.22-bookworm AS build
WORKDIR /app
COPY . .
RUN go build -o server .

FROM debian:bookworm-slim
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /etc/mime.types /etc/protocols /etc/services /etc/
COPY --from=build /usr/local/go/lib/time/zoneinfo.zip /usr/local/go/lib/time/
WORKDIR /app
COPY . .
COPY --from=build /app/server /app/server
CMD ["./server"]
```

The image has the same C library, or one that is newer: the slim one of the same release of Debian, or Alpine. It is
not `scratch`, since nothing tells that an app starts no shell and links with no library. What Go programs read of
their compiler's image comes along: certificates, types of files, names of services, and time zones, which they look
for where the compiler had them. A `COPY` is made again, since the app may read what it brings, unless all of it is
sources, by its names or as the build context shows. Java's apps get the JRE of the same vendor and version with the
folder that holds the jar, or the same JDK where there is no such JRE: then only what Maven or Gradle has fetched, and
Maven and Gradle, stay behind. A JRE cannot compile, and Go's and Rust's apps do not find git, curl and what else their
compiler's image happens to have, unless the file installs it.

Understood: `go build` and `go install`, `cargo build` and `cargo install --path`, Maven, Gradle, `javac -d` and `jar`,
on the official images, and on Debian's, Ubuntu's and Alpine's with their packages of the compiler. What is started must
be what is built, at a path that is certain. It declines for scripts that start something, for generators, for programs
that are fetched from elsewhere, which may well call the compiler, and where a command, a health check or a user may be
there in the compiler's image alone. What is linked with a library of the system needs a tag that names the system's
release, like `golang:1.22-bookworm`. Rust's full image has headers of many libraries: there, `Cargo.lock` of the build
context tells which of them the app is linked with.

Of Node's apps, whatever npm, yarn and pnpm install and their scripts build is made in the first stage, and the second
takes the project's folder as the first leaves it; or no more than the folder that `serve` or `http-server` is there
to serve. The compilers, the Python and the git of node-gyp stay behind, and so do caches. Packages for developing do
where the build context is known, plain `node` or `next start` starts the app, and no file of it names one. It
declines where nothing but a cache would stay behind, where developers' tools are started, where a browser may lie in
a user's home, where yarn may not install into `node_modules`, where a build may write elsewhere, and beside other
languages.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..conversion import node, python
from ..conversion.compiled import go, java, rust
from ..conversion.language import Conversion, Language
from ..conversion.parts import Declined
from ..conversion.texts import KEPT, whole
from ..knowledge import sizes
from ..model import analyze
from ..model.build import Build, Stage
from ..rewrite import Refusal
from ..text import Source, Span
from . import Offer, refactoring, rewritten

TITLE = "Convert to a multi-stage build"
LANGUAGES = (python.LANGUAGE, go.LANGUAGE, rust.LANGUAGE, java.LANGUAGE, node.LANGUAGE)
"""The first of them that converts a file does so, and the first that declines says why."""


@refactoring
def offer(build: Build, span: Span) -> Iterator[Offer]:
    stage = build.final
    if stage is None or stage.opening is None:
        return
    declined: Offer | None = None
    for language in LANGUAGES:
        places = language.places(stage)
        touched = (stage.opening.span, *places)
        if not places or not any(place.start <= span.end and span.start <= place.end for place in touched):
            continue
        try:
            conversion = conversion_of(stage, language)
        except Declined as reason:
            declined = declined or Offer(places[0], TITLE, Refusal(str(reason)))
            continue
        saves = conversion.saves
        title = f"{TITLE} (saves at least {sizes.human(saves)})" if saves > 1_000_000 else TITLE
        yield Offer(places[0], title, rewritten(build, title, conversion.text), saves)
        return
    if declined:
        yield declined


def conversion_of(stage: Stage, language: Language) -> Conversion:
    """The last stage of a file converted as one of a language's. Raises Declined.

    Every instruction that makes the shipped image what it is has to come through, in order.
    """
    build, conversion = stage.build, language.convert(stage)
    after = analyze(Source(conversion.text, build.source.name))
    if after.file.problems or len(after.stages) != len(build.stages) + 1:
        raise Declined("the result would not be a Dockerfile")
    assert after.final
    found = iter(
        whole(after, step.instruction).strip()
        for step in after.final.steps
        if step.instruction.keyword in KEPT
    )
    if not all(any(text.strip() == other for other in found) for text in conversion.kept):
        raise Declined("an instruction would be lost")
    return conversion
