from django.urls import path

from console.views import exports

app_name = "exports"
urlpatterns = [
    path("export/", exports.ExportCustomers.as_view(), name="new"),
    path("exports/", exports.ExportList.as_view(), name="list"),
    path("exports/<uuid:export_id>/", exports.ExportDetail.as_view(), name="detail"),
    path("exports/<uuid:export_id>/cancel/", exports.Cancel.as_view(), name="cancel"),
    path("exports/<uuid:export_id>/file/", exports.Download.as_view(), name="file"),
]
