"""What is shown, in Markdown: the same for all that a hover may be about."""

from __future__ import annotations

from dataclasses import dataclass

from ...knowledge.instructions import Doc
from ...text import Span


@dataclass(frozen=True)
class Hover:
    """Markdown, and what it is about."""

    markdown: str
    span: Span


def document(doc: Doc, title: str = "", tip: str = "") -> str:
    """A tip, what it is, how it is written (unless the title says so), an example, and where to read on."""
    syntax = "" if title else "\n".join(doc.syntax)
    examples = "\n".join(example for example in doc.examples if example not in doc.syntax)
    parts = [
        f"> {tip}" if tip else "",
        f"**`{title}`**\n\n{doc.summary}" if title else doc.summary,
        f"```dockerfile\n{syntax}\n```" if syntax else "",
        f"For example:\n\n```dockerfile\n{examples}\n```" if examples else "",
        f"[Reference]({doc.url})",
    ]
    return "\n\n".join(part for part in parts if part)
