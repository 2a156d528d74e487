"""What may be registered: pure functions from typed text to findings.

Nothing in this package knows Django, a database, settings or a clock; what a rule
needs to know besides (the catalogue, other partners' names, today's date) is
handed to it.
"""
