/* What floats for a moment: body.dispatchEvent(new CustomEvent("toast", {detail: {message, level}})), HX-Trigger, and the
   messages that came with the page. belltower.float(note) is for other scripts. */
(() => {
  "use strict";
  const toasts = document.getElementById("toasts");
  const words = document.body.dataset;
  const LINGER_MS = 7000, MOST = 3, MARGIN_PX = 8;

  /* Goes after a while, not while somebody is at it; an error stays until it is dismissed. */
  function linger(note) {
    let timer = 0;
    const hold = () => clearTimeout(timer);
    const go = () => {
      hold();
      const isHeld = note.matches(":hover") || note.contains(document.activeElement);
      if (!isHeld && !note.classList.contains("note-error")) timer = setTimeout(() => note.remove(), LINGER_MS);
    };
    for (const sign of ["pointerenter", "focusin"]) note.addEventListener(sign, hold);
    for (const sign of ["pointerleave", "focusout", "toast:again"]) note.addEventListener(sign, () => setTimeout(go));
    note.addEventListener("keydown", ({ key }) => { if (key === "Escape") note.remove(); });
    note.querySelector("[data-dismiss]")?.addEventListener("click", () => note.remove());
    go();
  }

  /* Never over the one primary button: then they hang under the top bar instead. */
  function keepClear() {
    toasts.classList.remove("toasts-high");
    if (!toasts.firstElementChild) return;
    const { top, bottom } = toasts.getBoundingClientRect();
    const isCovered = [...document.querySelectorAll("main .btn-brass")].some((button) => {
      const box = button.getBoundingClientRect();
      return box.height && !toasts.contains(button) && box.bottom > top - MARGIN_PX && box.top < bottom + MARGIN_PX;
    });
    toasts.classList.toggle("toasts-high", isCovered);
  }

  belltower.float = (note) => {
    toasts.append(note);
    linger(note);
    while (toasts.children.length > MOST) toasts.firstElementChild.remove();
    keepClear();
  };

  function toast(message, level = "info") {
    if (!message) return;
    const note = document.getElementById("toast-pattern").content.firstElementChild.cloneNode(true);
    note.classList.add(`note-${level}`);
    note.querySelector("[data-message]").textContent = message;
    belltower.float(note);
  }

  if (!toasts) return;
  toasts.querySelectorAll(".note").forEach(linger);
  if (toasts.firstElementChild) keepClear();
  addEventListener("scrollend", keepClear);
  addEventListener("resize", keepClear);
  document.body.addEventListener("toast", ({ detail }) => toast(detail.message ?? detail.value, detail.level));
  document.body.addEventListener("htmx:responseError", () => toast(words.failed, "error"));
  document.body.addEventListener("htmx:sendError", () => toast(words.unreachable, "error"));
})();
