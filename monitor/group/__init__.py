"""Which entries are the same report (stories). Pure: texts in, decisions out."""
