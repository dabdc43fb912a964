/* Small comforts on pages that already work without them. Each part stands alone; nothing here is needed to act. */
(() => {
  "use strict";
  const root = document.documentElement;
  const words = document.body.dataset;

  /* ---- theme: at once here, remembered by the server's cookie ---- */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-theme-form]") || !event.submitter) return;
    event.preventDefault();
    const data = new FormData(form, event.submitter);
    root.dataset.bsTheme = data.get("theme");
    document.querySelectorAll("[data-theme-form] button[name=theme]").forEach((button) => {
      button.setAttribute("aria-pressed", String(button.value === data.get("theme")));
    });
    fetch(form.action, { method: "POST", body: data, credentials: "same-origin", headers: { Accept: "application/json" } })
      .catch(() => document.body.dispatchEvent(new CustomEvent("toast", { detail: { message: words.failed, level: "error" } })));
  });

  /* ---- menus are <details>: one open at a time, closed by Escape, by a click elsewhere, and by what opens in the page ---- */
  const openMenus = () => document.querySelectorAll("details.menu[open]");
  document.addEventListener("click", (event) => openMenus().forEach((menu) => { if (!menu.contains(event.target) || event.target.closest("a[hx-get]")) menu.open = false; }));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    openMenus().forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
  });

  /* ---- data-confirm="question" on a form or its button; hx-confirm speaks through the same dialog ---- */
  function ask(question, label, danger, then) {
    const dialog = document.getElementById("ask").content.firstElementChild.cloneNode(true);
    dialog.querySelector("[data-question]").textContent = question;
    const yes = dialog.querySelector("[value=yes]");
    if (label) yes.textContent = label;
    yes.classList.add(danger ? "btn-danger" : "btn-brass");
    dialog.addEventListener("close", () => { dialog.remove(); if (dialog.returnValue === "yes") then(); });
    document.body.append(dialog);
    dialog.showModal();
  }
  document.addEventListener("submit", (event) => {
    const form = event.target, by = event.submitter;
    const source = by?.dataset.confirm ? by : form.dataset.confirm ? form : null;
    if (!source || form.dataset.confirmed) { delete form.dataset.confirmed; return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(source.dataset.confirm, source.dataset.confirmLabel, source.dataset.confirmKind !== "plain", () => {
      form.dataset.confirmed = "yes";
      form.requestSubmit(by);
    });
  }, true);
  document.body.addEventListener("htmx:confirm", (event) => {
    const { question, elt, issueRequest } = event.detail;
    if (!question) return;
    event.preventDefault();
    ask(question, elt.dataset.confirmLabel, elt.dataset.confirmKind !== "plain", () => issueRequest(true));
  });

  /* ---- one submit is enough: busy buttons, released when the page comes back ---- */
  const release = () => document.querySelectorAll("button[aria-busy=true]").forEach((button) => {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.closest("dialog")) return;
    // After this tick: the pressed button's own name and value must still travel with the form.
    setTimeout(() => (event.submitter ? [event.submitter] : form.querySelectorAll("button:not([type=button])")).forEach((button) => {
      button.disabled = true;
      button.setAttribute("aria-busy", "true");
    }));
  });
  addEventListener("pageshow", release);

  /* ---- text areas grow where the browser's field-sizing does not yet ---- */
  if (!CSS.supports("field-sizing", "content")) {
    document.addEventListener("input", (event) => {
      if (!event.target.matches("textarea")) return;
      event.target.style.height = "auto";
      event.target.style.height = `${Math.min(event.target.scrollHeight + 2, innerHeight * 0.6)}px`;
    });
  }

  /* ---- data-time-zone: a hidden field that says which clock this person goes by ---- */
  document.querySelectorAll("[data-time-zone]").forEach((field) => {
    field.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
  });

  /* ---- data-count-for: how much room is left, said only near the end ---- */
  document.addEventListener("input", (event) => {
    const place = event.target.id && document.querySelector(`[data-count-for="${CSS.escape(event.target.id)}"]`);
    if (!place || event.target.maxLength < 0) return;
    const left = event.target.maxLength - event.target.value.length;
    place.textContent = left < 100 ? String(left) : "";
  });

  /* ---- relative times stay true on a page left open ---- */
  const relative = new Intl.RelativeTimeFormat(root.lang || "en", { numeric: "always" });
  setInterval(() => {
    if (document.hidden) return;
    document.querySelectorAll("time[data-ago]").forEach((time) => {
      const minutes = Math.floor((Date.now() - Date.parse(time.dateTime)) / 60000);
      if (minutes < 1 || minutes >= 1440) return;
      time.textContent = minutes < 60 ? relative.format(-minutes, "minute") : relative.format(-Math.floor(minutes / 60), "hour");
    });
  }, 30000);

  /* ---- wide tables in people's words can be scrolled by keyboard ---- */
  const reach = () => document.querySelectorAll(".prose table").forEach((table) => { if (table.scrollWidth > table.clientWidth) table.tabIndex = 0; });
  reach();
  document.body.addEventListener("htmx:afterSwap", reach);
})();
