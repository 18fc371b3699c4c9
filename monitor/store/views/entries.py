"""Views of entries, their texts, and what analysis found in them."""

from __future__ import annotations

ADDRESS = "CASE f.kind WHEN 'telegram' THEN 'https://t.me/s/' || f.address ELSE f.address END"
"""A feed's identity as a URL."""

REPORT_ENTRIES = f"""\
SELECT e.id AS entry_id, e.uid, e.kind, f.slug AS feed, {ADDRESS} AS feed_url,
       o.name AS outlet, o.slug AS outlet_slug, o.country, o.ownership,
       e.external_id, e.url, r.title, e.language, e.language_declared,
       e.published_at, e.published_raw, e.date_source, e.observed_at, e.effective_at, e.day,
       e.backlog, e.author, e.categories, e.links, e.source_url,
       e.forward_channel, e.forward_post, e.album_ids, e.reply_to, e.media, e.views_first, e.views_last,
       e.gone_at, r.id AS revision_id, r.number AS revisions,
       e.story_id, s.cluster_id
  FROM entries e
  JOIN feeds f ON f.id = e.feed_id
  JOIN outlets o ON o.id = f.outlet_id
  JOIN revisions r ON r.entry_id = e.id AND r.is_current
  LEFT JOIN stories s ON s.id = e.story_id"""  # noqa: S608 - constants

REPORT_TEXTS = """\
SELECT r.entry_id, r.id AS revision_id, r.number, r.is_current, r.title, r.body, r.source,
       r.observed_at, r.sha256, r.purged_at
  FROM revisions r"""

REPORT_TOPICS = """\
SELECT a.entry_id, a.revision_id, t.topic, t.score, t.accepted, t.rules, t.classifier_score,
       a.taxonomy_version, a.code_version,
       CASE WHEN t.rules_accepted IS NULL THEN NULL WHEN t.accepted THEN 'confirmed' ELSE 'rejected' END AS decision
  FROM annotations a
  JOIN entry_topics t ON t.annotation_id = a.id
 WHERE a.valid_to IS NULL"""

REPORT_MENTIONS = """\
SELECT a.entry_id, a.revision_id, m.topic, m.term, m.field, m.start_char, m.end_char, m.rule,
       a.taxonomy_version
  FROM annotations a
  JOIN mentions m ON m.annotation_id = a.id
 WHERE a.valid_to IS NULL"""

REPORT_ENTITIES = """\
SELECT a.entry_id, a.revision_id, n.kind, n.code, n.field, n.start_char, n.end_char, a.taxonomy_version
  FROM annotations a
  JOIN entities n ON n.annotation_id = a.id
 WHERE a.valid_to IS NULL
UNION ALL
SELECT h.entry_id, h.revision_id, 'watchlist' AS kind, w.watchlist || ':' || w.external_id AS code,
       h.field, h.start_char, h.end_char, NULL AS taxonomy_version
  FROM watchlist_hits h
  JOIN watchlist_entries w ON w.id = h.watchlist_entry_id AND w.removed_at IS NULL
  JOIN revisions r ON r.id = h.revision_id AND r.is_current"""

REPORT_CITATIONS = """\
SELECT a.entry_id, a.revision_id, o.name AS outlet,
       CASE WHEN substr(d.new, 1, 1) = '=' THEN substr(d.new, 2) ELSE c.cited END AS cited_outlet, c.kind,
       c.root AS root_outlet, c.resolved, c.chain, c.chain_state, c.rule, c.field, c.start_char, c.end_char,
       e.published_at, CASE WHEN substr(d.new, 1, 1) = '=' THEN 'corrected' ELSE d.new END AS decision,
       c.cited AS cited_as
  FROM annotations a
  JOIN citations c ON c.annotation_id = a.id
  JOIN entries e ON e.id = a.entry_id
  JOIN feeds f ON f.id = e.feed_id
  JOIN outlets o ON o.id = f.outlet_id
  LEFT JOIN decisions d ON d.new <> 'open' AND d.id = (
       SELECT MAX(x.id) FROM decisions x
        WHERE x.object_kind = 'citation' AND x.object_key = e.uid || ':' || c.cited)
 WHERE a.valid_to IS NULL"""


def views(_dialect: str) -> dict[str, str]:
    """Name to SELECT; both databases read the same."""
    return {
        "report_entries": REPORT_ENTRIES,
        "report_texts": REPORT_TEXTS,
        "report_topics": REPORT_TOPICS,
        "report_mentions": REPORT_MENTIONS,
        "report_entities": REPORT_ENTITIES,
        "report_citations": REPORT_CITATIONS,
    }
