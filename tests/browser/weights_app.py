"""The real app, but two rows of the table of published checkpoints point to addresses of the test's own.

``python -m tests.browser.weights_app PORT ID URL ID URL``
"""

from __future__ import annotations

import sys
from dataclasses import replace
from types import MappingProxyType

from app.commands.serve import serve
from inception_models.checkpoints import catalogue

if __name__ == "__main__":
    rows = dict(catalogue.CHECKPOINTS)
    for name, url in zip(sys.argv[2::2], sys.argv[3::2], strict=True):
        rows[name] = replace(rows[name], remote=catalogue.Remote(url, 52_000_000, ""))
    catalogue.CHECKPOINTS = MappingProxyType(rows)  # before any other module imports it
    sys.exit(serve("127.0.0.1", int(sys.argv[1])))
