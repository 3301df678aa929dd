"""The hooks for pre-commit and the action for GitHub, run as their hosts run them."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from running import DOCKERFILE, FIXED, ROOT, git, run

HOOKS = [hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())]


@pytest.fixture(scope="module")
def hooked(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A repository that uses every hook, and where pre-commit keeps what it installs for them."""
    folder = tmp_path_factory.mktemp("hooked")
    git("init", "--quiet", cwd=folder)
    repository = {
        "repo": str(checkout),
        "rev": git("rev-parse", "HEAD", cwd=checkout),
        "hooks": [{"id": name} for name in HOOKS],
    }
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [repository]}))
    return folder, {"PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("pre-commit"))}


def hook(name: str, hooked: tuple[Path, dict[str, str]], status: int) -> str:
    folder, places = hooked
    return run(sys.executable, "-m", "pre_commit", "run", name, cwd=folder, status=status, **places)


def test_hooks(hooked: tuple[Path, dict[str, str]]) -> None:
    assert HOOKS == ["lightship-check", "lightship-fix", "lightship-format"]
    folder = hooked[0]
    (folder / "app").mkdir()
    path = folder / "app" / "web.Dockerfile"
    path.write_text(DOCKERFILE)
    (folder / "app" / "web.Dockerfile.dockerignore").write_text("run pip install x\n")
    git("add", "--all", cwd=folder)

    said = hook("lightship-check", hooked, 1)
    assert "app/web.Dockerfile:2:5: warning pip-cache" in said
    assert "dockerignore" not in said
    assert "files were modified by this hook" in hook("lightship-fix", hooked, 1)
    assert path.read_text() == FIXED

    path.write_text(FIXED.replace(" --no", " \\\n--no"))
    git("add", "--all", cwd=folder)
    assert "files were modified by this hook" in hook("lightship-format", hooked, 1)
    assert path.read_text() == FIXED.replace(" --no", " \\\n    --no")
    git("add", "--all", cwd=folder)
    hook("lightship-fix", hooked, 0)
    hook("lightship-format", hooked, 0)


def act(checkout: Path, project: Path, tmp_path: Path, status: int, **inputs: str) -> tuple[str, str, str]:
    """What the action's script prints, and what it writes as the step's outputs and as the job's summary."""
    outputs, summary = tmp_path / "output", tmp_path / "summary"
    for path in (outputs, summary):
        path.write_text("")
    said = run(
        "bash", checkout / "integrations" / "github" / "check",
        cwd=project,
        status=status,
        PYTHON=sys.executable,
        GITHUB_ACTION_PATH=str(checkout),
        RUNNER_TEMP=str(tmp_path),
        GITHUB_OUTPUT=str(outputs),
        GITHUB_STEP_SUMMARY=str(summary),
        **inputs,
    )  # fmt: skip
    return said, outputs.read_text(), summary.read_text()


def test_action(checkout: Path, tmp_path: Path) -> None:
    project = tmp_path / "a project"
    (project / "web").mkdir(parents=True)
    (project / "web" / "Dockerfile").write_text(DOCKERFILE)
    (project / "Dockerfile").write_text(FIXED)
    git("init", "--quiet", cwd=project)
    git("add", "--all", cwd=project)
    git("commit", "--quiet", "--message", "First", cwd=project)

    said, outputs, summary = act(
        checkout, project, tmp_path, 1, LIGHTSHIP_PATHS="web", LIGHTSHIP_SARIF_FILE="out.sarif"
    )
    assert said.startswith("::warning file=web/Dockerfile,line=2,")
    assert outputs == "findings=1\n"
    assert "pip-cache" in summary
    results = json.loads((project / "out.sarif").read_text())["runs"][0]["results"]
    assert [result["ruleId"] for result in results] == ["pip-cache"]

    _, outputs, _ = act(checkout, project, tmp_path, 0, LIGHTSHIP_DIFF_BASE="HEAD")
    assert outputs == "findings=0\n"
    said, _, _ = act(
        checkout,
        project,
        tmp_path,
        1,
        LIGHTSHIP_PATHS="web/Dockerfile\nDockerfile",
        LIGHTSHIP_ARGUMENTS="--preset hadolint",
    )
    assert "DL3042" in said
    act(checkout, project, tmp_path, 2, LIGHTSHIP_PATHS="$(touch run-by-shell)")
    assert not list(project.glob("run-by*"))


def test_action_is_described() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    steps = action["runs"]["steps"]
    script = (ROOT / "integrations" / "github" / "check").read_text()
    for name in steps[-1]["env"]:
        assert f"{{{name}" in script, f"the script does not read {name}"
    assert {f"LIGHTSHIP_{name.upper().replace('-', '_')}" for name in action["inputs"]} == set(
        steps[-1]["env"]
    ) - {"PYTHON"}


def test_job_for_gitlab(checkout: Path, tmp_path: Path) -> None:
    (job,) = yaml.safe_load((ROOT / "integrations" / "gitlab.yml").read_text()).values()
    project = tmp_path / "project"
    project.mkdir()
    (project / "Dockerfile").write_text(DOCKERFILE)
    script = "\n".join(job["script"]).replace("/tmp/lightship", str(tmp_path / "venv"))
    run("bash", "-euc", script, cwd=project, status=1, LIGHTSHIP=str(checkout))

    (report,) = job["artifacts"]["reports"].values()
    (issue,) = json.loads((project / report).read_text())
    assert (issue["check_name"], issue["location"]) == (
        "pip-cache",
        {"path": "Dockerfile", "lines": {"begin": 2, "end": 2}},
    )
    assert list(job["variables"]) == ["LIGHTSHIP"]


def test_what_the_page_shows_is_what_there_is() -> None:
    page = (ROOT / "integrations" / "README.md").read_text()
    hooks, workflow = map(yaml.safe_load, re.findall(r"```yaml\n(.*?)```", page, re.DOTALL))
    assert {hook["id"] for hook in hooks["repos"][0]["hooks"]} <= set(HOOKS)
    (given,) = (
        step["with"] for step in workflow["jobs"]["lightship"]["steps"] if "/lightship@" in step["uses"]
    )
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    assert set(given) <= set(action["inputs"])
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    texts = (page, (ROOT / "integrations" / "gitlab.yml").read_text())
    assert {each for text in texts for each in re.findall(r"\bv\d+\.\d+\.\d+", text)} == {f"v{version}"}
