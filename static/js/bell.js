/* Keeps the bell true while the page is looked at.
   Asks every second for a minute after the person did something or the count changed, else every three;
   fails quietly: waits longer and longer (30 s at most) and says that it is offline. */
(() => {
  "use strict";
  const bell = document.getElementById("bell");
  if (!bell) return;

  const FAST_MS = 1000, CALM_MS = 3000, SLOWEST_MS = 30000, LIVELY_MS = 60000, PATIENCE_MS = 10000;
  const box = bell.closest("[data-bell]");
  const offline = box.querySelector("[data-bell-offline]");
  const spoken = box.querySelector("[data-bell-spoken]");
  let have = bell.dataset.badge;
  let livelyUntil = Date.now() + LIVELY_MS;
  let failures = 0;
  let timer = 0;
  let asking = false;
  let over = false;

  const delay = () =>
    failures ? Math.min(SLOWEST_MS, CALM_MS * 2 ** (failures - 1)) : Date.now() < livelyUntil ? FAST_MS : CALM_MS;

  function plan(ms) {
    clearTimeout(timer);
    if (!over && !document.hidden) timer = setTimeout(ask, ms);
  }

  function show(fragment) {
    const fresh = fragment.querySelector("[data-badge]");
    if (!fresh) return;
    const before = have;
    have = fresh.dataset.badge;
    bell.replaceChildren(...fresh.childNodes);
    bell.dataset.badge = have;
    bell.setAttribute("aria-label", fresh.getAttribute("aria-label"));
    document.querySelectorAll("[data-unread]").forEach((place) => { place.textContent = have; });
    document.title = (have ? `(${have}) ` : "") + document.title.replace(/^\(\d+\+?\)\s+/, "");
    if (have !== before) {
      livelyUntil = Date.now() + LIVELY_MS;
      // Only news is worth interrupting a screen reader for, and only politely.
      spoken.textContent = parseInt(have || "0", 10) > parseInt(before || "0", 10) ? bell.getAttribute("aria-label") : "";
      document.body.dispatchEvent(new CustomEvent("belltower:unread", { detail: { badge: have, before } }));
    }
  }

  async function ask() {
    if (asking) return;
    asking = true;
    try {
      const answer = await fetch(`${bell.dataset.url}?have=${encodeURIComponent(have)}`, {
        credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS),
      });
      // Signed out elsewhere: there is nothing left to ask for until the next page.
      if (answer.redirected || answer.status === 401 || answer.status === 403) { over = true; return; }
      if (!answer.ok) throw new Error(String(answer.status));
      if (answer.status !== 204) {
        const holder = document.createElement("template");
        holder.innerHTML = await answer.text();
        show(holder.content);
      }
      failures = 0;
      if (offline.textContent) offline.textContent = "";
    } catch {
      failures += 1;
      // One lost answer is no news; two are.
      if (failures === 2) offline.textContent = offline.dataset.bellOffline;
    } finally {
      asking = false;
      plan(delay());
    }
  }

  function lively() {
    const wasCalm = Date.now() >= livelyUntil;
    livelyUntil = Date.now() + LIVELY_MS;
    if (wasCalm && !failures) plan(FAST_MS);
  }

  for (const sign of ["pointerdown", "keydown", "wheel"]) addEventListener(sign, lively, { passive: true });
  document.addEventListener("visibilitychange", () => { if (document.hidden) clearTimeout(timer); else { lively(); plan(0); } });
  addEventListener("online", () => { failures = 0; plan(0); });
  addEventListener("offline", () => { failures = Math.max(failures, 2); offline.textContent = offline.dataset.bellOffline; });
  addEventListener("pageshow", (event) => { if (event.persisted) plan(0); });
  // A page that read or changed something says so, and the bell follows at once.
  for (const news of ["htmx:afterRequest", "belltower:changed"]) document.body.addEventListener(news, () => plan(0));
  plan(FAST_MS);
})();
