"""Whatever a context holds and a build copies by name: the file that is created leaves nothing of it out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lightship.context import BuildContext, of
from lightship.model import analyze
from lightship.rewrite.dockerignore import create
from lightship.text import Fix, Source

NAMES = (
    ".git", ".env", ".venv", "venv", "pyvenv.cfg", "__pycache__", "a.pyc", "node_modules", ".DS_Store", "Dockerfile",
    "compose.yaml", "src", "lib", "app.py", ".github", "id_rsa", ".cache", "a b", "[x]", "!x", "#x",
)  # fmt: skip
paths = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map("/".join)


def matches(context: BuildContext, pattern: str) -> set[str]:
    """The files that a source of a COPY without wildcards, or with one star at its end, names."""
    files = {path for path, _ in context.files(sent=False)}
    if pattern.endswith("*"):
        stem, depth = pattern[:-1], pattern.count("/")
        tops = {"/".join(path.split("/")[: depth + 1]) for path in files}
        return {top for top in tops if top.startswith(stem) and top.count("/") == depth}
    return {pattern} if any(path == pattern or path.startswith(f"{pattern}/") for path in files) else set()


@given(
    st.sets(paths, max_size=8),
    st.lists(paths | paths.map(lambda path: f"{path[:-1]}*"), max_size=4),
    st.booleans(),
)
def test_what_is_named_is_still_there(files: set[str], named: list[str], mounted: bool) -> None:
    plain = {path for path in files if not any(other.startswith(f"{path}/") for other in files)}
    context = of(dict.fromkeys(plain, "x"))
    lines = ["FROM a", "COPY . /all"]
    for path in named:
        if "[" not in path and " " not in path:
            bind = mounted and not path.endswith("*")
            lines.append(
                f"RUN --mount=type=bind,source={path},target=/x true" if bind else f'COPY ["{path}", "/x/"]'
            )
    fix = create(analyze(Source("\n".join(lines) + "\n"), context))
    assert isinstance(fix, Fix)
    (new,) = fix.creates
    after = BuildContext(context.tree, new.text)
    for path in named:
        if "[" not in path and " " not in path:
            assert not [found for found in matches(context, path) if after.leaves_out(found)], new.text
    kept = {path for path, _ in after.files()}
    assert {path for path in plain if path in ("app.py", "!x/.env", "[x]/id_rsa")} <= kept
