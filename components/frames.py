"""A mail's HTML as a document of its own, for a sandboxed frame.

Mail needs styles on its elements, which no page of ours allows. So the document gets a policy of
its own, under which nothing in it can run, load or send anything; a frame's `srcdoc` would inherit
the page's policy instead.
"""

from django.http import HttpResponse

# Without allow-scripts and allow-same-origin the mail can do nothing but be read.
SANDBOX = "sandbox"
SANDBOX_WITH_LINKS = "sandbox allow-popups allow-popups-to-escape-sandbox"

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; "
)
_NEW_TAB = '<head><base target="_blank">'


def mail_document(html: str, *, links_work: bool = False) -> HttpResponse:
    """The mail for a frame. With `links_work` its links open a new tab; else they lead nowhere."""
    if links_work:
        html = html.replace("<head>", _NEW_TAB, 1)
    response = HttpResponse(html, content_type="text/html; charset=utf-8")
    response["Content-Security-Policy"] = _POLICY + (SANDBOX_WITH_LINKS if links_work else SANDBOX)
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Cache-Control"] = "no-store"
    return response
