"""The engine that all tests of images share."""

from __future__ import annotations

from collections.abc import Iterator

import engines
import pytest


@pytest.fixture(scope="session")
def engine() -> Iterator[None]:
    """An engine with the base images that the tests need, or the reason why there is none."""
    with engines.engine() as missing:
        if missing:
            pytest.skip(missing)
        yield
