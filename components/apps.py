from django.apps import AppConfig
from django.views.generic.edit import FormMixin


class ComponentsConfig(AppConfig):
    name = "components"

    def ready(self) -> None:
        # The type checker knows form views as generic in their form; Django itself does not yet.
        FormMixin.__class_getitem__ = classmethod(lambda cls, _form: cls)  # type: ignore[attr-defined]
