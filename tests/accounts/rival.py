"""A sign-up that loses the race: its address is taken right after it was found to be free."""

from portal.accounts.forms import SignUpForm
from tests.support.people import person


class OvertakenForm(SignUpForm):
    def clean_email(self):
        address = super().clean_email()
        person(address)
        return address
