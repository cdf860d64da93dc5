from django.urls import path

from console.views import groups

app_name = "groups"
urlpatterns = [
    path("", groups.GroupList.as_view(), name="list"),
    path("add/", groups.AddGroup.as_view(), name="add"),
    path("<uuid:group_id>/", groups.GroupDetail.as_view(), name="detail"),
    path("<uuid:group_id>/edit/", groups.EditGroup.as_view(), name="edit"),
    path("<uuid:group_id>/archive/", groups.ArchiveGroup.as_view(), name="archive"),
    path("<uuid:group_id>/restore/", groups.RestoreGroup.as_view(), name="restore"),
]
