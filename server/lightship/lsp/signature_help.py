"""`textDocument/signatureHelp`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from ..features.signature_help import Signature
    from .documents import Document
    from .server import Server

OPTIONS = types.SignatureHelpOptions([" ", "-", "=", "[", ",", ":"])
_INFORMATION = ("textDocument", "signatureHelp", "signatureInformation")


def signature_help(
    server: Server, document: Document, params: types.SignatureHelpParams
) -> types.SignatureHelp | None:
    from ..features.signature_help import signature_help

    found = signature_help(document.build, document.convert.offset(params.position))
    if found is None:
        return None
    offsets = bool(server.client(*_INFORMATION, "parameterInformation", "labelOffsetSupport"))
    markdown = types.MarkupKind.Markdown.value in server.listed(*_INFORMATION, "documentationFormat")
    signatures = [_signature(each, offsets, markdown) for each in found.signatures]
    return types.SignatureHelp(signatures, active_signature=0, active_parameter=found.parameter)


def _signature(signature: Signature, offsets: bool, markdown: bool) -> types.SignatureInformation:
    """Parameters by their place in the label where the client takes that: their words may stand there twice."""
    label = signature.label
    return types.SignatureInformation(
        label,
        types.MarkupContent(
            types.MarkupKind.Markdown if markdown else types.MarkupKind.PlainText, signature.documentation
        ),
        [
            types.ParameterInformation((start, end) if offsets else label[start:end])
            for start, end in signature.parameters
        ],
    )
