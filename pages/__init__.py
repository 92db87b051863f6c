"""One file per address. `live.py` and `drawing.py` are how a page gets to the browser."""
