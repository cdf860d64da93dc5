"""Reads the URL map, so that no page can be forgotten."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver


def page_names(urlconf: str) -> set[str]:
    """Every named page of a URL root, with its namespaces: console:customers:list."""
    return set(_names(get_resolver(urlconf), ()))


def unnamed_pages(urlconf: str) -> list[str]:
    """Pages without a name, which the table could not list."""
    return list(_unnamed(get_resolver(urlconf)))


def _names(resolver: URLResolver, spaces: tuple[str, ...]) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inside = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from _names(pattern, inside)
        elif pattern.name:
            yield ":".join((*spaces, pattern.name))


def _unnamed(resolver: URLResolver) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _unnamed(pattern)
        elif isinstance(pattern, URLPattern) and not pattern.name:
            yield str(pattern.pattern)
