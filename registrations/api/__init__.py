"""The interface for authorization servers, version 1: JSON alone, with tokens of its own."""
