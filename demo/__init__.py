"""The demo: a made-up but consistent world whose events go through the real pipeline."""
