"""Claims of transfers with their parties and items, and the ledger and flows computed from them."""

from __future__ import annotations

import sqlalchemy as sa

from monitor.store.columns import (
    BigId,
    big,
    flag,
    json_list,
    listing,
    metadata,
    number,
    one_of,
    pk,
    real,
    ref,
    text,
    when,
    where,
)

STATUSES = ("alleged", "announced", "confirmed", "denied", "refused")

claims = sa.Table(
    "claims",
    metadata,
    pk(),
    # derives from entry and content, so it outlives a new annotation (store/keys.py)
    text("uid"),
    ref("entry_id", "entries"),
    ref("revision_id", "revisions", on_delete="RESTRICT"),
    ref("annotation_id", "annotations"),
    listing("supplier"),
    listing("recipient"),
    listing("via"),
    listing("items"),
    text("status"),
    big("quantity_min", null=True),
    big("quantity_max", null=True),
    text("unit", default=""),
    text("period", default=""),
    text("speaker", default=""),
    text("evidence"),
    text("field"),
    number("start_char"),
    number("end_char"),
    text("rule"),
    real("confidence"),
    text("origin", default="rules"),
    # the root of the citation chain, once followed
    text("root", null=True),
    # why the ledger does not count it: `direction`, `status` or `party`, where surer claims say otherwise
    text("set_aside", null=True),
    when("valid_from"),
    when("valid_to", null=True),
    # uid of the claim that says it now, where a new annotation reads the text differently
    text("superseded_by", null=True),
    one_of("status", *STATUSES),
    one_of("field", "title", "body"),
    sa.CheckConstraint("0 <= start_char AND start_char < end_char", name="span"),
    sa.CheckConstraint("confidence BETWEEN 0 AND 1", name="confidence"),
    sa.CheckConstraint("quantity_min <= quantity_max", name="quantity"),
    sa.Index("uq_claims_current", "uid", unique=True, **where("valid_to IS NULL")),
    sa.Index("ix_claims_entry", "entry_id"),
    sa.Index("ix_claims_revision", "revision_id"),
    sa.Index("ix_claims_annotation", "annotation_id"),
)

claim_parties = sa.Table(
    "claim_parties",
    metadata,
    sa.Column("claim_id", BigId, sa.ForeignKey("claims.id", ondelete="CASCADE"), primary_key=True),
    text("role", primary=True),
    text("party", primary=True),
    one_of("role", "supplier", "recipient", "via"),
    sa.Index("ix_claim_parties_party", "party", "role"),
)

claim_items = sa.Table(
    "claim_items",
    metadata,
    sa.Column("claim_id", BigId, sa.ForeignKey("claims.id", ondelete="CASCADE"), primary_key=True),
    text("item", primary=True),
    sa.Index("ix_claim_items_item", "item"),
)

ledger = sa.Table(
    "ledger",
    metadata,
    pk(),
    ref("cluster_id", "clusters"),
    text("supplier"),
    text("recipient"),
    text("item"),
    text("status"),
    when("first_alleged_at", null=True),
    text("first_alleged_by", null=True),
    text("root_outlet", null=True),
    number("allegations", default=0),
    number("independent_sources", default=0),
    number("denials", default=0),
    number("confirmations", default=0),
    big("quantity_min", null=True),
    big("quantity_max", null=True),
    when("changed_at"),
    when("first_at", null=True),
    when("last_at", null=True),
    # the newest word of a party; null while none has spoken
    when("word_at", null=True),
    # of its surest claim; 1 where a person confirmed or corrected one
    real("confidence", default=1),
    # claims that a person confirmed or corrected
    number("reviewed", default=0),
    json_list("roots"),
    # of each root and unit: root, quantity_min, quantity_max, unit
    json_list("quantities"),
    # its claims by time, as LedgerEvent
    json_list("history"),
    one_of("status", *STATUSES),
    sa.UniqueConstraint("cluster_id", "supplier", "recipient", "item"),
    sa.Index("ix_ledger_flow", "supplier", "recipient", "item"),
)

# what was new in a line, and when that was noticed: read by digests, and asked before the next is written
ledger_changes = sa.Table(
    "ledger_changes",
    metadata,
    pk(),
    when("at"),
    when("reported_at"),
    # no foreign key: the cluster may have been merged away since (cluster_redirects)
    sa.Column("cluster_id", BigId, nullable=False),
    text("supplier"),
    text("recipient"),
    text("item"),
    text("kind"),
    text("old_status", null=True),
    text("new_status"),
    text("claim_uid"),
    big("quantity_min", null=True),
    big("quantity_max", null=True),
    flag("denied"),
    one_of("kind", "new", "denial", "status", "quantity"),
    sa.Index("ix_ledger_changes_at", "at"),
    sa.Index("ix_ledger_changes_cluster", "cluster_id"),
    sa.Index("ix_ledger_changes_claim", "claim_uid"),
)

flows = sa.Table(
    "flows",
    metadata,
    pk(),
    text("supplier"),
    text("recipient"),
    text("item"),
    when("first_at"),
    when("last_at"),
    number("clusters", default=0),
    number("roots", default=0),
    number("denials", default=0),
    number("confirmations", default=0),
    text("status"),
    json_list("quantities"),
    one_of("status", *STATUSES),
    sa.UniqueConstraint("supplier", "recipient", "item"),
)
