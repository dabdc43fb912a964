/* News as it comes: one toast, which counts when more comes. Only in a tab that is looked at; not on the inbox, whose own
   line says it, nor of what is on the page already: there follow.js offers what is new. */
(() => {
  "use strict";
  const pattern = document.getElementById("news-pattern");
  if (!pattern) return;

  const COUNTING_MS = 1000;  // in a storm a screen reader hears a number a second, at most
  let note, ids = new Set(), latest, timer = 0, drawnAt = 0;

  const isHere = (news) => new URL(news.target_url || "/", location.href).pathname === location.pathname && Boolean(news.target_url);

  function arrive(news) {
    if (news.is_read || document.hidden || document.getElementById("inbox") || isHere(news)) return;
    if (!note?.isConnected) {
      note = pattern.content.firstElementChild.cloneNode(true);
      note.querySelector("a").addEventListener("click", () => { if (ids.size === 1) belltower.markRead(latest.id); });
      [ids, drawnAt] = [new Set(), 0];
    }
    ids.add(news.id);
    latest = news;
    clearTimeout(timer);
    timer = setTimeout(draw, Math.max(0, drawnAt + COUNTING_MS - Date.now()));
  }

  function draw() {
    drawnAt = Date.now();
    const isOne = ids.size === 1, link = note.querySelector("a"), said = note.querySelector("[data-said]");
    link.textContent = isOne ? latest.title : belltower.counted("news", ids.size);
    link.href = (isOne && belltower.own(latest.target_url)) || pattern.dataset.inbox;
    said.textContent = isOne ? (latest.message === latest.title ? "" : latest.message) : latest.title;
    said.classList.toggle("said", isOne);
    if (note.isConnected) note.dispatchEvent(new Event("toast:again"));
    else belltower.float(note);
  }

  document.body.addEventListener("belltower:frame", ({ detail: { event, data } }) => {
    if (event === "notification") arrive(data);
    if (data.unread_count === 0) note?.remove();  // read elsewhere, or taken back
  });
  document.body.addEventListener("belltower:over", () => note?.remove());
})();
