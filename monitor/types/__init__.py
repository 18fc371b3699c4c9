"""Frozen dataclasses handed from stage to stage, one module a stage."""
