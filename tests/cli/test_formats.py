"""Formats for CI: exact, well-formed whatever stands in a file, and valid by their own schemas."""

from __future__ import annotations

import importlib
import json
import re
import sqlite3
import xml.etree.ElementTree as ElementTree
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest
from command import FLAWED, RULE, Run

from lightship.cli.arguments import FORMATS
from lightship.formats import Checked, checkstyle, github, gitlab, junit, markdown, sarif, statistics
from lightship.lint import Diagnostic
from lightship.rules import Related
from lightship.terms import Severity
from lightship.text import Edit, Fix, Safety, Source, Span

ODD = "RUN 🚀 \x00\x1b\ufffe\udcff<&\"'>%\r\n\t|*_`[]]]> ::error::x,y:z"


def diagnostic(span: Span, message: str = "Why.", **more: Any) -> Diagnostic:
    return Diagnostic(RULE, ("DL1",), Severity.WARNING, span, message, rule=RULE, **more)


FIX = Fix("Do it", (Edit(Span(11, 12), "c"), Edit(Span(7, 10), "ADD")), Safety.SAFE)
SOURCE = Source("FROM a\nRUN b\n", "dir/Dockerfile")
FOUND = [
    Checked(
        SOURCE, (diagnostic(Span(7, 12), "A | `b|`: 5 %", fix=FIX, related=(Related(Span(0, 4), "here"),)),)
    ),
    Checked(Source("FROM b\n", "Containerfile"), ()),
]
NOTHING = [Checked(Source("FROM b\n"), ())]


def test_github() -> None:
    assert "".join(github.report(FOUND)) == (
        f"::warning file=dir/Dockerfile,line=2,endLine=2,col=1,endColumn=5,title={RULE}::A | `b|`: 5 %25\n"
    )
    assert "".join(github.report(NOTHING)) == ""


@pytest.mark.parametrize(
    ("severity", "level"),
    [("ERROR", "error"), ("WARNING", "warning"), ("INFO", "notice"), ("HINT", "notice")],
)
def test_github_has_three_levels(severity: str, level: str) -> None:
    found = Diagnostic(RULE, (), Severity[severity], Span(0, 4), "Why.")

    assert "".join(github.report([Checked(SOURCE, (found,))])).startswith(f"::{level} ")


def test_github_gets_one_line_for_each_finding() -> None:
    checked = Checked(Source(ODD, "a,b:c%\n"), (diagnostic(Span(0, 4), ODD),))
    (line,) = "".join(github.report([checked])).removesuffix("\n").split("\n")

    assert line.startswith("::warning file=a%2Cb%3Ac%25%0A,line=1,")
    assert line.endswith("%25%0D%0A\t|*_`[]]]> ::error::x,y:z")


def test_gitlab() -> None:
    (issue,) = json.loads("".join(gitlab.report(FOUND)))

    assert re.fullmatch("[0-9a-f]{64}", issue.pop("fingerprint"))
    assert issue == {
        "description": "A | `b|`: 5 %",
        "check_name": RULE,
        "severity": "major",
        "location": {"path": "dir/Dockerfile", "lines": {"begin": 2, "end": 2}},
    }
    assert json.loads("".join(gitlab.report(NOTHING))) == []


def test_fingerprints_differ_and_outlast_lines_above() -> None:
    def fingerprints(text: str) -> list[str]:
        spans = [Span(match.start(), match.end()) for match in re.finditer(r"RUN \w", text)]
        checked = Checked(Source(text), tuple(map(diagnostic, spans)))
        return [issue["fingerprint"] for issue in json.loads("".join(gitlab.report([checked])))]

    before = fingerprints("FROM a\nRUN b\nRUN b\nRUN c\n")
    assert len(set(before)) == 3
    assert fingerprints("FROM a\n\n# new\nRUN b\nRUN b\nRUN c\n") == before


def test_checkstyle() -> None:
    assert "".join(checkstyle.report(FOUND)) == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<checkstyle version="4.3">\n'
        '  <file name="dir/Dockerfile">\n'
        '    <error line="2" column="1" severity="warning" message="A | `b|`: 5 %"'
        f' source="lightship.{RULE}" />\n'
        "  </file>\n"
        '  <file name="Containerfile">\n'
        "  </file>\n"
        "</checkstyle>\n"
    )


def test_junit() -> None:
    assert "".join(junit.report(FOUND)) == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<testsuites name="lightship">\n'
        '  <testsuite name="dir/Dockerfile" tests="1" failures="1" errors="0">\n'
        f'    <testcase name="{RULE} (2:1)" classname="dir/Dockerfile" file="dir/Dockerfile" line="2">\n'
        '      <failure message="A | `b|`: 5 %" type="warning">dir/Dockerfile:2:1: A | `b|`: 5 %</failure>\n'
        "    </testcase>\n"
        "  </testsuite>\n"
        '  <testsuite name="Containerfile" tests="1" failures="0" errors="0">\n'
        '    <testcase name="lightship" classname="Containerfile" />\n'
        "  </testsuite>\n"
        "</testsuites>\n"
    )


@pytest.mark.parametrize("name", ["checkstyle", "junit"])
def test_xml_is_well_formed_whatever_is_in_it(name: str) -> None:
    report = importlib.import_module(f"lightship.formats.{name}").report
    text = "".join(report([Checked(Source(ODD, ODD), (diagnostic(Span(0, 4), ODD),))]))
    messages = [element.get("message") for element in ElementTree.fromstring(text.encode()).iter()]

    expected = re.sub("[\x00\x1b\ufffe\udcff]", "\ufffd", ODD)
    assert expected in messages


def test_markdown() -> None:
    assert "".join(markdown.report(FOUND)) == (
        "### dir/Dockerfile\n\n"
        "| line | severity | rule | finding |\n"
        "| ---: | --- | --- | --- |\n"
        f"| 2 | warning | {RULE} | A \\| `b\\|`: 5 % |\n\n"
        "1 finding in 2 files.\n"
    )
    assert "".join(markdown.report(NOTHING)) == "No findings in 1 file.\n"


def test_markdown_stays_in_its_table() -> None:
    text = "".join(markdown.report([Checked(Source(ODD), (diagnostic(Span(0, 4), ODD + "\n| <b>"),))]))

    (row,) = [line for line in text.split("\n") if line.startswith("| 1 |")]
    assert len(re.findall(r"(?<!\\)\|", row)) == 5
    assert not re.search(r"(?<!\\)[<*_]", row)


@pytest.mark.parametrize("message", ["```<b>`x", "`` `<b>``", "`x`<b>``", "a\\`<b>", "[x](command:y)"])
def test_markdown_of_a_message_is_no_more_than_text_and_code(message: str) -> None:
    """As CommonMark reads backticks: a run of them is closed by the next run of as many."""
    text = "".join(markdown.report([Checked(Source(""), (diagnostic(Span(0, 0), message),))]))

    plain = re.sub(r"\\.", "", re.sub(r"(?<![`\\])(`+)(?!`).*?(?<!`)\1(?!`)", "", text.split("| 1 |")[1]))
    assert not re.search(r"[<`\[]", plain)


def test_statistics() -> None:
    more = (diagnostic(Span(0, 4)), Diagnostic("a", (), Severity.INFO, Span(0, 4), "Why."))
    found = [*FOUND, Checked(SOURCE, more)]

    assert "".join(statistics.report(found)) == f"2  {RULE}  1 fixable\n1  a\n3  in all\n"
    assert json.loads("".join(statistics.as_json(found))) == [
        {"code": RULE, "count": 2, "fixable": 1},
        {"code": "a", "count": 1, "fixable": 0},
    ]
    assert "".join(statistics.report(NOTHING)) == "0  in all\n"


@pytest.fixture(scope="session")
def sarif_schema() -> Any:
    """The schema of SARIF 2.1.0, out of a package that holds a copy of SchemaStore: a table of pickled answers,
    in each of which the text of a schema stands as it is."""
    file = distribution("schemastore").locate_file("schemastore/cache.sqlite")
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as store:
        for (answer,) in store.execute("SELECT value FROM responses"):
            if b"(SARIF) Version 2.1.0 JSON Schema" in answer and b"schema-catalog.json" not in answer:
                text = answer[answer.index(b'{\r\n  "$schema"') :].decode(errors="replace")
                return json.JSONDecoder().raw_decode(text)[0]
    raise LookupError("no schema of SARIF 2.1.0")


def validate(log: Any, schema: Any) -> None:
    from jsonschema import Draft7Validator

    assert [error.message for error in Draft7Validator(schema).iter_errors(log)] == []


def test_sarif(sarif_schema: Any) -> None:
    log = json.loads("".join(sarif.report(FOUND)))
    validate(log, sarif_schema)
    (run,) = log["runs"]
    (rule,) = run["tool"]["driver"]["rules"]
    location = {"uri": "dir/Dockerfile"}

    assert (rule["id"], rule["properties"]["tags"][0]) == (RULE, "reproducibility")
    assert rule["help"]["markdown"].startswith(rule["shortDescription"]["text"])
    assert run["results"] == [
        {
            "ruleId": RULE,
            "ruleIndex": 0,
            "level": "warning",
            "message": {"text": "A | `b|`: 5 %"},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": location,
                        "region": {"startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 6},
                    }
                }
            ],
            "relatedLocations": [
                {
                    "id": 0,
                    "physicalLocation": {
                        "artifactLocation": location,
                        "region": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 5},
                    },
                    "message": {"text": "here"},
                }
            ],
            "fixes": [
                {
                    "description": {"text": "Do it"},
                    "artifactChanges": [
                        {
                            "artifactLocation": location,
                            "replacements": [
                                {
                                    "deletedRegion": {
                                        "startLine": 2,
                                        "startColumn": 1,
                                        "endLine": 2,
                                        "endColumn": 4,
                                    },
                                    "insertedContent": {"text": "ADD"},
                                },
                                {
                                    "deletedRegion": {
                                        "startLine": 2,
                                        "startColumn": 5,
                                        "endLine": 2,
                                        "endColumn": 6,
                                    },
                                    "insertedContent": {"text": "c"},
                                },
                            ],
                        }
                    ],
                    "properties": {"safety": "safe"},
                }
            ],
        }
    ]


def test_sarif_counts_columns_as_its_readers_do(sarif_schema: Any) -> None:
    broken = Fix("\udcff", (Edit(Span(0, 0), "\udcff"),), Safety.SAFE)
    source = Source(ODD, "a b/日本\udcff:%.Dockerfile")
    log = json.loads("".join(sarif.report([Checked(source, (diagnostic(Span(6, 7), ODD, fix=broken),))])))
    validate(log, sarif_schema)
    (result,) = log["runs"][0]["results"]
    location = result["locations"][0]["physicalLocation"]

    assert location["region"]["startColumn"] == 8  # behind a character of two code units
    assert location["artifactLocation"]["uri"] == "a%20b/%E6%97%A5%E6%9C%AC%FF%3A%25.Dockerfile"
    assert "fixes" not in result


def test_sarif_of_real_files(run: Run, corpus: list[Path], sarif_schema: Any) -> None:
    files = [str(path) for path in corpus[::60]]
    log = json.loads(run("check", "--format", "sarif", "--select", "all", *files).out)
    validate(log, sarif_schema)
    results, rules = log["runs"][0]["results"], log["runs"][0]["tool"]["driver"]["rules"]

    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in results)
    assert any("fixes" in result for result in results)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_there(run: Run, folder: Path, name: str) -> None:
    (folder / "Dockerfile").write_text(FLAWED)
    status, out, err = run("check", "--select", RULE, "--format", name)

    assert (status, err) == (1, "")
    assert RULE in out
