"""What pages read of registrations, in as few statements as they need."""
