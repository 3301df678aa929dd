"""What reports in XML share: text as XML 1.0 can carry it."""

from __future__ import annotations

import re

from .. import regex
from . import plain

HEADER = '<?xml version="1.0" encoding="UTF-8"?>\n'
_FORBIDDEN = regex.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPECIAL = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}


def attributes(**values: object) -> str:
    """` name="value"` for each value."""
    return "".join(f' {name}="{escape(str(value))}"' for name, value in values.items())


def escape(text: str) -> str:
    """`text` for an attribute or between tags; characters that XML does not know, or advises against, become
    U+FFFD."""
    return re.sub('[&<>"\t\n\r]', lambda match: _SPECIAL[match[0]], _FORBIDDEN.sub("\ufffd", plain(text)))
