/* Progressive enhancement: every page does its main task without this file. No inline handlers, no eval. */
(() => {
  "use strict";
  const $ = (s, r = document) => r.querySelector(s), $$ = (s, r = document) => [...r.querySelectorAll(s)];
  const say = (msg) => { const el = $("#live"); if (el) { el.textContent = ""; requestAnimationFrame(() => { el.textContent = msg; }); } };

  /* 1. The error summary takes focus; its links move focus to the field, not only the scroll position. */
  const focusErrors = () => { const s = $("[data-error-summary]"); if (s) s.focus(); };
  document.addEventListener("click", (e) => {
    const a = e.target.closest("[data-error-summary] a[href^='#']"); if (!a) return;
    const box = document.getElementById(a.hash.slice(1)); if (!box) return;
    const field = box.matches("input,select,textarea") ? box : $("input,select,textarea", box);
    if (field) { e.preventDefault(); field.focus(); field.scrollIntoView({ block: "center" }); }
  });

  /* 2. Unsaved changes: compare a snapshot, not a dirty flag, so undoing an edit clears the warning. */
  const snap = new WeakMap();
  const state = (f) => new URLSearchParams([...new FormData(f)].filter(([k, v]) => k !== "csrfmiddlewaretoken" && typeof v === "string")).toString();
  const guard = () => $$("form[data-guard]").forEach((f) => { snap.set(f, f.hasAttribute("data-dirty") ? null : state(f)); });
  const changed = (f) => snap.has(f) && state(f) !== snap.get(f);
  const dirty = () => $$("form[data-guard]").some(changed);
  const note = () => $$("form[data-guard]").forEach((f) => { const n = $("[data-savebar-note]", f); if (n) n.hidden = !changed(f); });
  ["input", "change"].forEach((ev) => document.addEventListener(ev, note));
  let leaving = false;
  document.addEventListener("submit", (e) => { if (e.target.matches("form[data-guard]")) leaving = true; });
  window.addEventListener("pageshow", () => { leaving = false; });
  window.addEventListener("beforeunload", (e) => { if (!leaving && dirty()) { e.preventDefault(); e.returnValue = ""; } });

  /* 3. Menus are <details>: close on Escape (focus returns) and on a click elsewhere. */
  const menus = () => $$("details[data-menu][open]");
  document.addEventListener("click", (e) => menus().forEach((m) => { if (!m.contains(e.target)) m.open = false; }));
  document.addEventListener("keydown", (e) => { if (e.key === "Escape") menus().forEach((m) => { m.open = false; $("summary", m).focus(); }); });

  /* 4. Copy buttons appear only where they can work; the text itself is always shown. */
  const copyButtons = () => { if (navigator.clipboard) $$("[data-copy]").forEach((b) => { b.hidden = false; }); };
  document.addEventListener("click", (e) => {
    const b = e.target.closest("[data-copy]"); if (!b) return;
    navigator.clipboard.writeText(b.dataset.copy).then(() => { b.classList.add("copied"); say(b.dataset.copied); setTimeout(() => b.classList.remove("copied"), 2000); });
  });

  /* 5. Keyboard. Single keys can be switched off per person (WCAG 2.1.4): <body data-keys="off">. */
  const typing = (t) => t.matches("input:not([type=checkbox]):not([type=radio]),textarea,select,[contenteditable]");
  let chord = null;
  document.addEventListener("keydown", (e) => {
    const t = e.target;
    if ((e.ctrlKey || e.metaKey) && e.key === "Enter" && t.form && t.form.matches("[data-guard]")) { e.preventDefault(); t.form.requestSubmit(); return; }
    if (document.body.dataset.keys === "off" || e.ctrlKey || e.metaKey || e.altKey || typing(t) || $("dialog[open]")) return;
    if (chord === "g") { chord = null; const a = $(`a[data-go="${CSS.escape(e.key)}"]`); if (a) { e.preventDefault(); a.click(); } return; }
    const rows = $$("tbody tr[data-row-link]"), here = rows.indexOf(document.activeElement.closest("tr[data-row-link]"));
    const move = (d) => { const r = rows[here < 0 ? (d > 0 ? 0 : rows.length - 1) : Math.max(0, Math.min(rows.length - 1, here + d))]; const a = r && $("a", r); if (a) { e.preventDefault(); a.focus(); } };
    switch (e.key) {
      case "/": { const s = $("[data-list-search]"); if (s) { e.preventDefault(); s.focus(); s.select(); } break; }
      case "?": { const d = $("#keys-help"); if (d && d.showModal) { e.preventDefault(); d.showModal(); } break; }
      case "g": chord = "g"; setTimeout(() => { chord = null; }, 1200); break;
      case "j": move(1); break;
      case "k": move(-1); break;
      case "x": { const box = here < 0 ? null : $("input[type=checkbox]", rows[here]); if (box) { e.preventDefault(); box.click(); } break; }
    }
  });

  const shown = () => $$("[data-needs-script]").forEach((e) => { e.hidden = false; });
  const init = () => { guard(); shown(); focusErrors(); copyButtons(); };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", init); else init();
})();
