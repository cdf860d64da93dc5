from django.urls import path

from console.views import imports

app_name = "imports"
urlpatterns = [
    path("", imports.ImportList.as_view(), name="list"),
    path("upload/", imports.Upload.as_view(), name="upload"),
    path("template/", imports.Template.as_view(), name="template"),
    path("<uuid:import_id>/", imports.ImportDetail.as_view(), name="detail"),
    path("<uuid:import_id>/columns/", imports.Columns.as_view(), name="columns"),
    path("<uuid:import_id>/start/", imports.Start.as_view(), name="start"),
    path("<uuid:import_id>/cancel/", imports.Cancel.as_view(), name="cancel"),
    path("<uuid:import_id>/refused/", imports.Refused.as_view(), name="refused"),
]
