"""What each rule says to people, in our own words; ``registrations.rules.registry`` puts it together."""
