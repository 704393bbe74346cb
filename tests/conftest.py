"""For all tests."""

import os

# Torch's threads spin while they wait: on a busy machine two take longer than one. Set before torch is imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")
