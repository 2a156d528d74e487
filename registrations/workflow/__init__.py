"""The verbs: the only code that changes the state of a registration.

Each claims the registration, looks again, checks person and state, acts, records one event and
enqueues its letters, all in one transaction. They take ``by`` (a user) and never a request.
"""
