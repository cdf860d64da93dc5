from typing import Any

from django.apps import AppConfig
from django.views.generic.edit import FormMixin


class ComponentsConfig(AppConfig):
    name = "components"

    def ready(self) -> None:
        # The type checker reads `FormView[SignUpForm]`; Django's class does not know brackets yet.
        FormMixin.__class_getitem__ = classmethod(_itself)  # type: ignore[attr-defined]


def _itself(cls: type, _form: Any) -> type:
    return cls
