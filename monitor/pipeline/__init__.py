"""Composes the stages: ingest (fetch to entries), analyse (annotate, group), publish (report, digest).

Only this room, `cli` and `flows` know the configuration; stages are handed plain options.
"""
