"""What a record means: its states, its differences, its risk. As pure as the rules."""
