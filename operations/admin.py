"""What the operators' site shows."""

from operations.connections_admin import ConnectionAdmin
from operations.models import FulfilmentTicket, Operator, PlatformConnection
from operations.operators_admin import OperatorAdmin
from operations.resellers_admin import ResellerAdmin
from operations.site import site
from operations.tickets_admin import TicketAdmin
from resellers.models import Reseller

site.register(Reseller, ResellerAdmin)
site.register(Operator, OperatorAdmin)
site.register(FulfilmentTicket, TicketAdmin)
site.register(PlatformConnection, ConnectionAdmin)
