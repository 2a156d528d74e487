"""The web server in front of Django: requests reach a thread only when they are complete.

An event loop holds the connections, however many and however slow they are, so a slow client never
occupies one of the few threads. docs/decisions/0014 explains why, with figures.
"""
