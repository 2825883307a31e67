"""One server for all tests here that write: each makes or changes records of its own, so none is in another's way."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.databases import SQLiteDatabases
from tests.support.server import LiveServer, serving


@pytest.fixture(scope="session")
def written_server(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server over a copy of the demo that tests may write to."""
    data = tmp_path_factory.mktemp("written") / "data"
    shutil.copytree(demo_data, data)
    with serving(data, SQLiteDatabases.url(data / "taizhang.db")) as server:
        yield server
