r"""Write a `CMD` or `ENTRYPOINT` in exec form, so that the app gets the signals that `docker stop` sends.

```dockerfile
FROM python:3.12-slim
ENV PORT=8000
CMD ./manage.py migrate && gunicorn --bind=:$PORT app.wsgi
```

becomes

```dockerfile
FROM python:3.12-slim
ENV PORT=8000
CMD ["/bin/sh", "-c", "./manage.py migrate && exec gunicorn --bind=:$PORT app.wsgi"]
```

A command that needs no shell is started without one (`CMD ["python", "-m", "app"]`). Where a variable, `&&` or a
redirection needs it, the shell of the file stays, and makes way for its last command with `exec`: that one is then
process 1, and no shell stands between it and its signals.

For an `ENTRYPOINT` that needs no shell this has another side, as for a `CMD` under one: the exec form is given its
arguments, which a shell ignores. Declined where the shell has more to do behind the command or beside it (a pipe,
`;` at the end, `&`, `trap`), where it ends with a builtin or a variable, and for shells that Lightship does not read.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model.build import Build, Cmd, Entrypoint
from ..rewrite.exec_form import in_shell, plain_words, reads_files, without_shell
from ..text import Fix, Span
from . import Offer, refactoring, touched


@refactoring
def offer(build: Build, span: Span) -> Iterator[Offer]:
    for step in build.steps:
        if not isinstance(step, (Cmd, Entrypoint)) or step.exec_form or not touched(build, step.span, span):
            continue
        if not step.instruction.arguments.text:
            continue
        words = None if reads_files(step) else plain_words(step)
        outcome = without_shell(step, words) if words else in_shell(step)
        yield Offer(step.span, outcome.title if isinstance(outcome, Fix) else "Use the exec form", outcome)
