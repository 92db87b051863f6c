"""Runs commands of the image as its user, on a root that cannot be written, with an own /tmp."""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from image_check.building import UID, Image

USER = ["setpriv", f"--reuid={UID}", f"--regid={UID}", "--clear-groups", "--no-new-privs", "--"]
# In a mount namespace of its own: every file system is made read-only but the kernel's, and /tmp is new.
READ_ONLY = r"""
set -e
while read -r _ place type _; do
  case "$type" in proc|sysfs|devtmpfs|devpts|mqueue|cgroup*) ;; *)
    mount -o remount,bind,ro "$place" 2>/dev/null || true ;; esac
done < /proc/self/mounts
mount -t tmpfs -o size=64m,mode=1777 tmpfs /tmp
if touch "$0/written" 2>/dev/null; then echo "the root can be written" >&2; exit 99; fi
if [ -n "$FILL_TMP" ]; then dd if=/dev/zero of=/tmp/full bs=64k 2>/dev/null || true; fi
cd "$0"
exec "$@"
"""


@dataclass(frozen=True, slots=True)
class Runner:
    """Starts what an image holds. `isolated`: as the stranger and read-only, which takes root's rights."""

    image: Image
    environment: Mapping[str, str]
    logs: Path
    isolated: bool

    def start(self, name: str, command: Sequence[str], **more: str) -> "subprocess.Popen[bytes]":
        """A process; what it says goes to a log."""
        words = [str(self.image.venv / "bin" / command[0]), *command[1:]]
        if self.isolated:
            words = ["unshare", "--mount", "--", "sh", "-c", READ_ONLY, str(self.image.srv), *USER, *words]
        environment = {
            **self.environment,
            **more,
            "PATH": f"{self.image.venv}/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin",
        }
        with (self.logs / f"{name}.log").open("wb") as log:
            return subprocess.Popen(words, cwd=self.image.srv, env=environment, stdout=log, stderr=log)

    def run(self, name: str, command: Sequence[str], **more: str) -> int:
        """Its exit code, once it has ended."""
        process = self.start(name, command, **more)
        try:
            return process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()

    def log(self, name: str) -> str:
        """What it said."""
        return (self.logs / f"{name}.log").read_text(errors="replace")


def stopped(process: "subprocess.Popen[bytes]") -> int:
    """Its exit code after a SIGTERM."""
    process.send_signal(signal.SIGTERM)
    try:
        return process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def may_isolate() -> bool:
    """Whether we may make a mount namespace and become another user."""
    if os.geteuid() != 0 or not (shutil.which("unshare") and shutil.which("setpriv")):
        return False
    return subprocess.run(["unshare", "--mount", "--", "true"], capture_output=True, check=False).returncode == 0
