"""Parts of revision 0004. Frozen: later changes are revisions of their own, never edits here."""
