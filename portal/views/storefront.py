"""What a stranger sees first: who the reseller is, what it sells, and the way in."""

from typing import Any

from django.views.generic import TemplateView

from resellers.clouds import Cloud
from resellers.current import current_reseller


class Storefront(TemplateView):
    template_name = "portal/storefront.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sold = current_reseller().providers
        clouds = [cloud for cloud in Cloud if cloud.value in sold]
        return super().get_context_data(clouds=clouds, **kwargs)
