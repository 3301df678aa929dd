"""What Compose and Bake files declare to be built: what is certain is read, all else is named."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightship import buildfiles
from lightship.buildfiles import LARGEST, MOST, NAMES, Include, Read, Target, environment, read

COMPOSE = """
x-common: &common
  context: ./app
  args: {VERSION: 1.20, TOKEN: "${TOKEN}", EMPTY: }
services:
  web:
    build: *common
  api:
    build: {<<: *common, dockerfile: Dockerfile.api, target: prod, args: ["A=1=2", B, "C=$D"]}
  two:
    build: {<<: [{target: first}, *common], context: own}
  short: {build: ../other}
  empty: {build: }
  database: {image: postgres}
  remote: {build: "https://github.com/example/app.git"}
  inline: {build: {dockerfile_inline: FROM scratch}}
  environment: {build: "${DIR:-.}"}
  secret: {build: "$TOKEN/app"}
  inherited: {extends: web, build: {target: dev}}
  list: {build: {context: [a]}}
  named: {build: {context: b, additional_contexts: {base: "service:web", src: ../src, any: "$DIR"}}}
  listed: {build: {context: c, additional_contexts: ["alpine=docker-image://alpine:3.20"]}}
"""
BAKE = """
# a comment, /* no other */
variable "TAG" {
  default = "1"
  validation { condition = TAG != "" /* { */
    error_message = "no ${"quotes"} {" }
}
function "twice" {
  params = [text]
  result = text == "x" ? [1, 2] : { "a" = text }
}
group "default" { targets = ["app", "tests"] }
target "app" {
  context    = "app" // the folder
  dockerfile = "docker/app.Dockerfile"
  target     = "prod"
  args = {
    VERSION = "3.12", "QUOTED" : "a\\"b $${c}"
    TAG = TAG
    (TAG) = "computed"
    TEXT = <<-EOT
      context = "
    EOT
    LAST = "x"
  }
  tags = [for each in ["a", "b"] : "app:${each}-${upper("{")}"]
  labels = {}
  contexts = { base = "target:base", src = TAG }
}
target "tests" {
  inherits = ["app"]
  target = "tests"
  args = { VERSION = "3.13" }
  contexts = { base = "target:plain" }
}
target "computed" { context = "${TAG}/app" }
target "called" { dockerfile = twice("x")[0] }
target "lost" { inherits = ["nobody"] }
target "circle" { inherits = ["circle"] }
target "other" { context = "target:app" }
target "plain" {}
"""


def test_compose() -> None:
    found, problems, _ = read("compose.yaml", COMPOSE)
    assert found == (
        Target("web", "./app", args={"VERSION": "1.20"}),
        Target("api", "./app", "Dockerfile.api", "prod", {"A": "1=2"}),
        Target("two", "own", None, "first", {"VERSION": "1.20"}),
        Target("short", "../other"),
        Target("empty"),
        Target("environment", ".", sure=False),
        Target("inherited", "./app", None, "dev", {"VERSION": "1.20"}),
        Target("named", "b", contexts={"base": "service:web", "src": "../src", "any": ""}),
        Target("listed", "c", contexts={"alpine": "docker-image://alpine:3.20"}),
    )
    assert problems == {
        "secret": "`$TOKEN/app` depends on the environment",
        "list": "its build is no text",
    }


EXTENDED = """
include:
  - infra/compose.yaml
  - {path: [tools.yml], project_directory: tools}
  - path: [a.yml, a.override.yml]
  - oci://example.com/more
  - "$MORE"
services:
  base: {build: {context: ., dockerfile: base.Dockerfile, target: base, args: {A: "1", B: "${B:-2}", C: "${C}", D: "$$x"}}}
  child: {extends: {service: base}, build: {target: child, args: ["A=3"]}}
  same: {extends: base}
  short: {extends: base, build: ./short}
  elsewhere: {extends: {file: common.yml, service: base}, build: {context: .}}
  complete: {extends: {file: common.yml, service: base}, build: {context: ., dockerfile: D}}
  only: {extends: {file: common.yml, service: base}}
  circle: {extends: circle, build: {target: x}}
  nobody: {extends: nothing, build: {context: x}}
"""


def test_services_extend_each_other() -> None:
    given = {"A": "1", "B": "2", "D": "$x"}
    found = read("compose.yaml", EXTENDED)
    assert found.targets == (
        Target("base", ".", "base.Dockerfile", "base", given),
        Target("child", ".", "base.Dockerfile", "child", {**given, "A": "3"}),
        Target("same", ".", "base.Dockerfile", "base", given),
        Target("short", "./short", "base.Dockerfile", "base", given),
        Target("complete", ".", "D"),
        Target("nobody", "x"),
    )
    assert found.problems == {
        "elsewhere": "it extends a service of another file",
        "circle": "it extends too many services",
    }


def test_files_that_are_taken_in() -> None:
    assert read("compose.yaml", EXTENDED).includes == (
        Include("infra/compose.yaml"),
        Include("tools.yml", "tools"),
    )
    assert read("compose.yaml", "include: [x.yml]").includes == (Include("x.yml"),)


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("$DIR", "app"),
        ("${DIR}/x", "app/x"),
        ("${DIR:-other}", "app"),
        ("${OTHER-other}", "other"),
        ("${EMPTY-other}x", "x"),
        ("${EMPTY:-other}", "other"),
        ("${DIR:?there must be one}", "app"),
        ("${DIR:+other}", "other"),
        ("a${OTHER+other}", "a"),
        ("${OTHER:-${DIR}}", None),
        ("${OTHER:-$DIR}", None),
        ("${OTHER:?there must be one}", None),
        ("$OTHER", None),
        ("${", None),
    ],
)
def test_paths_may_depend_on_a_projects_own_environment(written: str, path: str | None) -> None:
    values = environment("# a comment\nDIR=app # another\nexport EMPTY=\nQUOTED='a b'\nMADE=$DIR\n= x\n")
    assert values == {"DIR": "app", "EMPTY": "", "QUOTED": "a b"}
    found = read("compose.yaml", f"services: {{a: {{build: '{written}'}}}}", values)
    assert found.targets == ((Target("a", path, sure=False),) if path else ())
    arguments = (
        read("compose.yaml", f"services: {{a: {{build: {{args: {{X: '{written}'}}}}}}}}", values)
        .targets[0]
        .args
    )
    assert "app" not in str(arguments), "what a .env says may be a secret"


def test_bake() -> None:
    found, problems, _ = read("docker-bake.hcl", BAKE)
    arguments = {"VERSION": "3.12", "QUOTED": 'a"b ${c}', "TAG": "1", "LAST": "x"}
    assert found == (
        Target("app", "app", "docker/app.Dockerfile", "prod", arguments, {"base": "target:base", "src": "1"}),
        Target(
            "tests",
            "app",
            "docker/app.Dockerfile",
            "tests",
            {**arguments, "VERSION": "3.13"},
            {"base": "target:plain", "src": "1"},
        ),
        Target("computed", "1/app", sure=False),
        Target("plain"),
    )
    assert problems == {
        "called": "its Dockerfile would have to be computed",
        "lost": "what it inherits is not known",
        "circle": "what it inherits is not known",
    }


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("DIR", "a b"),
        ("NUMBER", "3"),
        ("YES", "true"),
        ('"${DIR}/${ NUMBER }"', "a b/3"),
        ('"$${DIR}${QUOTED}"', '${DIR}"${x}\\'),
        ('"${DIR}${OTHER}"', None),
        ('"${upper(DIR)}"', None),
        ('"%{ if DIR }x%{ endif }"', None),
        ("DIR.x", None),
        ("MADE", None),
        ("NONE", None),
        ("target", None),
    ],
)
def test_variables_have_defaults(value: str, path: str | None) -> None:
    variables = {
        "DIR": '"a b"',
        "NUMBER": "3",
        "YES": "true",
        "QUOTED": r'"\"$${x}\\"',
        "MADE": "upper(DIR)",
        "NONE": "null",
    }
    text = "".join(f'variable "{name}" {{ default = {default} }}\n' for name, default in variables.items())
    found = read("docker-bake.hcl", f'{text} target "a" {{\ncontext = {value}\n}}\n')
    assert found.targets == ((Target("a", path, sure=False),) if path else ())


def test_bake_in_json() -> None:
    text = '{"target": {"a": {"context": "x", "args": {"A": "1", "B": "${C}"}}, "b": {"context": "${C}"}, "c": []}}'
    variables = '{"variable": {"C": {"default": "d"}, "D": {}, "E": 1},' + text.removeprefix("{")
    assert read("docker-bake.json", variables).targets == (
        Target("a", "x", args={"A": "1", "B": "d"}),
        Target("b", "d", sure=False),
    )
    found, problems, _ = read("docker-bake.json", text)
    assert found == (Target("a", "x", args={"A": "1"}),)
    assert [*problems] == ["b"]


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("compose.yaml", "a: build\nb: [\n", "line 3 is not YAML"),
        ("compose.yaml", "build: " + "[" * 100_000, "too deep to be read"),
        ("compose.yaml", "build:\n" + "- " * 100_000, "too deep to be read"),
        ("compose.yaml", "#" * (LARGEST + 1), "too large to be read"),
        ("docker-bake.json", '{\n"target"', "line 2 is not JSON"),
        ("docker-bake.json", "[" * 200_000, "line 1 is not JSON"),
        ("docker-bake.hcl", "a = " + "[" * 100_000, "line 1: `[` is not expected here"),
        ("docker-bake.hcl", 'a = "${' + '"${' * 100_000, "line 1: the quotes are not closed"),
        ("docker-bake.hcl", 'target "x" {\n', "line 2: an end is not expected here"),
        ("docker-bake.hcl", "\n}\n", "line 2: `}` is not expected here"),
        ("docker-bake.hcl", "target x = 3", "line 1: `=` is not expected here"),
        ("docker-bake.hcl", "a = f(1", "line 1: an end is not expected here"),
        ("docker-bake.hcl", "a = <<E\n" * 50_000, "line 1: the heredoc does not end"),
    ],
)
def test_what_cannot_be_read_is_named(name: str, text: str, problem: str) -> None:
    begin = time.monotonic()
    assert read(name, text) == Read((), {"": problem})
    assert time.monotonic() - begin < 2


def test_nothing_is_inherited_over_and_over() -> None:
    begin = time.monotonic()
    twice = "".join(f'target "t{n}" {{ inherits = ["t{n + 1}", "t{n + 1}"] }}\n' for n in range(50))
    assert len(read("docker-bake.hcl", f'{twice}target "t50" {{ context = "x" }}').targets) == 51
    often = json.dumps({"target": {"a": {"inherits": ["a"] * 90_000}}})
    assert read("docker-bake.json", often).problems == {"a": "what it inherits is not known"}
    assert time.monotonic() - begin < 2


def test_no_more_than_some_is_looked_at() -> None:
    """A thousand builds with forty thousand values each would take all memory there is."""
    values = "".join(f"  k{n}: v\n" for n in range(MOST + 1))
    services = "".join(f"  s{n}: {{build: {{args: *a}}}}\n" for n in range(MOST + 1))
    found = read("compose.yaml", f"x: &a\n{values}services:\n{services}")
    assert len(found.targets) == max(len(each.args) for each in found.targets) == MOST
    table = "".join(f"k{n} = 1\n" for n in range(MOST + 1))
    targets = "".join(f'target "t{n}" {{ inherits = ["t0"] }}\n' for n in range(1, MOST + 1))
    assert len(read("docker-bake.hcl", f'target "t0" {{ args = {{ {table} }} }}\n{targets}').targets) == MOST


def test_defaults_multiply_little() -> None:
    text = f'variable "a" {{ default = "{"x" * 1000}" }}\ntarget "t" {{\ncontext = "{"${a}" * 100_000}"\n}}\n'
    begin = time.monotonic()
    assert read("docker-bake.hcl", text).problems == {"t": "its context would have to be computed"}
    assert time.monotonic() - begin < 2


def test_aliases_multiply_nothing() -> None:
    levels = "".join(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}\n" for n in range(1, 30))
    text = f"a0: &a0 {{web: {{build: x}}}}\n{levels}services: *a29\n"
    assert read("compose.yaml", text).targets == (Target("web", "x"),)
    assert read("compose.yaml", "services: &a\n  build: *a\n  <<: *a\n").targets == (Target("build"),)


_PIECES = ["target", '"a"', "{", "}", "[", "]", "(", ")", "=", ":", ",", "\n", '"', "${", "x", "1", "<<E\n", "\nE\n",
           "context", "variable", "default", '"${x}"', "services:", "build:", " ", "- ", "&a", "*a", "<<: ", "!x ", "#", "\\", "null", "\x00", "\ufeff"]  # fmt: skip


@given(st.sampled_from(sorted(NAMES)), st.lists(st.sampled_from(_PIECES), max_size=40).map("".join))
def test_nothing_makes_it_raise(name: str, text: str) -> None:
    for target in read(name, f"{text} build").targets:
        assert target.name is not None


def test_an_override_says_more() -> None:
    lower = Target("web", "app", "D", None, {"A": "1", "B": "2"}, {"base": "x"})
    assert Target("web", None, None, "dev", {"B": "3"}).over(lower) == Target(
        "web", "app", "D", "dev", {"A": "1", "B": "3"}, {"base": "x"}
    )


def test_names() -> None:
    assert {"compose.yaml", "docker-compose.override.yml", "docker-bake.hcl"} < buildfiles.NAMES
