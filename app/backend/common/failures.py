"""What is said to a person where the machine has failed: one sentence, whatever the exception."""

from __future__ import annotations

import errno

# PyTorch's own, of the processor and of every GPU, and those of CUDA's libraries
MEMORY_WORDS = ("can't allocate memory", "out of memory", "ALLOC_FAILED")
REFUSED_WRITES = (errno.EROFS, errno.EACCES, errno.EPERM)


def machine_failure(problem: BaseException) -> str:
    """Why it failed, and the remedy, where memory, the disk or a permission is the reason; else an empty text."""
    if _is_about_memory(problem):
        return (
            "This machine has not enough free memory for it. A narrower network, a smaller input or batch needs less;"
            " otherwise try again when others have finished."
        )
    if not isinstance(problem, OSError):
        return ""
    place = f": {problem.filename}" if problem.filename else ""
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full{place}. Free some space there, then try again."
    if problem.errno in REFUSED_WRITES:
        return f"The file system does not allow it{place} ({problem.strerror}). Allow it, or choose another folder."
    return ""


def _is_about_memory(problem: BaseException) -> bool:
    if isinstance(problem, MemoryError):
        return True
    if isinstance(problem, OSError):
        return problem.errno == errno.ENOMEM
    return isinstance(problem, RuntimeError) and any(words in str(problem) for words in MEMORY_WORDS)
