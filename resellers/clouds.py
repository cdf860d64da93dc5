"""The clouds the product knows. A reseller's row lists the codes of those it may resell."""

from django.db import models


class Cloud(models.TextChoices):
    """Stored codes. What the product can do with each cloud belongs to that cloud's adapter."""

    AWS = "aws", "Amazon Web Services"
    AZURE = "azure", "Microsoft Azure"
    GOOGLE = "google", "Google Cloud"
