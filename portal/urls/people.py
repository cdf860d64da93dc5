"""The people of a company, for the company's own administrators."""

from django.urls import path

from portal.views import people

app_name = "people"
urlpatterns = [
    path("", people.PeopleList.as_view(), name="list"),
    path("add/", people.AddColleague.as_view(), name="add"),
    path("<uuid:person_id>/", people.ColleagueDetail.as_view(), name="detail"),
    path("<uuid:person_id>/invite/", people.InviteColleague.as_view(), name="invite"),
    path("<uuid:person_id>/role/", people.ChangeColleaguesRole.as_view(), name="role"),
    path("<uuid:person_id>/suspend/", people.SuspendColleague.as_view(), name="suspend"),
    path("<uuid:person_id>/reactivate/", people.ReactivateColleague.as_view(), name="reactivate"),
    path("<uuid:person_id>/reset/", people.SendColleagueReset.as_view(), name="reset"),
    path("<uuid:person_id>/remove/", people.RemoveColleague.as_view(), name="remove"),
]
