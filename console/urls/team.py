"""The reseller's own team."""

from django.urls import path

from console.views import team

app_name = "team"
urlpatterns = [
    path("", team.TeamList.as_view(), name="list"),
    path("invite/", team.InviteStaff.as_view(), name="invite"),
    path("<uuid:person_id>/", team.StaffDetail.as_view(), name="detail"),
    path("<uuid:person_id>/resend/", team.ResendInvitation.as_view(), name="resend"),
    path("<uuid:person_id>/role/", team.ChangeRole.as_view(), name="role"),
    path("<uuid:person_id>/suspend/", team.SuspendStaff.as_view(), name="suspend"),
    path("<uuid:person_id>/reactivate/", team.ReactivateStaff.as_view(), name="reactivate"),
]
