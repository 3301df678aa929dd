"""The word that was meant."""

from __future__ import annotations

from collections.abc import Collection


def nearest(word: str, known: Collection[str]) -> str:
    """`: did you mean "…"?` for a misspelt word, or a full stop where nothing is near."""
    import difflib

    if len(word) > 100:
        return "."
    folded = {name.lower(): name for name in sorted(known, reverse=True)}
    close = difflib.get_close_matches(word.lower().replace("_", "-"), folded, n=1)
    return f': did you mean "{folded[close[0]]}"?' if close else "."
