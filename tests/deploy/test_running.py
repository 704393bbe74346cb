"""What `make replicas` starts ends with it, however that ends."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from tests.app_server import ROOT

STARTER = """
import time
from deploy.replicas import Running
print(Running("a server", ["sleep", "60"]).process.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that the one that started it is gone")
def test_no_server_is_left_when_their_starter_is_killed() -> None:
    starter = subprocess.Popen([sys.executable, "-c", STARTER], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert starter.stdout
    server = int(starter.stdout.readline())
    assert is_running(server)
    starter.kill()
    starter.communicate()
    deadline = time.monotonic() + 10
    while is_running(server) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(server)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
