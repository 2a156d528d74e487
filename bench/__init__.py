"""Benchmarks of the portal, each compared with a well-known alternative in the same run."""
