/* Rows that are ticked in a list: the box above them ticks the whole page, Shift ticks a range, and
   the bar stands below the rows while something is ticked. Without this file it stands there all the time. */
(() => {
  "use strict";
  const bar = () => document.getElementById("bulk");
  const boxes = () => [...document.querySelectorAll("input[name=ids][form=bulk]")];
  const head = () => document.querySelector("[data-select-page]");
  const everything = () => bar() && bar().querySelector("input[type=checkbox][name=scope]");
  let last = null, number = 0, cleared = "";

  const words = (told, all) => {
    if (all) return told.dataset.all;
    return number === 1 ? told.dataset.one : told.dataset.many.replace("{n}", number);
  };
  /* What is scrolled to, by keys too, must not lie below the bar. */
  const makeRoom = () => {
    const height = bar() && !bar().hidden ? `${bar().offsetHeight + 16}px` : "";
    document.documentElement.style.scrollPaddingBlockEnd = height;
  };
  const update = () => {
    const rows = boxes(), form = bar(), all = everything();
    number = rows.filter((box) => box.checked).length;
    if (!form || !head()) { makeRoom(); return; }
    cleared = form.dataset.cleared;
    const whole = number > 0 && number === rows.length;
    head().hidden = false;
    head().checked = whole;
    head().indeterminate = number > 0 && !whole;
    if (all) {
      all.checked = all.checked && whole;
      all.closest("[data-bulk-all]").hidden = !whole;
    }
    const told = form.querySelector("[data-bulk-told]");
    if (number) told.textContent = words(told, all && all.checked);
    form.querySelector("[data-bulk-clear]").hidden = false;
    form.hidden = number === 0;
    form.classList.add("is-sticky");
    makeRoom();
  };
  const tick = (some, checked) => { some.forEach((box) => { box.checked = checked; }); update(); };

  document.addEventListener("click", (event) => {
    const box = event.target.closest("input[name=ids][form=bulk]");
    if (box) {
      const rows = boxes(), from = rows.indexOf(last), to = rows.indexOf(box);
      if (event.shiftKey && from >= 0) tick(rows.slice(Math.min(from, to), Math.max(from, to) + 1), box.checked);
      last = box;
    }
    if (event.target.closest("[data-bulk-clear]")) { tick(boxes(), false); head().focus(); }
  });
  document.addEventListener("change", (event) => {
    if (event.target === head()) tick(boxes(), head().checked);
    else if (event.target.form && event.target.form === bar()) update();
  });
  /* Other rows have come: what was ticked is not among the boxes any more, and that is said. */
  document.addEventListener("list:swapped", () => {
    const live = document.getElementById("live"), had = number;
    last = null;
    update();
    if (had && live) live.textContent = cleared;
  });
  window.addEventListener("pageshow", update);
  window.addEventListener("resize", makeRoom);
  update();
})();
