"""Pre-flight checks (rule G-09): do the addresses of a revision answer on the public internet?

``targets`` decides what may be checked and ``verdicts`` names the results, both without a socket;
``network`` is the only module of the portal that opens one.
"""
