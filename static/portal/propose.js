/* The customer's code follows the name while one types, until somebody types a code. */
(() => {
  "use strict";
  const name = document.querySelector("[data-proposes]");
  const code = name && document.getElementById(name.dataset.proposes);
  if (!code) return;
  let proposed = "";
  name.addEventListener("change", async () => {
    if (code.value && code.value !== proposed) return;
    const answer = await fetch(`${name.dataset.proposeUrl}?name=${encodeURIComponent(name.value)}`);
    if (!answer.ok || (code.value && code.value !== proposed)) return;
    proposed = await answer.text();
    code.value = proposed;
  });
})();
