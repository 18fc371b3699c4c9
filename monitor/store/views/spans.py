"""How wide a cluster is: its stories, the outlets that tell of it, its first and last time. One definition.

Kept rows (`cluster_spans`) hold clusters of several stories or outlets whose sources are folded. Whatever changes a
cluster's stories or sources marks it to be folded anew in the same transaction, and the view counts those that wait,
so that it is exact at any time.
"""

from __future__ import annotations

from typing import Final

UNFOLDED: Final = "SELECT id FROM clusters WHERE independent_sources IS NULL"
"""Clusters whose kept row may be out of date."""

COLUMNS: Final = "cluster_id, stories, outlets, first_seen_at, last_seen_at"


def spans(condition: str = "1 = 1") -> str:
    """Rows of `cluster_spans`, columns in their order; `condition` on `cluster_id` says of which clusters."""
    return f"""\
SELECT s.cluster_id, s.stories, COALESCE(o.outlets, 0) AS outlets, s.first_seen_at, s.last_seen_at
  FROM (SELECT cluster_id, COUNT(*) AS stories, MIN(first_seen_at) AS first_seen_at,
               MAX(last_seen_at) AS last_seen_at
          FROM stories WHERE {condition} GROUP BY cluster_id) s
  LEFT JOIN (SELECT cluster_id, COUNT(*) AS outlets FROM cluster_sources
              WHERE {condition} GROUP BY cluster_id) o ON o.cluster_id = s.cluster_id
 WHERE s.stories > 1 OR o.outlets > 1"""  # noqa: S608 - constants


REPORT_WIDE_CLUSTERS: Final = f"""\
SELECT {COLUMNS} FROM cluster_spans WHERE cluster_id NOT IN ({UNFOLDED})
UNION ALL
SELECT {COLUMNS} FROM (
{spans(f"cluster_id IN ({UNFOLDED})")}
) AS waiting"""  # noqa: S608 - constants
