"""A media monitor: feeds in, stories, topics, citations, claims and digests out.

fetch -> parse -> normalise -> (entries) -> annotate -> group -> report -> digest -> mail
"""

__version__ = "0.1.0"
