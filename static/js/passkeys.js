/* Passkeys: a form whose button asks the device, and which is then sent with what the device signed. */
(() => {
  "use strict";
  const canAsk = isSecureContext && Boolean(window.PublicKeyCredential) && webauthnJSON.supported();
  document.querySelectorAll("[data-passkey-missing]").forEach((note) => { note.hidden = canAsk; });
  if (!canAsk) return;

  async function optionsOf({ passkeyOptions, passkeyOptionsUrl }) {
    if (passkeyOptions) return JSON.parse(passkeyOptions);
    const answer = await fetch(passkeyOptionsUrl, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (!answer.ok) throw new Error(`${answer.status}`);
    return answer.json();
  }

  function say(form, words) {
    const place = form.querySelector("[role=alert]");
    place.textContent = words;
    place.hidden = !words;
  }

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    const button = form.querySelector("button");
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      say(form, "");
      button.disabled = true;
      try {
        const signed = await webauthnJSON[form.dataset.passkey](await optionsOf(form.dataset));
        form.elements.credential.value = JSON.stringify(signed);
        form.submit();
      } catch (error) {
        button.disabled = false;
        say(form, (error.name === "InvalidStateError" && form.dataset.passkeyKnown) || form.dataset.passkeyFailed);
      }
    });
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[data-passkey] button").forEach((button) => { button.disabled = false; }));
})();
