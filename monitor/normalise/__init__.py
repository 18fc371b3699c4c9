"""Raw entries to `Entry` and known rows to changes. Pure: `now` is a parameter."""
