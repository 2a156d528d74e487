"""The verbs: the only code that changes the state of a registration.

``@verb`` declares who may call it, in which states, and whether its refusals are recorded; it opens the
transaction and locks the registration. The function then acts, records one event and queues its emails.
Verbs take ``by`` (a user), never a request. Only ``transitions.move`` changes a status.
"""
