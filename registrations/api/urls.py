"""The URLs of the API for authorization servers."""

from __future__ import annotations

from django.urls import path

from registrations.api import reading
from registrations.api.clients import ChangedClients, ClientRecord
from registrations.api.serving import AppliedState, FullInventory, Usage
from registrations.api.verifying import VerifySecret

app_name = "api"
urlpatterns = [
    path("v1/clients", ChangedClients.as_view(), name="clients"),
    path("v1/clients/<str:client_id>", ClientRecord.as_view(), name="client"),
    path("v1/clients/<str:client_id>/verify-secret", VerifySecret.as_view(), name="verify_secret"),
    path("v1/clients/<str:client_id>/applied", AppliedState.as_view(), name="applied"),
    path("v1/inventory", FullInventory.as_view(), name="inventory"),
    path("v1/usage", Usage.as_view(), name="usage"),
    path("v1/schema/", reading.schema, name="schema"),
    path("docs/", reading.docs, name="docs"),
]
