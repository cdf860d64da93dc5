/* Ctrl+K or ⌘K: search in everything without leaving the page. The dialog shows what the search page
   answers; without this file, the link in the top bar leads to that page. */
(() => {
  "use strict";
  const WAIT = 250;
  const dialog = document.getElementById("search-dialog");
  if (!dialog || !dialog.showModal || !window.AbortController) return;
  const form = dialog.querySelector("form"), box = dialog.querySelector("input");
  const found = dialog.querySelector("[data-found]"), told = dialog.querySelector("[data-told]");
  let timer = 0, running = null;

  const links = () => [...found.querySelectorAll("a")];
  const clear = () => { found.replaceChildren(); told.textContent = ""; };
  const open = () => { if (!dialog.open) { dialog.showModal(); box.select(); } };

  const look = async () => {
    const words = box.value.trim();
    if (running) running.abort();
    if (!words) { clear(); return; }
    const mine = running = new AbortController();
    try {
      const answer = await fetch(`${form.action}?${new URLSearchParams({ q: words })}`, { signal: mine.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("search-found");
      if (mine !== running || !answer.ok || !fresh) return; // Enter shows the page itself.
      const count = fresh.querySelector("[role=status]");
      told.textContent = count.textContent;
      count.removeAttribute("role");
      found.replaceChildren(...document.adoptNode(fresh).childNodes);
    } catch (error) {
      if (error.name !== "AbortError") clear();
    }
  };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") { event.preventDefault(); open(); }
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-search]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); open(); }
    if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
  });
  dialog.addEventListener("keydown", (event) => {
    const all = links(), here = all.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !all.length) return;
    event.preventDefault();
    const next = here + step;
    (next < 0 ? box : all[Math.min(next, all.length - 1)]).focus();
  });
  box.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, WAIT); });
})();
