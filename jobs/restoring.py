"""Jobs that were under way when a backup was made."""

from collections.abc import Iterator

from django.db import transaction
from django.utils.translation import gettext as _

from jobs.models import Job
from jobs.running import finish
from resellers.hooks import Restoration


def set_right(restoration: Restoration) -> Iterator[str]:
    """End them: the original has done them, or does them now."""
    waiting = Job.objects.under_way()
    if restoration.takes_over:
        if count := waiting.count():
            yield f"{count} background jobs that were under way in the backup will go on now."
        return
    with transaction.atomic():
        held = list(waiting.select_for_update(of=("self",)))
        for job in held:
            sentence = _("Stopped when the portal was restored from a backup. Start it again.")
            finish(job, Job.State.FAILED, sentence=sentence)
    if held:
        yield f"{len(held)} background jobs that were under way in the backup were stopped."
