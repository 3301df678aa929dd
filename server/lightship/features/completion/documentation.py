"""What an item is about, in Markdown: looked up only for the one that somebody looks at."""

from __future__ import annotations

from collections.abc import Mapping

from ...knowledge.instructions import DIRECTIVES, INSTRUCTIONS, MOUNTS, TIPS, Doc
from ...knowledge.settings import ENVIRONMENT


def about(topic: str, pages: Mapping[str, str]) -> str:
    """The text of an item's `topic`; '' where there is none. `pages` are the rules', by name and alias."""
    match topic.split(" "):
        case ["instruction", keyword] if doc := INSTRUCTIONS.get(keyword):
            return _page(doc, TIPS.get(keyword, ""))
        case ["flag", keyword, name] if (doc := INSTRUCTIONS.get(keyword)) and name in doc.flags:
            return _page(doc.flags[name])
        case ["mount", kind] if kind in MOUNTS:
            return _page(MOUNTS[kind])
        case ["mount", kind, option] if kind in MOUNTS and option in MOUNTS[kind].options:
            return f"{MOUNTS[kind].options[option]}\n\n[Reference]({MOUNTS[kind].url})"
        case ["directive", name] if name in DIRECTIVES:
            return _page(DIRECTIVES[name])
        case ["environment", name] if name in ENVIRONMENT:
            return ENVIRONMENT[name].meaning
        case ["rule", name]:
            return pages.get(name, "").partition("\n## ")[0].strip()
    return ""


def _page(doc: Doc, tip: str = "") -> str:
    syntax = "\n".join(doc.syntax)
    parts = (
        f"> {tip}" if tip else "",
        doc.summary,
        f"```dockerfile\n{syntax}\n```" if syntax else "",
        f"[Reference]({doc.url})",
    )
    return "\n\n".join(part for part in parts if part)
