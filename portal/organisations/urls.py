"""URLs of the pages about organisations and who belongs to them."""

from django.urls import path

from portal.organisations import invitations, joining, members, second_factor

urlpatterns = [
    path("organisation/", members.members, name="organisation"),
    path("organisation/new/", members.new, name="organisation_new"),
    path("organisation/members/<int:pk>/remove/", members.remove, name="organisation_member_remove"),
    path("organisation/members/<int:pk>/role/", members.change_role, name="organisation_member_role"),
    path("organisation/members/<int:pk>/hand-over/", members.hand_over, name="organisation_hand_over"),
    path("organisation/<any_uuid:organisation_uuid>/leave/", members.leave, name="organisation_leave"),
    path("organisation/<any_uuid:organisation_uuid>/rename/", members.rename, name="organisation_rename"),
    path(
        "organisation/<any_uuid:organisation_uuid>/second-factor/",
        second_factor.second_factor,
        name="organisation_second_factor",
    ),
    path(
        "organisation/<any_uuid:organisation_uuid>/activity/", members.activity, name="organisation_activity"
    ),
    path("organisation/<any_uuid:organisation_uuid>/invite/", invitations.invite, name="organisation_invite"),
    path(
        "organisation/invitations/<any_uuid:invitation_uuid>/revoke/",
        invitations.revoke,
        name="organisation_invitation_revoke",
    ),
    path("organisation/ask/", joining.ask, name="organisation_ask"),
    path("organisation/requests/<any_uuid:request_uuid>/", joining.decide, name="organisation_join_request"),
    path(
        "organisation/requests/<any_uuid:request_uuid>/refuse/",
        joining.refuse,
        name="organisation_join_refuse",
    ),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
]
