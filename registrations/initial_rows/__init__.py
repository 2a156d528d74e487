"""The rows that every installation starts with."""
