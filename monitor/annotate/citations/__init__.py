"""Whom a text attributes its information to: cues around names, signs around names, links, forwards."""
