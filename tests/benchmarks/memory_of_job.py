"""A worker that does one job and tells how much memory it took: `python -m … <schema> <job>`.

In a process of its own, whose peak nothing else has raised before.
"""

import json
import sys
import uuid
from pathlib import Path

import django

_STATUS, _FORGET_THE_PEAK = Path("/proc/self/status"), "5"  # see proc(5)


def megabytes(name: str) -> float:
    """VmRSS is what the process holds, VmHWM the most that it ever held."""
    lines = _STATUS.read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1]) / 1024


def main(schema_name: str, job_id: str) -> None:
    django.setup()
    # Nothing of the product may be imported before.
    from django_tenants.utils import schema_context  # noqa: PLC0415

    from config.celery import app  # noqa: PLC0415
    from jobs import running  # noqa: PLC0415
    from jobs.models import Job  # noqa: PLC0415

    app.loader.import_default_modules()  # as a worker does before it waits
    with schema_context(schema_name):
        job = Job.objects.get(pk=job_id)
        Path("/proc/self/clear_refs").write_text(_FORGET_THE_PEAK)
        idle = megabytes("VmRSS")
        running.run(uuid.UUID(job_id))
        peak = megabytes("VmHWM")
        job.refresh_from_db()
    told = {"idle": idle, "peak": peak, "state": job.state, "result": job.result}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
