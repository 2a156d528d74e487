"""What each email says, and who gets it."""
