"""The addresses of one registration, spelled out as partners know them."""


def at(registration, page=""):
    return f"/registrations/{registration.uuid}/{page}"


def secret_at(registration, secret, verb):
    return at(registration, f"secrets/{secret.uuid}/{verb}/")
