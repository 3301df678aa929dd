"""Six lines typed one key at a time under findings: they stay, at every key."""

from __future__ import annotations

from client import Client, at, insert

ABOVE = "FROM python:latest\nRUN pip install flask\nRUN apt install -y gcc\n"
TYPED = r"""LABEL maintainer="a@b.c"
ENV APP_HOME=/srv/app LANG=C.UTF-8
COPY --chown=app:app requirements.txt ./
RUN pip install -r requirements.txt && rm -rf /tmp/x
EXPOSE 8080/tcp
CMD ["python", "-m", "app"]
"""


def test_findings_above_stay_while_typing(uri: str) -> None:
    with Client() as client:
        client.initialize()
        client.open(ABOVE, uri)

        def above(version: int) -> list[tuple[str, str]]:
            return [
                (each["code"], str(each["range"]))
                for each in client.diagnostics(version, uri)
                if each["range"]["start"]["line"] < 3 and not about_the_whole(each["range"])
            ]

        before = above(1)
        assert before
        line, column, version = 3, 0, 1
        for key in TYPED:
            version += 1
            client.change(version, insert(line, column, key), uri=uri)
            missing = set(before) - set(above(version))
            assert not missing, f"gone after {client.request('test/text', uri)!r}"
            line, column = (line + 1, 0) if key == "\n" else (line, column + 1)
        assert client.request("test/text", uri) == ABOVE + TYPED


def about_the_whole(place: dict[str, object]) -> bool:
    """A finding at the file's or the stage's first line may be about what is missing below, and typed then."""
    return place["start"] == at(0, 0)
