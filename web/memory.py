"""What a process no longer needs goes back to the system: answers about long ranges are worked out in big arrays."""

import ctypes

TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8  # of glibc's malloc.h
KIB = 1024


def give_back() -> None:
    """Have arrays from 64 KiB on be memory of their own, and few heaps; where there is no glibc nothing changes."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        for option, value in ((MMAP_THRESHOLD, 64 * KIB), (TRIM_THRESHOLD, 128 * KIB), (ARENA_MAX, 2)):
            mallopt(option, value)
