"""Mail: `message` builds it (pure), `smtp` hands it to a server and says what became of it."""
