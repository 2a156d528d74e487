"""How fast the portal is, always beside something that others know."""
