"""Signing up, from the form to the validated e-mail."""

from django.urls import path

from portal.views import signup

app_name = "signup"
urlpatterns = [
    path("signup/", signup.SignUp.as_view(), name="form"),
    path("signup/done/", signup.SignUpDone.as_view(), name="done"),
    path("signup/licence/", signup.Licence.as_view(), name="licence"),
    path("signup/resend/", signup.ResendValidation.as_view(), name="resend"),
    path("validate/done/", signup.Validated.as_view(), name="validated"),
    path("validate/<str:token>/", signup.ValidateEmail.as_view(), name="validate"),
]
