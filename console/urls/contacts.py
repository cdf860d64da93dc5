from django.urls import path

from console.views import contact_accounts, contacts

app_name = "contacts"
urlpatterns = [
    path("", contacts.ContactList.as_view(), name="list"),
    path("add/", contacts.AddContact.as_view(), name="add"),
    path("accounts/", contact_accounts.ConfirmAccounts.as_view(), name="accounts"),
    path("accounts/make/", contact_accounts.MakeAccounts.as_view(), name="make_accounts"),
    path("accounts/<uuid:run_id>/", contact_accounts.AccountsMade.as_view(), name="accounts_made"),
    path("<uuid:contact_id>/", contacts.ContactDetail.as_view(), name="detail"),
    path("<uuid:contact_id>/edit/", contacts.EditContact.as_view(), name="edit"),
    path("<uuid:contact_id>/primary/", contacts.MakePrimary.as_view(), name="primary"),
    path("<uuid:contact_id>/remove/", contacts.RemoveContact.as_view(), name="remove"),
]
