"""gunicorn's settings of the web process, for the bare server: the same but for the refresher."""

import runpy
from pathlib import Path

_ours = runpy.run_path(str(Path(__file__).resolve().parent.parent / "gunicorn.conf.py"))
OURS = ("post_fork", "worker_exit")  # they speak to the application
globals().update({name: value for name, value in _ours.items() if not name.startswith("_") and name not in OURS})
