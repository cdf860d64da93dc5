/* The tags in use become buttons that put a tag into the box above, or take it out again. Without
   this file they are words to read. */
(() => {
  "use strict";
  const words = (box) => box.value.split(/[,;]/).map((word) => word.trim()).filter(Boolean);
  const same = (a, b) => a.toLowerCase() === b.toLowerCase();
  document.querySelectorAll("[data-tags-for]").forEach((offers) => {
    const box = document.getElementById(offers.dataset.tagsFor);
    if (!box) return;
    offers.setAttribute("role", "group");
    offers.setAttribute("aria-label", offers.dataset.label);
    const buttons = [...offers.querySelectorAll("[data-tag]")].map((word) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "tag tag-button";
      button.textContent = word.dataset.tag;
      word.replaceWith(button);
      return button;
    });
    const show = () => buttons.forEach((button) => {
      button.setAttribute("aria-pressed", words(box).some((word) => same(word, button.textContent)));
    });
    offers.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      const known = words(box), kept = known.filter((word) => !same(word, button.textContent));
      box.value = (kept.length < known.length ? kept : [...known, button.textContent]).join(", ");
      box.dispatchEvent(new Event("input", { bubbles: true }));
    });
    box.addEventListener("input", show);
    show();
  });
})();
