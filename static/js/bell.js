/* Keeps the bell, the title and the favicon true. With a stream (tabs.js) they follow it; without, the page asks while it
   is looked at: every second for a minute after the person did something or the count changed, else every three;
   it fails quietly: waits longer and longer (30 s at most) and says that it is offline. */
(() => {
  "use strict";
  const bell = document.getElementById("bell");
  if (!bell) return;

  const FAST_MS = 1000, CALM_MS = 3000, SLOWEST_MS = 30000, LIVELY_MS = 60000, PATIENCE_MS = 10000;
  const MOST = 99;
  const box = bell.closest("[data-bell]");
  const offline = box.querySelector("[data-bell-offline]");
  const spoken = box.querySelector("[data-bell-spoken]");
  const favicon = document.getElementById("favicon");
  let have = bell.dataset.badge;
  let livelyUntil = Date.now() + LIVELY_MS;
  let failures = 0;
  let timer = 0;
  let asking = false;
  let told = 0;  // frames of the stream: an answer that was asked for before one of them is old
  let over = false;

  const live = () => Boolean(belltower.tabs?.live());
  const delay = () =>
    failures ? Math.min(SLOWEST_MS, CALM_MS * 2 ** (failures - 1)) : Date.now() < livelyUntil ? FAST_MS : CALM_MS;

  function plan(ms) {
    clearTimeout(timer);
    if (!over && !document.hidden) timer = setTimeout(ask, ms);
  }

  function show(badge) {
    if (badge === have) return;
    const before = have;
    have = badge;
    bell.querySelector(".badge-n").textContent = bell.dataset.badge = badge;
    bell.setAttribute("aria-label", badge ? bell.dataset.some.replace("{}", badge) : bell.dataset.none);
    document.querySelectorAll("[data-unread]").forEach((place) => { place.textContent = badge; });
    const title = document.title, mark = `(${before}) `;
    document.title = (badge ? `(${badge}) ` : "") + (before && title.startsWith(mark) ? title.slice(mark.length) : title);
    if (favicon) favicon.href = badge ? favicon.dataset.rings : favicon.dataset.rests;
    livelyUntil = Date.now() + LIVELY_MS;
    // Only news is worth interrupting a screen reader for, and only politely; with a stream, news.js says what it is.
    const isMore = parseInt(badge || "0", 10) > parseInt(before || "0", 10);
    spoken.textContent = isMore && !live() ? bell.getAttribute("aria-label") : "";
    document.body.dispatchEvent(new CustomEvent("belltower:unread", { detail: { badge, before } }));
  }

  function showCount(count) {
    if (!Number.isInteger(count)) return;
    told += 1;
    show(count > MOST ? `${MOST}+` : count > 0 ? String(count) : "");
  }

  async function ask() {
    if (asking) return;
    asking = true;
    const toldBefore = told;
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
        const fresh = holder.content.querySelector("[data-badge]");
        if (fresh && told === toldBefore) show(fresh.dataset.badge);
      }
      reached();
    } catch {
      failures += 1;
      // One lost answer is no news; two are.
      if (failures === 2) offline.textContent = offline.dataset.bellOffline;
    } finally {
      asking = false;
      if (failures || !live()) plan(delay());
    }
  }

  function reached() {
    failures = 0;
    if (offline.textContent) offline.textContent = "";
  }

  function lively() {
    const wasCalm = Date.now() >= livelyUntil;
    livelyUntil = Date.now() + LIVELY_MS;
    if (wasCalm && !failures && !live()) plan(FAST_MS);
  }

  for (const sign of ["pointerdown", "keydown", "wheel"]) addEventListener(sign, lively, { passive: true });
  document.addEventListener("visibilitychange", () => { if (document.hidden) clearTimeout(timer); else { lively(); plan(0); } });
  addEventListener("online", () => { failures = 0; plan(0); });
  addEventListener("offline", () => { failures = Math.max(failures, 2); offline.textContent = offline.dataset.bellOffline; });
  addEventListener("pageshow", (event) => { if (event.persisted) plan(0); });
  // A page that read or changed something says so, and the bell follows at once.
  document.body.addEventListener("belltower:changed", () => plan(0));
  document.body.addEventListener("htmx:afterRequest", () => { if (!live()) plan(0); });

  document.body.addEventListener("belltower:live", ({ detail }) => {
    if (!detail.live) return plan(FAST_MS);
    reached();
    clearTimeout(timer);
    showCount(detail.count);
  });
  document.body.addEventListener("belltower:frame", ({ detail }) => {
    if (detail.event === "reset") plan(0);
    showCount(detail.data.unread_count);
  });
  document.body.addEventListener("belltower:over", () => { over = true; clearTimeout(timer); });
  plan(FAST_MS);
})();
