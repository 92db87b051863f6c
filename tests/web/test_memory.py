"""What a process no longer needs goes back to the system."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Blocks of 100 KiB, between them small ones that stay: a heap of which nothing could be given back.
WORK = """
from pathlib import Path
from web.memory import give_back
def held():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(one.split()[1]) for one in lines if one.startswith("VmRSS:"))
give_back()
before = held()
pairs = [(bytearray(100 * 1024), bytearray(1000)) for _ in range(1000)]
most = held()
kept = [small for _, small in pairs]
del pairs
print(most - before, held() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc to read the memory of a process from")
def test_large_blocks_go_back_to_the_system_though_small_ones_between_them_stay():
    ran = subprocess.run([sys.executable, "-c", WORK], cwd=ROOT, capture_output=True, text=True, check=True)
    most, left = map(int, ran.stdout.split())
    assert most > 90_000  # KiB
    assert left < most / 4
