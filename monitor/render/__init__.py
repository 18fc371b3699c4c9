"""Shared by report and digest: escaping, labels in the reader's language, charts.

escape   safe links, bdi isolation, anchors, spreadsheet formulas neutralised
labels   `Labels`: words, counts, topic, language and country names, dates and numbers of a reader
words    the interface's words, one module a language
svg      a small SVG writer; `charts` draws with it for the HTML report
png      the same charts as PNG for mail, with their alternative text
"""
