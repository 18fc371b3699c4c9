"""What a text says: language, topics with evidence, later citations and claims. Pure: texts and data in, values out."""
