"""Queries that pages use to read registrations, in as few statements as they need."""
