"""The rules for registrations: pure functions from a partner's input to findings.

Nothing here depends on Django, a database, settings or a clock. Whatever a rule needs besides the input (the
catalogue, other partners' names, today's date) is passed as an argument.
"""
