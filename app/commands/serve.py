"""``serve``: starts the page with Streamlit's own server. Torch is imported meanwhile, so that nobody waits for it."""

from __future__ import annotations

import atexit
import errno
import gc
import os
import signal
import socket
import sys
import threading
from argparse import ArgumentParser
from importlib import import_module

from inception_models import __version__
from inception_models.arch.rules import shown

from ..backend.common.limits import GONE_SECONDS, MAX_ONNX_BYTES, MAX_UPLOAD_BYTES, MAX_WEIGHTS_BYTES, PREFIX
from ..backend.common.log import LOG, LOG_FORMATS, log_as_json, log_format, noted
from . import Command

MAX_PORT = 65_535
EVERYWHERE = ("0.0.0.0", "::")  # every interface of this machine

HOSTS = f"{PREFIX}HOSTS"
"""The environment variable with the names under which a proxy serves the page, separated by commas."""


def _add_options(parser: ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=8501, help="port to listen on (default: 8501)")
    parser.add_argument(
        "--log-format",
        choices=LOG_FORMATS,
        help=f"json: a line of JSON for each event, without personal data (default: what {LOG} says, else text)",
    )


def serve(host: str, port: int, log: str | None = None) -> int:
    """Serve the app until it is stopped; returns the exit code.

    Raises:
        ValueError: where it cannot listen there, or cannot log so.
    """
    check_address(host, port)
    as_json = (log or log_format()) == "json"
    if as_json:
        log_as_json()
    else:
        print(f"Inception Explorer: http://{'127.0.0.1' if host in EVERYWHERE else host}:{port}", flush=True)
    noted("start", version=__version__, port=port)
    atexit.register(noted, "stop")  # before what is registered later: the jobs end first
    # Torch's threads would spin while they wait for one another, against the threads of other visitors.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

    from ..web import MAIN, application

    threading.Thread(target=_warm_up, daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # handed on by the server once it has stopped; jobs end then
    sys.argv = [str(MAIN)]  # beside which Streamlit looks for its settings
    settings = {"server.address": host, "server.port": port, "logger.hideWelcomeMessage": True}
    application().run(config=settings | host_settings(host) | limit_settings())
    return 0


def check_address(host: str, port: int) -> None:
    """See whether a server can listen there, before anything is started.

    Raises:
        ValueError: where it cannot, with what would help.
    """
    if not 1 <= port <= MAX_PORT:
        raise ValueError(f"The port must be a whole number from 1 to {MAX_PORT}, not {shown(port)}.")
    try:
        [(family, kind, _, _, address), *_] = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise ValueError(f"{shown(host)} is not a host that can be found; --host 127.0.0.1 is this machine.") from None
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server: one that has ended is no obstacle
        try:
            probe.bind(address)
        except OSError as problem:
            raise ValueError(_not_there(host, port, problem)) from None


def _not_there(host: str, port: int, problem: OSError) -> str:
    match problem.errno:
        case errno.EADDRINUSE:
            return f"Port {port} is in use by another program; take another one, such as --port {port % MAX_PORT + 1}."
        case errno.EACCES:
            return f"Port {port} may not be used by this account; one from 1024 on may, such as --port 8501."
        case _:
            return f"{shown(host)} is not an address of this machine; --host 127.0.0.1 is."


def host_settings(host: str) -> dict[str, object]:
    """What Streamlit must be told so that the page is served under the host's name.

    The configuration allows this machine's names only, against DNS rebinding; whoever names another host wants it.
    """
    names = [name.strip() for name in os.environ.get(HOSTS, "").split(",") if name.strip()]
    if names or host in EVERYWHERE:
        return {"server.allowedHosts": names or ["*"], "browser.serverAddress": "localhost"}
    if host in ("127.0.0.1", "localhost", "::1"):
        return {}
    return {"server.allowedHosts": [host]}


def limit_settings() -> dict[str, object]:
    """The limits that Streamlit itself holds, one megabyte more than a file may have: it counts what is around it."""
    return {
        "server.maxUploadSize": max(MAX_UPLOAD_BYTES, MAX_WEIGHTS_BYTES, MAX_ONNX_BYTES) // 2**20 + 1,
        "server.disconnectedSessionTTL": GONE_SECONDS,
    }


def _warm_up() -> None:
    """Importing the page takes about a second, torch two, tracing the first network a tenth of one.

    Then the objects of all these modules are put out of the garbage collector's way: going through them takes it a
    sixth of a second, in the middle of somebody's edit. Done later, it would keep what people have for ever.
    """
    from inception_models import ARCHITECTURES

    from ..backend import analyze

    import_module("..frontend.pages", __package__)  # which Streamlit's script begins with, and no command does
    analyze(ARCHITECTURES["googlenet"])
    gc.collect()
    gc.freeze()


COMMAND = Command(
    "start the app in the browser", _add_options, lambda args: serve(args.host, args.port, args.log_format)
)
