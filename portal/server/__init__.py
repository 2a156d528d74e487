"""How requests reach Django: whole, in time, and on a bounded number of threads.

An event loop holds the connections, however many and however slow; a thread is taken up only by a
request that has arrived completely. docs/decisions/0014 says why, with figures.
"""
