"""For all tests."""

import gc
import os
import sys

# The processes that tests start read what was compiled before: half a second each.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# Torch's threads spin while they wait: on a busy machine two take longer than one. Set before torch is imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_collection_finish() -> None:
    """What is there by now stays: the garbage collector need not go through all of it again and again."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
