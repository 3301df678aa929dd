"""One server for as many tests as can share it: a process costs more than a test."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from client import Client

_numbers = count(1)


@pytest.fixture
def uri() -> str:
    """A document that no other test has opened."""
    return f"file:///nowhere/{next(_numbers)}/Dockerfile"


@pytest.fixture(scope="module")
def shared() -> Iterator[Client]:
    """A server that has been initialized by a client with no abilities."""
    with Client() as client:
        client.initialize()
        yield client


@pytest.fixture
def fresh() -> Iterator[Client]:
    """A server to which nothing has been said."""
    with Client() as client:
        yield client
