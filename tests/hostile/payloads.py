"""What is thrown: every class of bad input, in one wording for each test run, more for the trial.

Whatever breaks out of its place leaves something named MARK: an element, an attribute, a script,
a header.
"""

from collections.abc import Mapping
from dataclasses import dataclass

MARK = "zqx"
PRODUCT = 7919 * 7907  # what a template engine would make of the sum below
SUM = "7919*7907"

TEN_KILOBYTES = 10_000
ONE_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Payload:
    """One value to type. `is_readable`: a person could have meant it, so a form must keep it."""

    kind: str
    text: str | bytes
    is_readable: bool = False

    @property
    def raw(self) -> bytes:
        """The bytes on the wire. Halves of characters go as they are."""
        if isinstance(self.text, bytes):
            return self.text
        return self.text.encode("utf-8", "surrogatepass")


MARKUP = (
    f"\"'></title></textarea></option></script>--><{MARK} on{MARK}=1>"
    f"<img src={MARK} onerror={MARK}()><script>{MARK}()</script><svg/onload={MARK}()>"
)
ATTRIBUTE = f"\" on{MARK}=\"1\" {MARK}='2' ' on{MARK}='1' ` on{MARK}=`1`"
TEMPLATE = (
    f"{{{{ {SUM} }}}}{{% {MARK} %}}{{{{{MARK}|safe}}}}${{{SUM}}}#{{{SUM}}}<%= {SUM} %>"
    f"%(name)s%s%n{{0.__class__.__mro__}}{{{MARK}}}"
)
SQL = "' OR '1'='1'; DROP TABLE customers_customer;--\"\\%_\\"

# What many fields accept, so that it goes on into flows, lists, timelines and mails.
MIX = f"'\"><{MARK} {MARK}=1>{{{{{SUM}}}}}%(a)s{{0}}%_\\"
ACCEPTABLE: tuple[Payload, ...] = (
    Payload("mix", MIX, is_readable=True),
    Payload("mail address", f'"<{MARK} on{MARK}=1>"@{MARK}.example', is_readable=True),
    Payload("four bytes", "😀𝕏" + "e" + "\u0301" * 10, is_readable=True),
)
# One wording of each class.
SHORT: tuple[Payload, ...] = (
    Payload("blank", " \t\u00a0\u2003\u200b "),
    Payload("markup, template and SQL", f"{MARKUP}{ATTRIBUTE}{TEMPLATE}{SQL}", is_readable=True),
    Payload("address", f"javascript:{MARK}()//https://{MARK}.example/", is_readable=True),
    Payload("lines", f"a\r\nX-{MARK}: 1\r\nBcc: {MARK}@{MARK}.example\r\n\r\n<{MARK}>"),
    Payload("NUL", f"a\x00b{MARK}"),
    Payload("direction", "\u202egpj.exe\u2066\u200f", is_readable=True),
    Payload("half a character", "a\ud800b"),
    Payload("no UTF-8", b"\xff\xfe\xc0\xaf\x80"),
    Payload("long", "x" * TEN_KILOBYTES),
    Payload("no number", "NaN"),
    Payload("too large a number", "9" * 400),
)
# What the database or a codec refuses, so that no page may forget to ask before it does.
POISON: tuple[Payload, ...] = tuple(each for each in SHORT if each.kind in {"NUL", "no UTF-8"})
# By those who are kept out before anything is read.
FEW: tuple[Payload, ...] = tuple(
    each for each in SHORT if each.kind in {"markup, template and SQL", "NUL", "no UTF-8"}
)
# Thrown at whole forms and whole addresses.
WHOLE: tuple[Payload, ...] = (
    *SHORT,
    *ACCEPTABLE,
    Payload("empty", ""),
    Payload("control", "\x01\x07\x1b[31m\x7f\x85\u2028"),
    Payload("number", "-99999999999999999999.5"),
    Payload("very long", "<" * ONE_MEGABYTE),
    Payload("slow to match", "a@" + "a." * 20_000 + "!"),
    Payload("path", "../../../../../../etc/passwd\\..\\..\\boot.ini%2e%2e%2f"),
    Payload("infinite", "1e309"),
    Payload("tiny number", "1e-999999999"),
    Payload("huge exponent", "1e999999999"),
    Payload("digits of elsewhere", "٣٢١"),
    Payload("formula", f'=HYPERLINK("http://{MARK}.example")', is_readable=True),
    Payload("JSON", '{"$gt": "", "__proto__": {"a": [null, 1e999]}}', is_readable=True),
    Payload("no key", "00000000-0000-0000-0000-000000000000"),
    Payload("odd key", "{urn:uuid:ffffffff-ffff-ffff-ffff-ffffffffffff}"),
    Payload("date", "0000-02-30T25:61:61+99:99"),
)
# Further wordings, for the trial.
MORE: tuple[Payload, ...] = (
    Payload("markup in capitals", f"<SCRIPT SRC=//{MARK}.example></SCRIPT>", is_readable=True),
    Payload("open element", f"<{MARK}", is_readable=True),
    Payload("comment", f"--!><{MARK}>", is_readable=True),
    Payload("entity", f"&lt;{MARK}&gt;&#60;{MARK}&#62;&#x3c;{MARK}&#x3e;", is_readable=True),
    Payload("CDATA", f"]]><{MARK}>", is_readable=True),
    Payload("full width", f"＜{MARK}＞＂＇", is_readable=True),
    Payload("data address", f"data:text/html,<{MARK}>", is_readable=True),
    Payload("hidden javascript", f"java\tscript:{MARK}()"),
    Payload("strange address", f"//{MARK}.example\\@{MARK}.example:99999/?[]#", is_readable=True),
    Payload("open bracket address", f"http://[{MARK}", is_readable=True),
    Payload("template only", TEMPLATE, is_readable=True),
    Payload("format", "%(pk)d%d%%s%c%100000000d{:>999999999}{!r}", is_readable=True),
    Payload("SQL only", SQL, is_readable=True),
    Payload("stacked SQL", "1;SELECT pg_sleep(9)--", is_readable=True),
    Payload("wildcards", "%" * 190, is_readable=True),
    Payload("regular expression", "(a+)+$" * 20 + "a" * 60, is_readable=True),
    Payload("shell", "$(sleep 9)`sleep 9`|sleep 9;sleep 9", is_readable=True),
    Payload("LDAP", "*)(uid=*))(|(uid=*", is_readable=True),
    Payload("XML", '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>&b;', is_readable=True),
    Payload("line separator", f"a\u2028X-{MARK}: 1\u2029b"),
    Payload("bare return", f"a\rX-{MARK}: 1"),
    Payload("other half", "\udfff\ud800"),
    Payload("noncharacter", "\uffff\ufffe\ufdd0", is_readable=True),
    Payload("byte order", "\ufefftext", is_readable=True),
    Payload("joined emoji", "👩‍👩‍👧‍👦🏳️‍🌈🇩🇪", is_readable=True),
    Payload("grows in lower case", "İ" * 150, is_readable=True),
    Payload("ligature", "ﬃ" * 60, is_readable=True),
    Payload("sharp s", "ß" * 100 + "ﷺ" * 100, is_readable=True),
    Payload("long word", "𝕏" * 199, is_readable=True),
    Payload("true", "true"),
    Payload("null", "null", is_readable=True),
    Payload("minus zero", "-0"),
    Payload("hexadecimal", "0x7fffffff"),
    Payload("underscores", "1_000"),
    Payload("too large for an integer", "2147483648"),
    Payload("too large for a big integer", "9223372036854775808"),
    Payload("five thousand digits", "1" * 5_000),
    Payload("signalling", "sNaN123"),
    Payload("pickle", b"\x80\x04\x95cos\nsystem\n(S'id'\ntR."),
)
ALL: tuple[Payload, ...] = (*WHOLE, *MORE)
# Without those that take a second each.
HANDY: tuple[Payload, ...] = tuple(each for each in ALL if len(each.raw) <= TEN_KILOBYTES)

# Where a redirect could be made to lead away.
ELSEWHERE: tuple[str, ...] = (
    f"https://{MARK}.example/",
    f"//{MARK}.example/",
    f"///{MARK}.example/",
    f"/\\{MARK}.example/",
    f"\\\\{MARK}.example/",
    f"https:{MARK}.example",
    f"https:/{MARK}.example",
    f"http:///{MARK}.example",
    f"/\t/{MARK}.example/",
    f"\t//{MARK}.example/",
    f"/\n/{MARK}.example",
    f" //{MARK}.example/",
    f"/%09/{MARK}.example/",
    f"//{MARK}.example%2f@alpha.localhost/",
    f"https://alpha.localhost@{MARK}.example/",
    f"https://alpha.localhost.{MARK}.example/",
    f"https://alpha.localhost\\.{MARK}.example/",
    f"http://bravo.localhost/{MARK}",
    "http://localhost/admin/",
    f"javascript:{MARK}()",
    f"java\tscript:{MARK}()",
    f"data:text/html,<{MARK}>",
    f"/a\r\nLocation: //{MARK}.example/",
    f"/a\r\nSet-Cookie: {MARK}=1",
    f"http://[{MARK}",
    f"//{MARK}.example:99999999/",
    "\x00/",
    "/" * 5_000,
)

# Values that can stand in a header: bytes, no line ends (the server refuses those).
HEADER_VALUES: Mapping[str, str] = {
    "empty": "",
    "markup": f"{MARKUP}{TEMPLATE}",
    "address": f"http://{MARK}.example/<{MARK}>",
    "no UTF-8": "\xff\xfe\xc0\xaf",
    "quoted": f'"{MARK}", W/"{MARK}"; q=NaN, */*;q=-1, ;;=,',
    "number": "-99999999999999999999",
    "long": "x," * 3_500,
    "list": "127.0.0.1, ::1, unknown, 999.999.999.999, [::1]:99999",
}
# What middlewares, frameworks and proxies read.
HEADERS: tuple[str, ...] = (
    "Accept",
    "Accept-Charset",
    "Accept-Encoding",
    "Accept-Language",
    "Authorization",
    "Content-Encoding",
    "Expect",
    "Forwarded",
    "From",
    "HX-Current-URL",
    "HX-Request",
    "HX-Target",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "Origin",
    "Prefer",
    "Proxy-Authorization",
    "Range",
    "Referer",
    "Sec-Fetch-Site",
    "TE",
    "Trailer",
    "Upgrade",
    "User-Agent",
    "Via",
    "X-CSRFToken",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Port",
    "X-Forwarded-Prefix",
    "X-Forwarded-Proto",
    "X-HTTP-Method",
    "X-HTTP-Method-Override",
    "X-Method-Override",
    "X-Original-URL",
    "X-Real-IP",
    "X-Request-ID",
    "X-Requested-With",
    "X-Rewrite-URL",
    "X-Schema-Name",
    "X-Tenant",
)
COOKIES: tuple[str, ...] = (
    "session",
    "__Host-session",
    "sessionid",
    "csrf",
    "__Host-csrf",
    "csrftoken",
    "messages",
    "theme",
    "django_language",
    "mfa_trusted",
)
COOKIE_VALUES: Mapping[str, str] = {
    "markup": f'"><{MARK} on{MARK}=1>',
    "no UTF-8": "\xff\xfe",
    "signed": "W3siX19qc29uX21lc3NhZ2UiXQ:1abcde:AAAAAAAAAAAAAAAAAAAA",
    "empty": "",
    "long": "a" * 4_000,
    "number": "-99999999999999999999",
    "path": "../../../../etc/passwd",
    "SQL": "' OR '1'='1",
}
HOSTS: tuple[str, ...] = (
    f"{MARK}.example",
    f"alpha.localhost.{MARK}.example",
    f"{MARK}.alpha.localhost",
    f"alpha.localhost@{MARK}.example",
    "alpha.localhost:99999",
    "alpha.localhost:80:80",
    "alpha.localhost:x",
    "alpha.localhost/",
    "alpha.localhost\\",
    "alpha.localhost%00",
    "alpha_localhost",
    "public",
    "127.0.0.1",
    "[::1]",
    "[::1",
    "",
    ".",
    "..",
    f"<{MARK}>",
    f'"><{MARK}>',
    "' OR 1=1--",
    "\xff\xfe",
    "a" * 5_000,
    "alpha.localhost,bravo.localhost",
    "xn--a",
)
METHODS: tuple[str, ...] = (
    "HEAD",
    "OPTIONS",
    "TRACE",
    "PUT",
    "DELETE",
    "PROPFIND",
    f"<{MARK}>",
)
