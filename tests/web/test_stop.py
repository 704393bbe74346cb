"""The server is told to stop, as a container is: what runs can write down where it was."""

import signal
import subprocess
import sys
from pathlib import Path

from tests.app_server import ROOT, free_port, wait_until_healthy

SERVER = """
import sys, threading
from app.backend.common.jobs import JOBS, Job
from app.commands.serve import serve

def work(progress):
    try:
        while True:
            progress.report(0.5, "")
            pause.wait(0.01)
    finally:
        pause.wait(0.5)
        print("written down", flush=True)

pause = threading.Event()
JOBS.put(Job("ann", "training", work, "long"))
JOBS.put(Job("bob", "training", work, "long"))
serve("127.0.0.1", int(sys.argv[1]))
"""


def test_running_jobs_end_before_the_server_does(tmp_path: Path) -> None:
    log, port = tmp_path / "server.log", free_port()
    with log.open("wb") as output:
        command = [sys.executable, "-c", SERVER, str(port)]
        server = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
    try:
        wait_until_healthy(server, f"http://127.0.0.1:{port}", log)
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=30) == 0
    finally:
        server.kill()
    assert log.read_text().count("written down") == 1
