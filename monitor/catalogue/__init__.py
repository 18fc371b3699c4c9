"""Reads the data that people edit (taxonomy, register, gazetteer), packaged and the user's own, into types."""
