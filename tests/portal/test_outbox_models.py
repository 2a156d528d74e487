import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.outbox.models import MAX_ATTEMPTS, Delivery, OutboxMessage
from tests.support import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def message():
    return OutboxMessage.objects.create(kind="hello")


@pytest.fixture
def user():
    return people.person("someone@client.example")


def refused_by(constraint, model, **fields):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        model.objects.create(**fields)
    return constraint in str(refusal.value)


NOW = timezone.now()
GOOD = [
    {},
    {"state": "sent", "sent_at": NOW},
    {"state": "dead", "attempts": MAX_ATTEMPTS},
    {"state": "dropped", "attempts": 1},
    {"lease_by": "worker", "lease_until": NOW},
    {"address": "", "target": "staging"},
]
BAD = [
    ({"state": "lost"}, "delivery_state_known"),
    ({"address": ""}, "delivery_to_account_address_or_target"),
    ({"target": "staging"}, "delivery_to_account_address_or_target"),
    ({"state": "sent"}, "delivery_sent_says_when"),
    ({"sent_at": NOW}, "delivery_sent_says_when"),
    ({"state": "dropped", "sent_at": NOW}, "delivery_sent_says_when"),
    ({"lease_by": "worker"}, "delivery_leased_only_while_waiting"),
    ({"lease_until": NOW}, "delivery_leased_only_while_waiting"),
    ({"state": "dead", "lease_by": "worker", "lease_until": NOW}, "delivery_leased_only_while_waiting"),
    ({"attempts": MAX_ATTEMPTS + 1}, "delivery_attempts_bounded"),
]


@pytest.mark.parametrize("fields", GOOD)
def test_a_sound_delivery_is_kept(message, fields):
    assert Delivery.objects.create(message=message, **{"address": "a@b.example", **fields}).pk


@pytest.mark.parametrize(("fields", "constraint"), BAD)
def test_the_database_refuses_an_unsound_delivery(message, fields, constraint):
    assert refused_by(constraint, Delivery, message=message, **{"address": "a@b.example", **fields})


@pytest.mark.parametrize("other", [{"address": "a@b.example"}, {"target": "staging"}])
def test_a_delivery_goes_to_an_account_or_elsewhere_not_both(message, user, other):
    both = {"message": message, "recipient": user, **other}
    assert refused_by("delivery_to_account_address_or_target", Delivery, **both)


def test_one_message_is_delivered_once_to_an_account(message, user):
    Delivery.objects.create(message=message, recipient=user)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(message=message, recipient=user)
    Delivery.objects.create(message=OutboxMessage.objects.create(kind="hello"), recipient=user)


def test_one_message_is_delivered_once_to_an_address(message):
    Delivery.objects.create(message=message, address="a@b.example")
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(message=message, address="a@b.example")
    Delivery.objects.create(message=message, address="c@b.example")


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"kind": ""}, "outbox_message_has_letter"),
        ({"kind": "hello", "attempts": MAX_ATTEMPTS + 1}, "outbox_message_attempts_bounded"),
    ],
)
def test_the_database_refuses_an_unsound_message(fields, constraint):
    assert refused_by(constraint, OutboxMessage, **fields)


def test_one_message_goes_to_one_target(message):
    Delivery.objects.create(message=message, target="staging")
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(message=message, target="production")
