"""Where a shell reads variables and where it sets them."""

from __future__ import annotations

import pytest

from lightship.syntax.shell_variables import of_windows, variables


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ('echo $a ${b:-$c} "$d" ${#e} "${f%%x}" $1 $# $?', "a b c d e f"),
        ("A=1 B=$C cmd", "A= B= C"),
        ("echo $((A + 1)); ((B++))", "A B"),
        ("export A=1 B; unset C; local D", "A= B= C= D="),
        ("for A in $B; do read -r C D; done", "A= B C= D="),
        ("readlink A; echo read B", ""),
        ("sh -c 'echo $A'", "A'"),
        ("echo '$' \\$A \\\\$B", "B"),
        ("cat <<E\n$A\nE\ncat <<'E'\n$B\nE\n", "A"),
        ("echo $A:b echo${B}", "A B"),
        ('echo "${A', "A"),
        ("é=ü; echo 'ß' $A", "A"),
    ],
)
def test_variables_of_a_body(body: str, found: str) -> None:
    """`A=` is set, `A'` stands in single quotes."""
    named = variables(body)
    marks = (each.name + "=" * each.sets + "'" * each.quoted for each in named)
    assert " ".join(marks) == found
    assert all(body[each.span.start : each.span.end] == each.name for each in named)


def test_the_shells_of_windows() -> None:
    powershell = of_windows("Write-Host $env:A ${Env:B} $C %D%", r"C:\Windows\PowerShell.exe")
    assert [each.name for each in powershell] == ["A", "B"]
    assert [each.name for each in of_windows("echo %A% $env:B", "cmd")] == ["A"]
    assert not [*of_windows("echo %A%", "python")]
