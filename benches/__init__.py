"""Measured speed and quality, one command each: `python -m benches.NAME`."""
