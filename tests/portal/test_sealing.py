import re
from base64 import urlsafe_b64encode
from hashlib import sha256

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from portal.sealing import (
    SealBroken,
    SealingKeyProblem,
    UndeclaredPurpose,
    check_keys,
    id_of_key,
    key_id,
    key_ids,
    reseal,
    seal,
    unseal,
)

OLD, NEW = (urlsafe_b64encode(byte * 32).decode() for byte in (b"o", b"n"))


@pytest.fixture(autouse=True)
def old_key(settings):
    settings.PORTAL_FERNET_KEYS = [OLD]


def sealed(value="the value"):
    return seal(value, purpose="client_secret", bound_to=["secret-1", "client-1"])


def test_what_was_sealed_opens():
    assert unseal(sealed(), purpose="client_secret", bound_to=["secret-1", "client-1"]) == "the value"


@pytest.mark.parametrize("value", ["", "ä\n\x00", "x" * 10_000])
def test_any_text_comes_back_as_it_was(value):
    assert unseal(sealed(value), purpose="client_secret", bound_to=["secret-1", "client-1"]) == value


def test_sealing_twice_gives_different_tokens():
    assert sealed() != sealed()


@pytest.mark.parametrize(
    ("purpose", "bound_to"),
    [
        ("totp_seed", ["secret-1", "client-1"]),
        ("client_secret", ["secret-2", "client-1"]),
        ("client_secret", ["client-1", "secret-1"]),
        ("client_secret", ["secret-1"]),
        ("client_secret", []),
    ],
)
def test_a_value_moved_elsewhere_does_not_open(purpose, bound_to):
    with pytest.raises(SealBroken):
        unseal(sealed(), purpose=purpose, bound_to=bound_to)


def test_a_traceback_does_not_show_a_value_moved_elsewhere():
    with pytest.raises(SealBroken) as broken:
        unseal(sealed("in clear"), purpose="client_secret", bound_to=["secret-2", "client-1"])
    assert "in clear" not in str([entry.locals for entry in broken.traceback[1:]])


@pytest.mark.parametrize("inside", [b"plain text", b"[]", b"null", b'{"v": 2}', b'{"v": 1}', b"\xff"])
def test_a_token_without_our_envelope_does_not_open(inside):
    token = Fernet(OLD).encrypt(inside).decode()
    with pytest.raises(SealBroken):
        unseal(token, purpose="client_secret", bound_to=[])


@pytest.mark.parametrize("token", ["", "nonsense", "ünïcode", "gAAAAA=="])
def test_nonsense_does_not_open(token):
    assert id_of_key(token) is None
    with pytest.raises(SealingKeyProblem):
        unseal(token, purpose="client_secret", bound_to=[])


def test_another_key_does_not_open_and_the_old_one_still_does(settings):
    token = sealed()
    settings.PORTAL_FERNET_KEYS = [NEW]
    with pytest.raises(SealingKeyProblem) as problem:
        unseal(token, purpose="client_secret", bound_to=["secret-1", "client-1"])
    assert not isinstance(problem.value, SealBroken)
    assert id_of_key(token) is None
    settings.PORTAL_FERNET_KEYS = [OLD]
    assert id_of_key(token) == key_id(OLD)


def test_nothing_is_sealed_for_a_purpose_without_a_column():
    with pytest.raises(UndeclaredPurpose):
        seal("the value", purpose="forgotten", bound_to=["row-1"])


def test_operators_see_short_ids_that_tell_keys_apart_and_give_none_away(settings):
    settings.PORTAL_FERNET_KEYS = [NEW, OLD]
    assert key_ids() == [key_id(NEW), key_id(OLD)]
    assert all(re.fullmatch("[0-9a-f]{8}", shown) for shown in key_ids())
    in_clear = [NEW, OLD, b"n".hex() * 32, b"o".hex() * 32, sha256(b"n" * 32).hexdigest()]
    assert not any(shown in known for shown in key_ids() for known in in_clear)
    assert id_of_key(sealed()) == key_id(NEW)


def test_resealing_moves_a_value_to_the_newest_key(settings):
    token = sealed()
    settings.PORTAL_FERNET_KEYS = [NEW, OLD]
    moved = reseal(token)
    settings.PORTAL_FERNET_KEYS = [NEW]
    assert unseal(moved, purpose="client_secret", bound_to=["secret-1", "client-1"]) == "the value"


def test_the_problem_shows_neither_value_nor_token():
    token = sealed()
    with pytest.raises(SealBroken) as problem:
        unseal(token, purpose="elsewhere", bound_to=[])
    shown = f"{problem.value!s} {problem.value!r} {problem.value.args}"
    assert "the value" not in shown
    assert token not in shown
    assert problem.value.__cause__ is None
    assert problem.value.__context__ is None


def test_keys_are_read_newest_first():
    assert check_keys(f" {NEW} ,{OLD}, ") == [NEW, OLD]


@pytest.mark.parametrize("text", ["", " , ", "short", OLD + "!", OLD[:-1], OLD.replace("=", "=="), "ü" * 44])
def test_missing_and_malformed_keys_are_named_but_not_shown(text):
    with pytest.raises(ImproperlyConfigured, match="PORTAL_FERNET_KEYS") as problem:
        check_keys(text)
    assert OLD[:-1] not in str(problem.value)
