"""The bundled newsroom: invented outlets, served on loopback, with their ground truth."""
