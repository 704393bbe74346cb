"""Several servers of the page on this machine, behind Debian's nginx: what compose.yaml starts, without containers.

People are at ``--port``; the servers have the ports after it. Everything that was started ends with this program, on
Linux also where that is killed.
"""

from __future__ import annotations

import argparse
import ctypes
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from app.cli import complaint
from app.commands.serve import EVERYWHERE, HOSTS, check_address

LOGGER = logging.getLogger(__name__)
FOLDER = Path(__file__).resolve().parent
MOST_REPLICAS = 64
PATIENCE_SECONDS = 120  # for all servers to answer
STOP_SECONDS = 20  # for a server to end: its jobs have half of that
LOOK_SECONDS = 2  # between two looks at who has ended
PR_SET_PDEATHSIG = 1  # of <linux/prctl.h>
MISSING = "nginx is missing. On Debian and Ubuntu: apt install nginx; on macOS: brew install nginx."


def replicas_conf(addresses: Sequence[str]) -> str:
    """What nginx.conf includes: each replica with the others as its reserve, found by the cookie that names it."""
    names = [f"replica{number}" for number in range(1, len(addresses) + 1)]
    groups = {"any_replica": ["least_conn;", *map(_server, addresses)]}
    for name, own in zip(names, addresses, strict=True):
        others = (_server(other, " backup") for other in addresses if other != own)
        groups[name] = [_server(own), *others]
    upstreams = [_block(f"upstream {group}", lines) for group, lines in groups.items()]
    wanted = _block("map $cookie_inception_replica $replica", ["default any_replica;", *(f"{n} {n};" for n in names)])
    last = (f'"~{re.escape(address)}$" {name};' for name, address in zip(names, addresses, strict=True))
    answered = _block("map $upstream_addr $answered_by", ['default "";', *last])
    return "\n".join((f"# python -m deploy.replicas --conf {' '.join(addresses)}", *upstreams, wanted, answered, ""))


def _server(address: str, role: str = "") -> str:
    return f"server {address} max_fails=1 fail_timeout=5s{role};"


def _block(head: str, lines: Sequence[str]) -> str:
    return "\n    ".join((f"{head} {{", *lines)) + "\n}"


def nginx_program() -> str:
    """Where nginx is.

    Raises:
        ValueError: where it is not installed.
    """
    places = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))  # not on everybody's path
    if program := shutil.which("nginx", path=places):
        return program
    raise ValueError(MISSING)


def nginx_command(folder: Path, host: str, port: int, addresses: Sequence[str]) -> list[str]:
    """nginx in the foreground, with its settings and all that it writes in ``folder``."""
    listen = f"listen {f'[{host}]' if ':' in host else host}:{port};"
    settings = re.sub(r"listen \d+;", listen, (FOLDER / "nginx.conf").read_text(encoding="utf-8"))
    (folder / "nginx.conf").write_text(settings, encoding="utf-8")
    (folder / "replicas.conf").write_text(replicas_conf(addresses), encoding="utf-8")
    return [nginx_program(), "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]


def serve_replicas(count: int, host: str, port: int) -> None:
    """Serve until a signal or Ctrl-C says to stop. A server that ends otherwise is started again.

    Raises:
        ValueError: where a port is taken, nginx is missing, or one of them does not start.
    """
    ports = range(port + 1, port + 1 + count)
    check_address(host, port)
    for own in ports:
        check_address("127.0.0.1", own)
    names = os.environ.get(HOSTS) or ("*" if host in EVERYWHERE else f"localhost,127.0.0.1,{host}")
    running: list[Running] = []
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with TemporaryDirectory() as folder:
        nginx = nginx_command(Path(folder), host, port, [f"127.0.0.1:{own}" for own in ports])
        try:
            for own in ports:
                command = [sys.executable, "-m", "app", "serve", "--port", str(own)]
                running.append(Running(f"The server at port {own}", command, os.environ | {HOSTS: names}))
            for own, server in zip(ports, running, strict=True):
                server.wait_until_healthy(f"127.0.0.1:{own}")
            running.append(Running("nginx", nginx))
            running[-1].wait_until_healthy(f"{'127.0.0.1' if host in EVERYWHERE else host}:{port}")
            print(f"Inception Explorer, {count} times: http://{host}:{port}", flush=True)
            while True:
                time.sleep(LOOK_SECONDS)
                for program in running:
                    program.revive()
        finally:
            stop(running)


def die_with_parent() -> None:
    """Linux ends this process when the one that started it does, also where that is killed and cannot say so."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Running:
    """A program that was started, and is started again where it ends. Ctrl-C reaches this process alone."""

    def __init__(self, name: str, command: list[str], environment: Mapping[str, str] | None = None) -> None:
        self._name, self._command, self._environment = name, command, environment
        self.process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._command,
            cwd=FOLDER.parent,
            env=self._environment,
            stdout=subprocess.DEVNULL,  # addresses that are not people's
            start_new_session=True,
            preexec_fn=die_with_parent if sys.platform == "linux" else None,
        )

    def wait_until_healthy(self, address: str) -> None:
        """Return once it answers.

        Raises:
            ValueError: where it ends, or does not answer in time.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            with suppress(OSError), urllib.request.urlopen(f"http://{address}/_stcore/health", timeout=5):
                return
            time.sleep(0.1)
        raise ValueError(f"{self._name} did not start; what it wrote is above.")

    def revive(self) -> None:
        """Start it again, if it has ended."""
        code = self.process.poll()
        if code is not None:
            LOGGER.warning("%s ended with code %d and is started again.", self._name, code)
            self.process = self._started()


def stop(programs: Sequence[Running]) -> None:
    """End all of them, the last one first, and wait until they have."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    for program in reversed(programs):
        program.process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for program in programs:
        try:
            program.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            program.process.kill()


def main() -> int:
    """The program; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m deploy.replicas", description=__doc__)
    parser.add_argument("--count", type=int, default=2, help="how many servers (default: 2)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=8501, help="people's port (default: 8501)")
    parser.add_argument("--conf", nargs="+", metavar="ADDRESS", help="write replicas.conf for these servers, and end")
    args = parser.parse_args()
    if args.conf:
        print(replicas_conf(args.conf), end="")
        return 0
    try:
        if not 1 <= args.count <= MOST_REPLICAS:
            raise ValueError(f"--count is a whole number from 1 to {MOST_REPLICAS}, not {args.count}.")
        serve_replicas(args.count, args.host, args.port)
    except (ValueError, OSError) as problem:
        print(complaint(problem), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
