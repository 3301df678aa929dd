"""The Language Server Protocol: the only room that knows pygls and lsprotocol."""

from . import quick_start as quick_start
