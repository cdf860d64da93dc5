/* A page with work under way: asks the server how far it is, and loads the page anew once it has ended.
   Without JavaScript the page reloads itself every few seconds. */
(() => {
  "use strict";
  const EVERY = 2000;
  const look = async () => {
    const now = document.querySelector("[data-progress]");
    if (!now) return;
    if (document.hidden || now.contains(document.activeElement)) { setTimeout(look, EVERY); return; }
    try {
      const answer = await fetch(location.href, { redirect: "manual" });
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.querySelector("[data-progress]");
        if (!fresh) { location.reload(); return; }
        now.querySelector("[role=status]").textContent = fresh.querySelector("[role=status]").textContent;
        now.querySelector("progress").replaceWith(document.adoptNode(fresh.querySelector("progress")));
      }
    } catch { /* the network is away: ask again */ }
    setTimeout(look, EVERY);
  };
  setTimeout(look, EVERY);
})();
