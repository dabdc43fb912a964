/* The inbox follows what is read, done or deleted elsewhere. Only rows that are on the page change, in their places: focus,
   keyboard position and scroll stay, and what is new is said by the line above the list. */
(() => {
  "use strict";
  const SOON_MS = 100, AFTER_OWN_MS = 600, BUSY_MS = 1000;
  const TYPING = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])";
  const mine = new Set();  // rows that were changed here: they stay where they are, with their undo
  let timer = 0, looking = false, ownAt = 0;

  const list = () => document.getElementById("inbox");
  const rows = (place) => [...place.querySelectorAll("article.item[id]")];

  function plan(ms = Date.now() - ownAt < AFTER_OWN_MS ? AFTER_OWN_MS : SOON_MS) {
    clearTimeout(timer);
    timer = setTimeout(look, ms);
  }

  function isBusy() {
    return looking || list().querySelector("details[open], .htmx-request") || document.querySelector("dialog[open]")
      || list().contains(document.activeElement.closest(TYPING));
  }

  async function look() {
    if (document.hidden || !list()) return;  // looked at again, it asks
    if (isBusy()) return plan(BUSY_MS);
    looking = true;
    const since = ownAt;
    try {
      const answer = await fetch(location.href, { credentials: "same-origin", cache: "no-store", headers: { Purpose: "prefetch" } });
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      // Something was pressed here meanwhile: this answer may be older than that.
      if (ownAt !== since) return plan();
      if (page.getElementById("inbox")) follow(page.getElementById("inbox"));
    } catch {
      // The next change asks again.
    } finally {
      looking = false;
    }
  }

  function follow(fresh) {
    const here = rows(list());
    const there = new Map(rows(fresh).map((row) => [row.id, row]));
    // What is missing after the last common row may only have moved to the next page.
    const end = fresh.querySelector("[rel=next]") ? here.findLastIndex((row) => there.has(row.id)) : here.length;
    here.forEach((row, index) => {
      const now = there.get(row.id);
      if (now) { if (words(now) !== words(row)) change(row, document.adoptNode(now)); }
      else if (index < end && !mine.has(row.id)) remove(row);
    });
    const [tabs, freshTabs] = [list(), fresh].map((place) => place.querySelector("#inbox-tabs"));
    if (tabs && freshTabs && words(tabs) !== words(freshTabs) && !tabs.contains(document.activeElement)) change(tabs, document.adoptNode(freshTabs));
    if (!rows(fresh).length && !rows(list()).length) list().dispatchEvent(new Event("belltower:emptied", { bubbles: true }));
  }

  /* What a row says, without what differs each time it is made. */
  function words(row) {
    const copy = row.cloneNode(true);
    copy.classList.remove("at");
    copy.querySelectorAll("[name=csrfmiddlewaretoken], .fresh").forEach((part) => part.remove());
    return copy.outerHTML;
  }

  function change(row, now) {
    const focused = row.contains(document.activeElement) && document.activeElement.id;
    now.classList.toggle("at", row.classList.contains("at"));
    row.querySelectorAll("input[type=checkbox]:checked").forEach(({ name, value }) => {
      const box = now.querySelector(`input[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`);
      if (box) box.checked = true;
    });
    row.replaceWith(now);
    htmx.process(now);
    if (focused !== false) (document.getElementById(focused) ?? now.querySelector(".item-link"))?.focus({ preventScroll: true });
  }

  function remove(row) {
    const hadFocus = row.contains(document.activeElement), wasAt = row.classList.contains("at");
    const all = rows(list()), next = all[all.indexOf(row) + 1] ?? all[all.indexOf(row) - 1];
    const day = row.closest("section");
    row.remove();
    if (day && !day.querySelector("article.item")) day.remove();
    if (wasAt) next?.classList.add("at");
    if (hadFocus) next?.querySelector(".item-link")?.focus({ preventScroll: true });
  }

  document.body.addEventListener("htmx:beforeRequest", ({ detail }) => {
    const row = detail.elt.closest("#inbox article.item");
    if (row) mine.add(row.id);
    if (detail.requestConfig?.verb !== "get") ownAt = Date.now();
  });
  document.body.addEventListener("belltower:unread", () => plan());
  document.body.addEventListener("belltower:frame", ({ detail }) => { if (detail.event === "unread" || detail.event === "reset") plan(); });
  document.body.addEventListener("belltower:elsewhere", () => plan());
  document.addEventListener("visibilitychange", () => { if (!document.hidden) plan(); });
  addEventListener("pageshow", ({ persisted }) => { if (persisted) plan(); });
})();
