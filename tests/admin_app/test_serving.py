"""The server as whoever starts and stops it meets it."""

import os
import signal
import subprocess
from pathlib import Path

from tests.support.databases import SQLiteDatabases
from tests.support.server import command, environment, free_port


def test_a_server_that_is_told_to_stop_while_it_starts_stops(tmp_path: Path, run_folder: Path) -> None:
    database_url = SQLiteDatabases(run_folder).copy_to(tmp_path / "taizhang.db")
    process = subprocess.Popen(
        [command(), "serve", "--workers", "1"],
        env=environment(tmp_path, database_url, PORT=str(free_port())),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        text=True,
    )
    try:
        assert process.stdout is not None
        said = next(line for line in process.stdout if "worker" in line)
        os.killpg(process.pid, signal.SIGTERM)  # as Ctrl-C does: the server and its worker, which does not listen yet
        rest, _ = process.communicate(timeout=60)
        assert process.returncode == 0, said + rest
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
