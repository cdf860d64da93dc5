"""The building blocks of pages. docs/pages.md shows each in use."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.http import HttpRequest
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from components import icons, navigation, times
from components.errors import error_lines
from components.statuses import SHAPES
from telemetry.context import current_id

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    return icons.svg(name)


@register.simple_tag(takes_context=True)
def menu(context: Context, name: str) -> list[navigation.Link]:
    request: HttpRequest | None = context.get("request")
    return navigation.links(request, name) if request else []


@register.simple_tag
def reference() -> str:
    """The number under which the logs tell of this request; empty outside of one."""
    return current_id()


@register.simple_tag
def crumb(url: str, label: str) -> SafeString:
    return format_html('<li class="breadcrumb-item"><a href="{}">{}</a></li>', url, label)


@register.simple_tag
def action(url: str, label: str, icon: str = "", kind: str = "") -> SafeString:
    """A link that looks like a button. `kind`: primary (one per page), danger, link or nothing."""
    drawing = icons.svg(icon) if icon else ""
    css = f"btn btn-{kind}" if kind else "btn"
    return format_html('<a class="{}" href="{}">{}<span>{}</span></a>', css, url, drawing, label)


@register.inclusion_tag("components/post_button.html", takes_context=True)
def post_button(context: Context, url: str, label: str, **options: Any) -> dict[str, Any]:
    """A button that posts at once: for changes that need no confirmation (resend, log out)."""
    return {"url": url, "label": label, "csrf_token": context.get("csrf_token"), **options}


@register.filter
def without_placeholder(field: BoundField) -> BoundField:
    """For other people's forms: a grey copy of the label inside the box helps nobody."""
    field.field.widget.attrs.pop("placeholder", None)
    return field


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    return {"lines": error_lines(form)}


@register.inclusion_tag("components/form.html", takes_context=True)
def portal_form(context: Context, form: BaseForm) -> dict[str, Any]:
    return {
        "form": form,
        "csrf_token": context.get("csrf_token"),
        "request": context.get("request"),
    }


@register.inclusion_tag("components/status_badge.html")
def status_badge(text: str, kind: str = "neutral") -> dict[str, Any]:
    """A state in words, with a shape, so that colour is never the only sign."""
    return {"text": text, "kind": kind, "shape": SHAPES[kind]}


@register.inclusion_tag("components/empty_state.html")
def empty_state(title: str, text: str = "", **link: Any) -> dict[str, Any]:
    """`icon`, and `url` with `label` for the one thing to do next."""
    return {"title": title, "text": text, **link}


@register.inclusion_tag("components/timeline.html", takes_context=True)
def timeline(context: Context, entries: Iterable[Any]) -> dict[str, Any]:
    return {"entries": list(entries), "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("components/fact.html")
def fact(label: str, value: Any = "") -> dict[str, Any]:
    return {"label": label, "value": value}


@register.simple_block_tag(end_name="endfactblock")
def factblock(content: str, label: str) -> SafeString:
    """A fact whose value is markup: a badge, a link, a copy button."""
    return format_html('<div class="fact"><dt>{}</dt><dd>{}</dd></div>', label, content)


@register.simple_block_tag
def datagrid(content: str) -> SafeString:
    return format_html('<dl class="facts">{}</dl>', content)


@register.simple_block_tag
def card(content: str, title: str = "", **link: Any) -> str:
    """A titled box. `url` and `label` put a link at the right of the title."""
    return render_to_string("components/card.html", {"body": content, "title": title, **link})


@register.simple_block_tag(takes_context=True)
def confirm(
    context: Context, content: str, label: str, cancel_url: str, kind: str = "primary"
) -> str:
    """The body of a confirm page: what happens, the button that says so, and a way back."""
    values = {"body": content, "label": label, "cancel_url": cancel_url, "kind": kind}
    return render_to_string("components/confirm.html", values, request=context.get("request"))


@register.inclusion_tag("components/copy.html")
def copy(text: str, label: str = "") -> dict[str, Any]:
    return {"text": text, "label": label or text}


@register.inclusion_tag("components/copy_block.html")
def copy_block(text: str, label: str) -> dict[str, Any]:
    """A longer text to copy, such as a policy or commands, as it is."""
    return {"text": text, "label": label}


@register.inclusion_tag("components/tabs.html")
def tabs(entries: Iterable[Any], label: str = "") -> dict[str, Any]:
    """Views as links. Each entry has `label`, `url`, `is_current` and, if it helps, `count`."""
    return {"tabs": list(entries), "label": label or _("Views")}


@register.inclusion_tag("components/list.html", takes_context=True)
def listing(context: Context, listing: Any) -> dict[str, Any]:
    return {"listing": listing, "request": context.get("request")}


@register.simple_tag
def time(value: dt.datetime | dt.date | None) -> SafeString | str:
    """When it happened: in words while it is recent, the exact moment on hover."""
    return times.markup(value)
