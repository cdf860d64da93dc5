"""Views of the list of customers that people saved, and the columns that they chose."""

from django.urls import path

from console.views import list_views

app_name = "list_views"
urlpatterns = [
    path("", list_views.ViewList.as_view(), name="list"),
    path("save/", list_views.SaveView.as_view(), name="save"),
    path("columns/", list_views.ChooseColumns.as_view(), name="columns"),
    path("begin/", list_views.BeginWith.as_view(), name="begin"),
    path("<uuid:view_id>/edit/", list_views.EditView.as_view(), name="edit"),
    path("<uuid:view_id>/replace/", list_views.ReplaceView.as_view(), name="replace"),
    path("<uuid:view_id>/delete/", list_views.DeleteView.as_view(), name="delete"),
]
