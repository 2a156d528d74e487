"""The verbs: the only code that changes the state of a registration.

``@verb`` declares who may do it, in which states, and whether its refusals are recorded; it opens the
transaction and locks the registration. The function then acts, records one event and enqueues its
emails. Verbs take ``by`` (a user) and never a request. A status changes in ``transitions.move`` only.
"""
