"""Where logos are decoded and kept."""
