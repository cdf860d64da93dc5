"""Whether we may write into a customer's bucket: a small object is written and deleted again."""

from cloudaccounts.providers.aws.clients import Clients
from cloudaccounts.providers.aws.speaking import speaking
from cloudaccounts.providers.results import BillPlace

# Always the same one: what a lost answer leaves behind the next check takes away.
PROBE = "reseller-portal-check.txt"
_TEXT = b"Written to see whether detailed bills can be put here. It may be deleted.\n"


def check(clients: Clients, place: BillPlace) -> None:
    """Write and delete the probe. Raises CloudError.

    AWS itself refuses where the bucket is not the owner's: somebody else's bucket that lets us in
    is none of this customer's.
    """
    s3 = clients.s3(place.region)
    where = {
        "Bucket": place.bucket,
        "Key": f"{place.prefix}{PROBE}",
        "ExpectedBucketOwner": place.owner,
    }
    with speaking("PutObject of the probe", refused_as="AccessDenied/BUCKET"):
        s3.put_object(**where, Body=_TEXT, ContentType="text/plain")
    with speaking("DeleteObject of the probe", refused_as="AccessDenied/BUCKET_DELETE"):
        s3.delete_object(**where)
