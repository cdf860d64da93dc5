/* Search as you type: asks for the list's own address and puts the parts that changed in place of
   the old ones. The box stays as it is, so focus and cursor do. Without this file, Enter searches. */
(() => {
  "use strict";
  const WAIT = 300;
  const form = document.querySelector("[data-search-form]"), box = form && form.querySelector("[data-list-search]");
  if (!box || !window.AbortController) return;
  const results = document.getElementById("list-results"), count = document.getElementById("list-count");
  let timer = 0, running = null, shown = box.value.trim();

  const address = () => {
    const told = [...new FormData(form)].filter(([, value]) => value !== "");
    const query = new URLSearchParams(told.map(([name, value]) => [name, value.trim()]));
    return `${location.pathname}${told.length ? `?${query}` : ""}`;
  };
  const swap = (page) => {
    document.querySelectorAll("[data-live]").forEach((old) => {
      const fresh = page.getElementById(old.id);
      if (fresh) old.replaceChildren(...document.adoptNode(fresh).childNodes);
    });
    count.textContent = page.getElementById("list-count").textContent;
    document.dispatchEvent(new CustomEvent("list:swapped"));
  };
  const look = async () => {
    const url = address(), words = box.value.trim();
    if (running) running.abort();
    const mine = running = new AbortController();
    results.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(url, { signal: mine.signal, headers: { "X-Requested-With": "fetch" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      // Whoever was logged out, or meets an error, sees that page as a whole.
      if (!answer.ok || answer.redirected || !page.getElementById("list-results")) { location.assign(url); return; }
      if (mine !== running) return;
      shown = words;
      swap(page);
      history.replaceState(history.state, "", url);
      results.removeAttribute("aria-busy");
    } catch (error) {
      if (error.name === "AbortError") return;
      results.removeAttribute("aria-busy"); // No network: what is typed stays, Enter tries again.
    }
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => { if (box.value.trim() !== shown) look(); }, WAIT);
  };
  box.addEventListener("input", (event) => { if (!event.isComposing) soon(); });
  box.addEventListener("compositionend", soon);
  form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(timer); look(); });
})();
