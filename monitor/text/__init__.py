"""Scripts, folding with offsets, tokens, clean text and canonical URLs: pure functions over strings."""
