"""Revision 0001 by subject. Frozen: later changes are revisions of their own, never edits here."""
