"""Makes shots out of payloads: at fields, addresses, headers, cookies, methods, bodies."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from tests.hostile import payloads
from tests.hostile.found_forms import Form
from tests.hostile.payloads import MARK, Payload
from tests.hostile.reading import FormField
from tests.hostile.rotation import Rotation, suits
from tests.hostile.shots import FORM, Shot, encoded, get, post
from tests.hostile.targets import Target

# What lists, the admin and libraries read, beside what pages link to.
PARAMETERS = (
    "q",
    "view",
    "sort",
    "per",
    "cursor",
    "country",
    "name",
    "next",
    "to",
    "page",
    "o",
    "p",
    "e",
    "all",
    "term",
    "app_label",
    "model_name",
    "field_name",
    "_popup",
    "_to_field",
    "_changelist_filters",
    "_facets",
    "state",
    "state__exact",
    "status__exact",
    "service",
    "id__in",
    "owner_email__startswith",
    "is_demo__isnull",
    "lang",
    "theme",
    "format",
    "_method",
    "schema",
    "tenant",
)
LEADING = {"next", "to", "url", "redirect_to", "return"}  # say where to go afterwards
Body = tuple[str, str, bytes]  # what is odd, content type, bytes
FIELDS_ALLOWED = 2_000
BODY_ALLOWED = 2_621_440


# ── Fields ──


def at_each_field(form: Form, thrown: Iterable[Payload]) -> Iterator[Shot]:
    """One field hostile, the others as an honest person would fill them in."""
    thrown = tuple(thrown)
    for field in form.fields:
        for payload in thrown:
            if suits(payload, field.kind):
                yield at_field(form, field, payload)


def at_field(form: Form, field: FormField, payload: Payload) -> Shot:
    """This one hostile, the others as an honest person would fill them in."""
    body = {**dict(form.body), field.name: payload.raw}
    about = f"{payload.kind} in {field.name}"
    shot = _sent(form, about, body, {field.name: payload})
    return replace(shot, meetings=frozenset({(field.kind, payload.kind)}))


def mixed(form: Form, rotation: Rotation) -> Shot:
    """Every field hostile at once, each in its own way: each is checked by itself."""
    thrown = {each.name: _next(each, rotation) for each in form.fields}
    body = {name: payload.raw for name, payload in thrown.items()}
    meetings = frozenset((each.kind, thrown[each.name].kind) for each in form.fields)
    about = ", ".join(f"{payload.kind} in {name}" for name, payload in thrown.items())[:400]
    return replace(_sent(form, about, body, thrown), meetings=meetings)


def _next(field: FormField, rotation: Rotation) -> Payload:
    if field.name in LEADING:
        return Payload("elsewhere", rotation.one_of(payloads.ELSEWHERE, "elsewhere"))
    return rotation.for_field(field.kind)


def elsewhere(form: Form, targets: Iterable[str]) -> Iterator[Shot]:
    """An honest form, but for where it leads afterwards."""
    for field in form.fields:
        for away in targets if field.name in LEADING else ():
            yield at_field(form, field, Payload("elsewhere", away))


def without_each_field(form: Form) -> Iterator[Shot]:
    """One field missing, the others filled in honestly."""
    for name in form.names:
        rest = [(key, value) for key, value in form.body if key != name]
        yield _plain(form, f"no {name}", rest)


def at_shape(form: Form) -> Iterator[Shot]:
    """Fields that are missing, doubled, or lists."""
    names = form.names
    yield _plain(form, "nothing at all", [])
    yield _plain(form, "every field twice", [*form.body, *[(name, f"<{MARK}>") for name in names]])
    lists = [(f"{name}{index}", "a") for name in names for index in ("[]", "[a]", "[__proto__]")]
    yield _plain(form, "every field a list", lists)


def at_whole_form(form: Form, thrown: Iterable[Payload]) -> Iterator[Shot]:
    """Every field hostile at once: each field is checked by itself."""
    for payload in thrown:
        text = payload.raw[: payloads.ONE_MEGABYTE // max(len(form.names), 1)]
        body = dict.fromkeys(form.names, text)
        yield _sent(form, f"{payload.kind} everywhere", body, dict.fromkeys(form.names, payload))


def _sent(form: Form, about: str, body: Mapping[str, Any], thrown: dict[str, Payload]) -> Shot:
    typed = {name: str(payload.text) for name, payload in thrown.items() if payload.is_readable}
    if form.method == "get":
        return get(form.path, about, body.items())
    return post(form.path, about, body.items(), typed)


def _plain(form: Form, about: str, body: list[tuple[str, str]]) -> Shot:
    if form.method == "get":
        return get(form.path, about, body)
    return post(form.path, about, body)


# ── Addresses ──


def at_query(path: str, names: Iterable[str], thrown: Iterable[Payload]) -> Iterator[Shot]:
    """Each parameter that the page is known to read."""
    thrown = tuple(thrown)
    for name in sorted(names):
        for payload in thrown:
            yield get(path, f"{payload.kind} in ?{name}=", [(name, payload.raw)])
        yield get(path, f"?{name}= twice", [(name, "a"), (name, f"<{MARK}>")])
        yield get(path, f"?{name}[]=", [(f"{name}[]", "a"), (f"{name}[$ne]", "")])


def at_whole_query(path: str, names: Iterable[str], thrown: Iterable[Payload]) -> Iterator[Shot]:
    """Every parameter that anything might read, at once."""
    yield from in_every_parameter(path, names, thrown)
    yield Shot("GET", path, "a broken query", query=b"%&=%zz&&;;==%u0041&?#&=a&%00=%00&a[b]=[c")
    yield Shot("GET", path, "many parameters", query=b"&".join(b"a%d=1" % n for n in range(5_000)))


def in_every_parameter(
    path: str, names: Iterable[str], thrown: Iterable[Payload]
) -> Iterator[Shot]:
    """The same in every parameter."""
    everything = sorted({*PARAMETERS, *names})
    for payload in thrown:
        if len(payload.raw) * len(everything) < payloads.ONE_MEGABYTE:
            pairs = [(name, payload.raw) for name in everything]
            yield get(path, f"{payload.kind} in every parameter", pairs)


def at_redirects(path: str, targets: Iterable[str] = payloads.ELSEWHERE) -> Iterator[Shot]:
    """Whatever might say where to go next."""
    for away in targets:
        pairs = [(name, away) for name in ("next", "to", "url", "redirect_to", "return", "path")]
        yield get(path, f"next is {away[:60]!r}", pairs)
        if not set(away) & set("\r\n\x00"):
            yield Shot("POST", path, f"from {away[:60]!r}", headers={"Referer": away})


UNKNOWN_KEYS = (
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-4fff-bfff-ffffffffffff",
    "FFFFFFFF-FFFF-4FFF-BFFF-FFFFFFFFFFFF",
    "%7Bffffffff-ffff-4fff-bfff-ffffffffffff%7D",
    "ffffffffffff4fffbfffffffffffffff",
    "1",
    "-1",
    "0",
    "99999999999999999999999999",
    "%D9%A1",
    "1e3",
    "null",
    "..",
    "%2e%2e",
    "..%2f..%2fetc%2fpasswd",
    "%5c..%5c..",
    "%00",
    "a%00b",
    "%ff%fe",
    "%c0%af",
    "%ed%a0%80",
    "%0d%0aX-zqx:%201",
    "%22%3E%3Czqx%3E",
    "%7B%7B7919*7907%7D%7D",
    "'%20OR%201=1--",
    "%25",
    "%",
    "%zz",
    "%e2%80%ae",
    "😀",
    "a" * 3_000,
    ";a=b",
    "add",
    "*",
)


def at_keys(target: Target, keys: Iterable[str] = UNKNOWN_KEYS) -> Iterator[Shot]:
    """Other records, and what is no record, where the address names one."""
    keys = tuple(keys)
    for name in target.ids:
        before, _, after = target.path.rpartition(str(target.ids[name]))
        for key in keys:
            yield Shot("GET", f"{before}{key}{after}", f"{name} is {key[:40]}")
        for key in keys[:8] if target.takes_posts else ():
            body = encoded(target.body.items())
            yield Shot("POST", f"{before}{key}{after}", f"{name} is {key[:40]}", body=body)


def bent(path: str) -> Iterator[Shot]:
    """The page's own address, as nobody writes it."""
    for odd in (
        f"//{MARK}.example{path}",
        f"{path.rstrip('/')}/%0d%0aX-zqx:%201",
        f"{path}%3Czqx%3E/%00",
        path.rstrip("/"),
        f"{path}../../../../etc/passwd",
        f"/%5c{MARK}.example{path}",
        path.replace("/", "//"),
        f"{path.rstrip('/')}%2f",
        f"{path}%2e%2e/%2e%2e/",
        f"{path};jsessionid=1",
        f"{path}.json",
        path.upper(),
        f"/./{path}",
    ):
        yield Shot("GET", odd, "a bent address")


# ── Headers, cookies, hosts ──


def at_all_headers(path: str, kinds: Iterable[str] = payloads.HEADER_VALUES) -> Iterator[Shot]:
    """Each value in every header at once."""
    for kind in kinds:
        value = payloads.HEADER_VALUES[kind]
        headers = {name: value for name in payloads.HEADERS if name != "X-CSRFToken"}
        yield Shot("GET", path, f"{kind} in every header", headers=headers)
    methods = dict.fromkeys(
        ("X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"), "DELETE"
    )
    yield Shot("GET", path, "another method in headers", headers=methods)
    hosts = ("X-Forwarded-Host", "X-Original-URL", "X-Tenant", "X-Schema-Name", "Forwarded")
    others = dict.fromkeys(hosts, "bravo.localhost")
    yield Shot("GET", path, "another reseller in headers", headers=others)


def at_each_header(path: str, kinds: Iterable[str] = payloads.HEADER_VALUES) -> Iterator[Shot]:
    """Each value in each header by itself."""
    for kind in kinds:
        for name in payloads.HEADERS:
            headers = {name: payloads.HEADER_VALUES[kind]}
            yield Shot("GET", path, f"{kind} in {name}", headers=headers)


def at_cookies(
    path: str, names: Iterable[str], kinds: Iterable[str] = payloads.COOKIE_VALUES
) -> Iterator[Shot]:
    """Rubbish in cookies that the product or its libraries read."""
    names = tuple(names)
    for kind in kinds:
        jar = "; ".join(f"{name}={payloads.COOKIE_VALUES[kind]}" for name in names)
        yield Shot("GET", path, f"{kind} in cookies", headers={"Cookie": jar})
    broken = "=; ;;; a; =b; session; session=; session=a; session=b; \x01=\x02; csrf"
    yield Shot("GET", path, "broken cookies", headers={"Cookie": broken})


def at_hosts(path: str) -> Iterator[Shot]:
    for host in payloads.HOSTS:
        yield Shot("GET", path, f"host {host[:40]!r}", headers={"Host": host})


def at_methods(target: Target) -> Iterator[Shot]:
    """Methods that no page of ours knows, with a body that would do something."""
    for method in payloads.METHODS:
        body = encoded(target.body.items())
        yield Shot(method, target.path, "an odd method", body=body)


def at_token(target: Target) -> Iterator[Shot]:
    """The right body with no token or a wrong one, from here or from elsewhere."""
    honest = list(target.body.items())
    for about, token in (("no", ""), ("a wrong", "x" * 64), ("a long", "y" * 5_000)):
        body = encoded([*honest, ("csrfmiddlewaretoken", token)])
        yield Shot("POST", target.path, f"{about} token", body=body)
    forged = {"Origin": f"https://{MARK}.example", "Referer": f"https://{MARK}.example/"}
    yield Shot("POST", target.path, "another site's form", body=encoded(honest), headers=forged)


# ── Bodies ──


ODD_BODIES = ("JSON", "undecodable", "half a part", "a file")


def at_body(path: str, honest: dict[str, str], only: Iterable[str] = ()) -> Iterator[Shot]:
    """What is no form, half a form, or far too much of one."""
    wanted = set(only)
    for about, content_type, body in (*_no_forms(honest), *_too_much(), *_parts(honest)):
        if not wanted or about in wanted:
            yield Shot("POST", path, f"{about} as a body", body=body, content_type=content_type)


def _no_forms(honest: dict[str, str]) -> Iterator[Body]:
    pairs = encoded(honest.items())
    yield "plain", FORM, pairs
    yield "JSON", "application/json", b'{"a": [1e999, null]}'
    yield "JSON called a form", FORM, b'{"a": [1e999, null]}'
    yield "XML", "text/xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
    yield "plain text", "text/plain", pairs
    yield "no type", "", pairs
    yield "a broken type", f"<{MARK}>/;;=charset", pairs
    yield "UTF-16", f"{FORM}; charset=utf-16", "a=b&c=d".encode("utf-16")
    yield "UTF-7", f"{FORM}; charset=utf-7", b"a=+ADw-zqx+AD4-"
    yield "an unknown character set", f"{FORM}; charset=nonsense", pairs
    yield "a character set that is none", f"{FORM}; charset=zlib", pairs
    yield "undecodable", FORM, b"\xff\xfe\x00=\xff&%ff=%ff&%00=%00"


def _too_much() -> Iterator[Body]:
    yield "many fields", FORM, b"&".join(b"f%d=1" % each for each in range(FIELDS_ALLOWED + 5))
    yield "one field often", FORM, b"&".join([b"email=a"] * (FIELDS_ALLOWED - 5))
    yield "a large body", FORM, b"a=" + b"b" * BODY_ALLOWED
    yield "many parts", MULTIPART, _part(b"a", b"", b"b") * (FIELDS_ALLOWED + 5)


def _parts(honest: dict[str, str]) -> Iterator[Body]:
    yield "no boundary", "multipart/form-data", b"--x\r\n\r\n"
    yield "an odd boundary", "multipart/form-data; boundary=\xff\x00", b"--x\r\n\r\n"
    yield "a long boundary", f"multipart/form-data; boundary={'x' * 300}", b"--x\r\n\r\n"
    yield "half a part", MULTIPART, b"--x\r\nContent-Disposition: form-d"
    yield "a part without a name", MULTIPART, _part(b"", b"", b"a")
    yield "a file", MULTIPART, _files(honest)
    yield "bad base64", MULTIPART, _part(b"email", _BASE64, b"?a=")
    yield "nested parts", MULTIPART, _part(b"a", _NESTED, b"--y--")


MULTIPART = "multipart/form-data; boundary=x"
_BASE64 = b"Content-Transfer-Encoding: base64\r\n"
_NESTED = b"Content-Type: multipart/mixed; boundary=y\r\n"


def _part(name: bytes, head: bytes, body: bytes, file: bytes = b"") -> bytes:
    said = b'; name="' + name + b'"' + file
    return (
        b"--x\r\nContent-Disposition: form-data" + said + b"\r\n" + head + b"\r\n" + body + b"\r\n"
    )


def _files(honest: dict[str, str]) -> bytes:
    named = b'; filename="../../<zqx>.html"'
    parts = [_part(name.encode(), b"", b"<zqx>", named) for name in (*honest, "extra")]
    return b"".join(parts) + b"--x--\r\n"
