/* A form that follows its country: asks the server for the new shape and puts it in place of the old one.
   Without JavaScript a button does the same. */
(() => {
  "use strict";
  document.addEventListener("change", async (event) => {
    const select = event.target.closest("[data-refreshes]");
    if (!select) return;
    const body = new FormData(select.form);
    body.set("refresh", "1");
    const answer = await fetch(location.href, { method: "POST", body, redirect: "manual" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(select.id);
    const old = select.closest("fieldset") || select.form;
    const now = fresh && (fresh.closest("fieldset") || fresh.form);
    if (!now) return;
    old.replaceWith(document.adoptNode(now));
    document.getElementById(select.id).focus();
  });
})();
