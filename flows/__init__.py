"""Prefect flows: thin, async, tasks over batches. They schedule; `monitor.pipeline` does the work."""
