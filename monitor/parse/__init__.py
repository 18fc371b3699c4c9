"""Feed bytes to raw entries. Pure: bytes in, `ParsedFeed` or `ParseError` out."""
