"""Embedders behind one protocol. No network, no database; the models are large and loaded when first used."""
