"""Pre-flight checks (rule G-09): do the addresses of a revision answer on the public internet?

``targets`` says what may be looked at and ``verdicts`` what came of it, both without a socket;
``network`` is the only module of the portal that opens one.
"""
