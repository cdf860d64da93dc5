"""Somebody with a browser, and what their pages complain about."""

from http import HTTPStatus
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Response

from demo.world import PASSWORD
from tests.browser.stack import Stack

_WATCH_CSP = """
window.__csp = [];
document.addEventListener('securitypolicyviolation', event => {
    window.__csp.push(event.effectiveDirective + ' ' + event.blockedURI);
});
"""
_AXE = (Path(__file__).parent / "vendor" / "axe" / "4.14.1" / "axe.min.js").read_text()
# All that it passed, too, would take longer on its way here than it took to find.
_RUN_AXE = """
rules => axe.run(document, {
    runOnly: {type: 'tag', values: rules}, resultTypes: ['violations'],
}).then(found => found.violations.flatMap(
    each => each.nodes.map(node => `${each.id}: ${node.html.slice(0, 160)}`)))
"""
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Visitor:
    """One person with one browser. Remembers violations of the content policy and errors."""

    def __init__(
        self,
        browser: Browser,
        stack: Stack,
        *,
        theme: Literal["light", "dark"] = "light",
        width: int = 1280,
        javascript: bool = True,
    ) -> None:
        self.stack = stack
        self.context = browser.new_context(
            color_scheme=theme,
            reduced_motion="reduce",
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
        )
        self.javascript = javascript
        self.context.add_init_script(_WATCH_CSP)
        self._complaints: list[str] = []
        self.context.set_default_timeout(15_000)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self._complaints.append(f"script: {error}"))
        self.page.on("response", self._look_at)

    def go(self, path: str, *, host: str = "localhost") -> None:
        """Open a page."""
        self.page.goto(self.stack.url(path, host=host))

    def log_in(self, email: str, *, host: str, password: str = PASSWORD) -> None:
        """Through the form, as people do."""
        self.go("/account/login/", host=host)
        self.page.locator("input[name=login]").fill(email)
        self.page.locator("input[name=password]").fill(password)
        self.submit()

    def submit(self) -> None:
        """Send the page's first form and wait for the answer: a click alone does not wait."""
        with self.page.expect_navigation():
            self.page.locator("main form[method=post] button[type=submit]").first.click()

    def confirm_password(self, password: str = PASSWORD) -> None:
        """Answer the page that asks for it once more."""
        self.page.locator("main input[name=password]").fill(password)
        self.submit()

    def open_mail(self, to: str, subject: str) -> None:
        """Open the newest mail to somebody in the demo's inbox."""
        for _attempt in range(100):
            self.go(f"/inbox/?to={to}")
            link = self.page.get_by_role("link", name=subject)
            if link.count():
                link.first.click()
                return
            self.page.wait_for_timeout(300)
        raise AssertionError(f"No mail to {to} about {subject!r} arrived.")

    @property
    def path(self) -> str:
        """Where the open page is on its host."""
        return urlsplit(self.page.url).path

    def links(self) -> list[str]:
        """The paths of this host that the open page links to."""
        hrefs: list[str] = self.page.locator("a[href]").evaluate_all(
            "links => links.filter(a => a.host === location.host && !a.download)"
            ".map(a => a.pathname)"
        )
        return list(dict.fromkeys(hrefs))

    def follow_link(self) -> None:
        """Follow the link in the text of the open mail; it may lead to another host."""
        link = self.page.locator(".mail-text a[href^=http]").first
        self.page.goto(link.get_attribute("href") or "")

    def choose_password(self, password: str) -> None:
        """Accept the open invitation."""
        for box in self.page.locator("input[type=password]").all():
            box.fill(password)
        self.submit()

    def accessibility_violations(self) -> list[str]:
        """What axe finds on the open page, a line each."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(_AXE)
        before = [*self._complaints], self._refused()
        found: list[str] = self.page.evaluate(_RUN_AXE, _RULES)
        # axe sets styles while it measures: what it provokes is not the page's doing.
        self._complaints[:] = before[0]
        self.page.evaluate("known => { window.__csp = known; }", before[1])
        return found

    def complaints(self) -> list[str]:
        """Everything heard so far, with what the open page's policy refused."""
        return [*self._complaints, *(f"policy: {line}" for line in self._refused())]

    def leave(self) -> None:
        self.context.close()

    def _refused(self) -> list[str]:
        refused: list[str] = self.page.evaluate("window.__csp || []") if self.javascript else []
        return refused

    def _hear(self, message: object) -> None:
        kind, text = getattr(message, "type", ""), getattr(message, "text", "")
        # The browser reports refused pages (403, 404, 409) here, too; tests look at those.
        if kind in {"error", "warning"} and "the server responded with a status of 4" not in text:
            self._complaints.append(f"{kind}: {text}")

    def _look_at(self, response: Response) -> None:
        if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self._complaints.append(f"{response.status} {response.url}")
