"""Views of claims, of what people decided on them, and of the ledger and flows computed from them."""

from __future__ import annotations

REPORT_CLAIMS = """\
SELECT c.id AS claim_id, c.uid, c.entry_id, c.revision_id, e.uid AS entry_uid, e.story_id, s.cluster_id,
       c.supplier, c.recipient, c.via, c.items, c.quantity_min, c.quantity_max, c.unit, c.period,
       c.status, c.speaker, c.evidence, c.field, c.start_char, c.end_char, c.rule, c.confidence, c.origin,
       c.set_aside,
       CASE WHEN d.new IN ('confirmed', 'rejected') THEN d.new
            WHEN d.new IS NOT NULL THEN 'corrected' END AS decision,
       e.language, o.name AS outlet, c.root AS root_outlet, e.url, e.published_at
  FROM claims c
  JOIN entries e ON e.id = c.entry_id
  JOIN feeds f ON f.id = e.feed_id
  JOIN outlets o ON o.id = f.outlet_id
  LEFT JOIN stories s ON s.id = e.story_id
  LEFT JOIN decisions d ON d.new <> 'open' AND d.id = (
       SELECT MAX(x.id) FROM decisions x WHERE x.object_kind = 'claim' AND x.object_key = c.uid)
 WHERE c.valid_to IS NULL"""

REPORT_CLAIM_PARTIES = """\
SELECT p.claim_id, p.role, p.party
  FROM claim_parties p
  JOIN claims c ON c.id = p.claim_id
 WHERE c.valid_to IS NULL"""

REPORT_LEDGER = """\
SELECT l.cluster_id, l.supplier, l.recipient, l.item, l.status, l.first_alleged_at, l.first_alleged_by,
       l.root_outlet, l.allegations, l.independent_sources, l.denials, l.confirmations,
       l.quantity_min, l.quantity_max, l.changed_at, l.first_at, l.last_at, l.reviewed, l.roots,
       l.quantities, l.history, l.confidence
  FROM ledger l"""

REPORT_LEDGER_CHANGES = """\
SELECT g.id AS change_id, g.at, g.reported_at, COALESCE(r.cluster_id, g.cluster_id) AS cluster_id,
       g.supplier, g.recipient, g.item, g.kind, g.old_status, g.new_status, g.claim_uid,
       g.quantity_min, g.quantity_max
  FROM ledger_changes g
  LEFT JOIN cluster_redirects r ON r.old_id = g.cluster_id"""

REPORT_FLOWS = """\
SELECT w.supplier, w.recipient, w.item, w.first_at, w.last_at, w.clusters, w.roots, w.denials,
       w.confirmations, w.status, w.quantities
  FROM flows w"""

REPORT_DECISIONS = """\
SELECT d.id AS decision_id, d.object_kind || ':' || d.object_key AS object, d.object_kind,
       d.object_key AS key, d.old, d.new, d.who, d.at, d.reason, d.versions
  FROM decisions d"""


def views(_dialect: str) -> dict[str, str]:
    """Name to SELECT; both databases read the same."""
    return {
        "report_claims": REPORT_CLAIMS,
        "report_claim_parties": REPORT_CLAIM_PARTIES,
        "report_ledger": REPORT_LEDGER,
        "report_ledger_changes": REPORT_LEDGER_CHANGES,
        "report_flows": REPORT_FLOWS,
        "report_decisions": REPORT_DECISIONS,
    }
