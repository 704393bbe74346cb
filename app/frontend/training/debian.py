"""Debian's package of Fashion-MNIST, which is named only to somebody who can install it where it would be used."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache

from inception_models.training.datasets import fashion_folder

from ..kit.visitor import is_on_this_computer

PACKAGE = "dataset-fashion-mnist"
APT_SECONDS = 5


def package_helps() -> bool:
    """Whether the data set is missing, the package manager here has it, and the person is at this computer."""
    return fashion_folder() is None and is_on_this_computer() and _offered()


@cache
def _offered() -> bool:
    if shutil.which("apt-cache") is None:
        return False
    try:
        asked = subprocess.run(("apt-cache", "show", PACKAGE), capture_output=True, timeout=APT_SECONDS, check=False)
    except (OSError, subprocess.SubprocessError):
        return False
    return asked.returncode == 0 and bool(asked.stdout)
