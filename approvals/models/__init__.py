"""Requests that wait for a decision, and what each kind asks for."""

from approvals.models.account_requests import AccountRequest, RequestMessage
from approvals.models.requests import ApprovalRequest
from approvals.models.signups import Signup

__all__ = ["AccountRequest", "ApprovalRequest", "RequestMessage", "Signup"]
