/* Passkeys: asks the browser for the key when its form is sent, puts the answer into the form, sends it. */
(() => {
  "use strict";
  const forms = [...document.querySelectorAll("form[data-passkey]")];
  const problem = document.querySelector("[data-passkey-problem]");
  const known = Boolean(window.PublicKeyCredential && window.webauthnJSON);

  const options = async (form) => {
    if (form.dataset.passkey === "login") {
      const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error("no options");
      return (await answer.json()).request_options;
    }
    const given = JSON.parse(document.getElementById("passkey-options").textContent);
    return given.creation_options || given.request_options;
  };

  const adding = (form, wanted) => {
    const alone = form.elements.passwordless && form.elements.passwordless.checked;
    const choice = wanted.publicKey.authenticatorSelection;
    choice.residentKey = alone ? "required" : "discouraged";
    choice.requireResidentKey = Boolean(alone);
    if (alone) choice.userVerification = "required";
    return window.webauthnJSON.create(wanted);
  };

  const send = async (form) => {
    if (problem) problem.hidden = true;
    try {
      const wanted = await options(form);
      const key = form.dataset.passkey === "add" ? await adding(form, wanted) : await window.webauthnJSON.get(wanted);
      form.elements.credential.value = JSON.stringify(key);
      form.submit();
    } catch {
      if (problem) problem.hidden = false;
    }
  };

  if (!known) return;
  for (const form of forms) {
    form.hidden = false;
    form.addEventListener("submit", (event) => { event.preventDefault(); send(form); });
  }
})();
