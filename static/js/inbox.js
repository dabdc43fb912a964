/* The inbox by keyboard, several rows at once, and undoing for a while. Without this every button still works. */
(() => {
  "use strict";
  const UNDO_SECONDS = 10, SAY_AT = 5, NOTES_MAX = 3;
  const help = document.getElementById("keys");
  const notes = document.getElementById("undo-notes");
  const list = () => document.getElementById("inbox");
  const rows = () => [...list().querySelectorAll("article.item")];

  /* ---- where one is: the row with the focus, else the last that had it ---- */
  let lastId = "";
  const current = () => document.activeElement.closest("article.item") ?? document.getElementById(lastId);
  function go(row) {
    if (!row) return;
    lastId = row.id;
    let target = row.querySelector(".item-link");
    if (!target) { target = row; row.tabIndex = -1; }  // what is gone leads nowhere, and can still be tidied up
    target.focus({ preventScroll: true, focusVisible: true });
    row.scrollIntoView({ block: "nearest" });
  }
  function move(step) {
    const all = rows(), at = all.indexOf(current());
    go(at < 0 ? all[0] : all[Math.min(Math.max(at + step, 0), all.length - 1)]);
  }
  document.addEventListener("focusin", (event) => { lastId = event.target.closest("article.item")?.id ?? lastId; });

  /* ---- several at once ---- */
  const boxes = () => [...list().querySelectorAll("article.item [name=ids][form=bulk]")];
  const ticked = () => boxes().filter((box) => box.checked);
  function count() {
    const all = document.getElementById("pick-all");
    if (!all) return;
    const number = ticked().length, place = document.getElementById("bulk-count");
    all.checked = number > 0 && number === boxes().length;
    all.indeterminate = number > 0 && !all.checked;
    if (place.textContent !== String(number || "")) place.textContent = number || "";
  }
  new MutationObserver(count).observe(list().parentElement, { childList: true, subtree: true });  // also what goes elsewhere
  document.addEventListener("change", (event) => {
    if (event.target.id === "pick-all") boxes().forEach((box) => { box.checked = event.target.checked; });
    if (event.target.matches("[name=ids]")) count();
  });

  /* ---- keys ---- */
  const REMEMBERED = "belltower.inbox-keys";
  const keysOn = () => localStorage.getItem(REMEMBERED) !== "off";
  function press(key) {
    const place = ticked().length ? document.getElementById("bulk") : current();
    // htmx takes a moment to bind what it has just put there; until then a press would load the whole page.
    if (place?.closest(".htmx-added")) { setTimeout(press, 30, key); return; }
    const button = place?.querySelector(`[data-key=${key}]`);
    if (button?.tagName !== "SUMMARY") { button?.click(); return; }
    button.parentElement.open = true;
    button.parentElement.querySelector(".menu-list :is(button, a)").focus();
  }
  const KEYS = {
    j: () => move(1),
    k: () => move(-1),
    o: () => current()?.querySelector(".item-link")?.click(),
    e: () => press("e"),
    s: () => press("s"),
    u: () => press("u"),
    h: () => press("h"),
    b: () => press("h"),
    x: () => current()?.querySelector("[form=bulk]").click(),
    z: () => notes.lastElementChild?.querySelector("button").click(),
  };
  function isTyping(target) {
    return target.closest("textarea, select, [contenteditable], dialog, input:not([type=checkbox], [type=radio])");
  }
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) || help.open) return;
    if (event.key === "?") { event.preventDefault(); showHelp(); return; }
    // Enter does what it does where the focus is; from nowhere it opens the row one was at.
    const act = event.key === "Enter" && document.activeElement === document.body ? KEYS.o : KEYS[event.key];
    if (!act || !keysOn()) return;
    event.preventDefault();
    act();
  });
  function showHelp() {
    help.querySelector("#keys-on").checked = keysOn();
    help.showModal();
  }
  help.addEventListener("change", (event) => localStorage.setItem(REMEMBERED, event.target.checked ? "on" : "off"));
  document.addEventListener("click", (event) => { if (event.target.closest("[data-keys-help]")) showHelp(); });

  /* ---- undo: each note stays ten seconds, longer while somebody is at it ---- */
  function countDown(note) {
    let left = UNDO_SECONDS;
    const spoken = note.querySelector("[data-undo-left]");
    const say = () => { spoken.textContent = spoken.dataset.undoLeft.replace("%s", left); };
    say();
    const timer = setInterval(() => {
      if (!note.isConnected) clearInterval(timer);
      if (note.matches(":hover, :focus-within") || document.hidden) return;
      left -= 1;
      if (left === SAY_AT) say();
      if (left <= 0) note.remove();
    }, 1000);
    note.addEventListener("htmx:afterRequest", () => note.remove());
  }
  [...notes.children].forEach(countDown);
  new MutationObserver((changes) => {
    changes.flatMap((change) => [...change.addedNodes]).filter((node) => node.matches?.(".note")).forEach(countDown);
    while (notes.children.length > NOTES_MAX) notes.firstElementChild.remove();
  }).observe(notes, { childList: true });

  /* ---- after a swap the focus is where one would look for it ---- */
  const kept = new WeakMap();  // by request: two that are quick after one another must not mix
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { target, requestConfig: { elt: asked } } = event.detail;
    const all = rows(), at = all.findIndex((row) => row === target);
    const undone = asked.closest("[data-undo-of]")?.dataset.undoOf.trim().split(" ") ?? [];
    const near = at < 0 ? all.map((row) => row.id) : [all[at], all[at + 1], all[at - 1]].filter(Boolean).map((row) => row.id);
    const inside = target.contains(document.activeElement) || document.activeElement === document.body;
    kept.set(event.detail.xhr, {
      ids: inside || undone.length ? [...undone, ...(target === list() ? [lastId] : []), ...near] : [],
      ticked: asked.id === "bulk" ? [] : ticked().map((box) => box.value),
    });
  });
  function refill() {  // the last one went: what the empty page says, or what comes next
    htmx.ajax("GET", list().dataset.address, { target: "#inbox", swap: "outerHTML" });
  }
  document.body.addEventListener("belltower:emptied", () => { if (list().querySelector(".day")) refill(); });
  document.body.addEventListener("htmx:afterSettle", (event) => {
    const keep = kept.get(event.detail.xhr);
    if (!keep) return;
    if (list().querySelector(".day") && !rows().length) { refill(); return; }
    boxes().forEach((box) => { box.checked ||= keep.ticked.includes(box.value); });
    count();
    if (document.activeElement === document.body) go(document.getElementById(keep.ids.find((id) => document.getElementById(id))));
  });
})();
