"""What each rule says to people, in a module of the same name as the rule's.

``registrations.rules.registry`` puts it together.
"""
