/* A button that ticks every box of a name, or none when all are ticked. The boxes work without it. */
(() => {
  "use strict";
  document.addEventListener("click", (e) => {
    const button = e.target.closest("[data-tick-all]"); if (!button) return;
    const boxes = [...document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(button.dataset.tickAll)}"]`)];
    const all = boxes.every((box) => box.checked);
    boxes.forEach((box) => { box.checked = !all; });
  });
})();
