"""Logins belong to the whole cluster, which all workers of a run share: what changes them is done by one worker.

A login whose password is changed is of a province that no other test signs in as.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.cluster import Cluster

from provinces import provisioning

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the group in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("logins"))


@pytest.fixture
def qinghai(border: Cluster) -> Iterator[str]:
    """A province of this test alone; its code."""
    provisioning.provision(
        "qh", name="青海", title="青海省市场监督管理局", agency_word="青市监", division_code="630000"
    )
    yield "qh"
    border.remove_province("qh")
