"""What the reseller keeps about customers and cloud accounts: the definitions."""

from django.urls import path

from console.views import custom_fields

app_name = "custom_fields"
urlpatterns = [
    path("", custom_fields.CustomFieldList.as_view(), name="list"),
    path("create/", custom_fields.CreateCustomField.as_view(), name="create"),
    path("<uuid:field_id>/edit/", custom_fields.EditCustomField.as_view(), name="edit"),
    path("<uuid:field_id>/retire/", custom_fields.RetireCustomField.as_view(), name="retire"),
    path("<uuid:field_id>/restore/", custom_fields.RestoreCustomField.as_view(), name="restore"),
    path("<uuid:field_id>/move/", custom_fields.MoveCustomField.as_view(), name="move"),
]
