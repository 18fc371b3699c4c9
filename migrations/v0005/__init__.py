"""Parts of revision 0005. Frozen: later changes are revisions of their own, never edits here."""
