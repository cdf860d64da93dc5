"""Mail: kinds, texts, the outbox and sending."""
