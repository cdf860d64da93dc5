from django.urls import path

from console.views import people

app_name = "people"
urlpatterns = [
    path("", people.PeopleList.as_view(), name="list"),
    path("add/", people.AddPerson.as_view(), name="add"),
    path("<uuid:person_id>/", people.PersonDetail.as_view(), name="detail"),
    path("<uuid:person_id>/invite/", people.InvitePerson.as_view(), name="invite"),
    path("<uuid:person_id>/suspend/", people.SuspendPerson.as_view(), name="suspend"),
    path("<uuid:person_id>/reactivate/", people.ReactivatePerson.as_view(), name="reactivate"),
    path("<uuid:person_id>/role/", people.ChangeRole.as_view(), name="role"),
    path("<uuid:person_id>/status/", people.SetStatus.as_view(), name="status"),
    path("<uuid:person_id>/password/", people.SetPassword.as_view(), name="password"),
    path("<uuid:person_id>/reset/", people.SendReset.as_view(), name="reset"),
    path("<uuid:person_id>/remove/", people.RemovePerson.as_view(), name="remove"),
]
