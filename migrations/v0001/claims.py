"""Claims, their parties and items, ledger and flows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.v0001.types import Id, Utc, where


def create() -> None:
    """Make the tables and their indexes."""
    _claims()
    _claim_parties()
    _claim_items()
    _ledger()
    _flows()


def _claims() -> None:
    op.create_table(
        "claims",
        sa.Column("id", Id(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("entry_id", Id(), nullable=False),
        sa.Column("revision_id", Id(), nullable=False),
        sa.Column("annotation_id", Id(), nullable=False),
        sa.Column("supplier", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("recipient", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("via", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("items", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("quantity_min", sa.BigInteger(), nullable=True),
        sa.Column("quantity_max", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("period", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("speaker", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("start_char", sa.Integer(), nullable=False),
        sa.Column("end_char", sa.Integer(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("origin", sa.Text(), server_default=sa.text("'rules'"), nullable=False),
        sa.Column("root", sa.Text(), nullable=True),
        sa.Column("valid_from", Utc(), nullable=False),
        sa.Column("valid_to", Utc(), nullable=True),
        sa.Column("superseded_by", sa.Text(), nullable=True),
        sa.CheckConstraint("field IN ('title', 'body')", name=op.f("ck_claims_field")),
        sa.CheckConstraint(
            "status IN ('alleged', 'announced', 'confirmed', 'denied', 'refused')",
            name=op.f("ck_claims_status"),
        ),
        sa.CheckConstraint("0 <= start_char AND start_char < end_char", name=op.f("ck_claims_span")),
        sa.CheckConstraint("confidence BETWEEN 0 AND 1", name=op.f("ck_claims_confidence")),
        sa.CheckConstraint("quantity_min <= quantity_max", name=op.f("ck_claims_quantity")),
        sa.ForeignKeyConstraint(
            ["annotation_id"], ["annotations.id"], name="fk_claims_annotation_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name="fk_claims_entry_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revisions.id"], name="fk_claims_revision_id", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_claims"),
    )
    op.create_index("ix_claims_annotation", "claims", ["annotation_id"])
    op.create_index("ix_claims_entry", "claims", ["entry_id"])
    op.create_index("ix_claims_revision", "claims", ["revision_id"])
    op.create_index("uq_claims_current", "claims", ["uid"], unique=True, **where("valid_to IS NULL"))


def _claim_parties() -> None:
    op.create_table(
        "claim_parties",
        sa.Column("claim_id", Id(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.CheckConstraint("role IN ('supplier', 'recipient', 'via')", name=op.f("ck_claim_parties_role")),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name="fk_claim_parties_claim_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("claim_id", "role", "party", name="pk_claim_parties"),
    )
    op.create_index("ix_claim_parties_party", "claim_parties", ["party", "role"])


def _claim_items() -> None:
    op.create_table(
        "claim_items",
        sa.Column("claim_id", Id(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name="fk_claim_items_claim_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("claim_id", "item", name="pk_claim_items"),
    )
    op.create_index("ix_claim_items_item", "claim_items", ["item"])


def _ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("id", Id(), nullable=False),
        sa.Column("cluster_id", Id(), nullable=False),
        sa.Column("supplier", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("first_alleged_at", Utc(), nullable=True),
        sa.Column("first_alleged_by", sa.Text(), nullable=True),
        sa.Column("root_outlet", sa.Text(), nullable=True),
        sa.Column("allegations", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("independent_sources", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("denials", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("confirmations", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("quantity_min", sa.BigInteger(), nullable=True),
        sa.Column("quantity_max", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", Utc(), nullable=False),
        sa.CheckConstraint(
            "status IN ('alleged', 'announced', 'confirmed', 'denied', 'refused')",
            name=op.f("ck_ledger_status"),
        ),
        sa.ForeignKeyConstraint(
            ["cluster_id"], ["clusters.id"], name="fk_ledger_cluster_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_ledger"),
        sa.UniqueConstraint(
            "cluster_id", "supplier", "recipient", "item", name="uq_ledger_cluster_id_supplier_recipient_item"
        ),
    )


def _flows() -> None:
    op.create_table(
        "flows",
        sa.Column("id", Id(), nullable=False),
        sa.Column("supplier", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("first_at", Utc(), nullable=False),
        sa.Column("last_at", Utc(), nullable=False),
        sa.Column("clusters", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("roots", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("denials", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("confirmations", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "status IN ('alleged', 'announced', 'confirmed', 'denied', 'refused')",
            name=op.f("ck_flows_status"),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_flows"),
        sa.UniqueConstraint("supplier", "recipient", "item", name="uq_flows_supplier_recipient_item"),
    )
