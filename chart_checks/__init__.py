"""Holds the Helm chart against what it promises: `make check-chart`, and what of it every test run repeats."""
