"""What the operators' site shows."""

from operations.models import Operator
from operations.operators_admin import OperatorAdmin
from operations.resellers_admin import ResellerAdmin
from operations.site import site
from resellers.models import Reseller

site.register(Reseller, ResellerAdmin)
site.register(Operator, OperatorAdmin)
