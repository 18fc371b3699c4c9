"""Parts of revision 0003. Frozen: later changes are revisions of their own, never edits here."""
