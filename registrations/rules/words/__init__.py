"""The wording of every rule, in modules named like those of the checks.

``registrations.rules.registry`` puts them together.
"""
