"""What we ourselves find wrong, and what S3 answers to the probe of a bucket, in words."""

from django.utils.translation import gettext_lazy as _

from cloudaccounts.providers.troubles import Advice, Kind

_OTHER_REGION = Advice(
    Kind.PERSON, _("The bucket is in another region."), _("Choose the region of the bucket.")
)
_BUCKET_POLICY = _(
    "Check that the bucket belongs to the chosen account, and that its policy lets our account put "
    "and delete objects under this prefix."
)

CONNECTIONS: dict[str, Advice] = {
    "ConnectionNotUsable": Advice(
        Kind.LATER,
        _("The connection to AWS through which this was begun cannot be used at the moment."),
        _("Check the connection. This goes on by itself once the connection works."),
    ),
    "ConnectionOpenToOthers": Advice(
        Kind.PERSON,
        _("The role lets us in without our external ID, and so could let in others in our name."),
        _("Add the condition on sts:ExternalId to the role's trust policy, and check again."),
    ),
    "AlreadyMember": Advice(
        Kind.PERSON,
        _("The account is a member of the organization, and no invitation of ours brought it in."),
        _("Cloud Ops: find out whose it is; if it is this customer's, mark it as done by hand."),
    ),
}
BUCKETS: dict[str, Advice] = {
    "AccessDenied/BUCKET": Advice(
        Kind.PERSON, _("AWS does not let us write into the bucket."), _BUCKET_POLICY
    ),
    "AccessDenied/BUCKET_DELETE": Advice(
        Kind.PERSON,
        _("AWS lets us write into the bucket, but not delete what we wrote."),
        _("Allow s3:DeleteObject in the bucket's policy, too."),
    ),
    "NoSuchBucket": Advice(
        Kind.PERSON, _("There is no bucket of this name."), _("Correct the name of the bucket.")
    ),
    "InvalidBucketName": Advice(
        Kind.PERSON, _("AWS does not accept the name of the bucket."), _("Correct the name.")
    ),
    "PermanentRedirect": _OTHER_REGION,
    "TemporaryRedirect": _OTHER_REGION,
    "AuthorizationHeaderMalformed": _OTHER_REGION,
    "IllegalLocationConstraintException": _OTHER_REGION,
}
