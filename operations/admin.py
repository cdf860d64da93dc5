"""What the operators' site shows."""

from operations.models import FulfilmentTicket, Operator
from operations.operators_admin import OperatorAdmin
from operations.resellers_admin import ResellerAdmin
from operations.site import site
from operations.tickets_admin import TicketAdmin
from resellers.models import Reseller

site.register(Reseller, ResellerAdmin)
site.register(Operator, OperatorAdmin)
site.register(FulfilmentTicket, TicketAdmin)
