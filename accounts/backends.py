"""How a session becomes a person."""

from allauth.account.auth_backends import AuthenticationBackend as AllauthBackend

from accounts.models import User


class AuthenticationBackend(AllauthBackend):  # type: ignore[misc]
    """allauth's. The person of a request comes with their place in the team: each page of the
    staff asks for both."""

    def get_user(self, user_id: str) -> User | None:
        person = User.objects.select_related("staff_member").filter(pk=user_id).first()
        return person if person and self.user_can_authenticate(person) else None
