"""The people behind requests: taking their lock, and forgetting those who leave nothing behind."""

from django.db import connection

from accounts.models import OneTimeLink, StaffMember, User
from approvals.models import ApprovalRequest
from audit.models import AuditEntry
from customers.models import Membership
from notifications.models import OutgoingMail


def lock(request: ApprovalRequest) -> User | None:
    """The requester, locked before the request (parents first). None when both are gone."""
    return User.objects.select_for_update().filter(pk=request.requester_id).first()


def is_nothing_else(person: User) -> bool:
    """Whether the person is neither one of a customer's people nor one of the team."""
    return not (
        Membership.objects.filter(user=person).exists()
        or StaffMember.objects.filter(user=person).exists()
    )


def erase(request: ApprovalRequest, person: User) -> None:
    """Delete a request with every mail about it, and forget its requester."""
    OutgoingMail.objects.about(request.pk).delete()
    request.delete()
    forget(person)


def forget(person: User) -> None:
    """Erase who was nothing but the applicant of a request that is gone.

    What stays of them in the audit trail is that something happened, not who they were. A person
    with earlier requests goes back to where those left them; one who was tied to a company or a
    team meanwhile stays as they are.
    """
    if person.status == User.Status.ACTIVE or not is_nothing_else(person):
        return
    if ApprovalRequest.objects.of_person(person).exists():
        person.status = User.Status.SUSPENDED
        person.save(update_fields=["status"])
        return
    OutgoingMail.objects.about(person.pk).delete()
    AuditEntry.objects.filter(actor_id=person.pk).update(actor_name="")
    AuditEntry.objects.about(person.pk).filter(subject_id=person.pk).update(subject_name="")
    _erase(person)


def _erase(person: User) -> None:
    """Delete somebody who never came in: nothing but links can point at them."""
    OneTimeLink.objects.filter(user=person).delete()
    # Not person.delete(): that looks into the admin's log as well, and only the public schema has
    # one. The database still refuses to delete a person whom something points at.
    User.objects.filter(pk=person.pk)._raw_delete(using=connection.alias)  # noqa: SLF001
