/* Notices of the desktop: only after somebody has asked for them in this browser, only while no tab of the site is looked
   at, one for each thing, taken away everywhere when it is read. */
(() => {
  "use strict";
  const button = document.querySelector("[data-desktop]");
  const isPhone = /Android|iPhone|iPad/.test(navigator.userAgent);  // there only a service worker may
  if (!button || !belltower.tabs || !window.Notification || isPhone) return;

  const KEY = `belltower:${document.body.dataset.user}:desktop`;
  const GATHER_MS = 700, MOST = 3, ASKED = 100;
  const open = new Map();  // tag → {notice, ids}
  let waiting = [], timer = 0, unread = 0, over = false;

  const isWanted = () => { try { return localStorage.getItem(KEY) === "on"; } catch { return false; } };
  const isOn = () => isWanted() && Notification.permission === "granted";

  /* ---- the button ---- */
  function draw() {
    const isDenied = Notification.permission === "denied";
    button.hidden = false;
    button.setAttribute("aria-checked", String(isOn()));
    button.disabled = isDenied;
    document.getElementById("desktop-denied").hidden = !isDenied;
  }
  async function turn() {
    const on = !isOn() && (await Notification.requestPermission()) === "granted";
    try { localStorage.setItem(KEY, on ? "on" : "off"); } catch { /* storage is forbidden: it stays off */ }
    draw();
    if (on) belltower.tell("toast", { message: button.dataset.desktop, level: "success" });
    else closeAll();
  }
  button.addEventListener("click", turn);
  addEventListener("storage", ({ key }) => { if (key === KEY) draw(); });
  navigator.permissions?.query({ name: "notifications" }).then((status) => { status.onchange = draw; }, () => {});
  draw();

  /* ---- showing ---- */
  async function arrive(news) {
    if (news.is_read || !belltower.tabs.leads() || !isOn() || await belltower.tabs.looking() || over) return;
    waiting = [...waiting.filter(({ id }) => id !== news.id), news];
    timer ||= setTimeout(showAll, GATHER_MS);
  }
  function showAll() {
    const some = waiting;
    [waiting, timer] = [[], 0];
    if (!some.length) return;
    if (some.length <= MOST) return some.forEach((news) => show({
      tag: `${news.type}:${news.target_type}.${news.target_id}`, ids: [news.id], title: news.title,
      body: news.message === news.title ? "" : news.message, url: belltower.own(news.target_url),
    }));
    const ids = some.map(({ id }) => id);
    show({ tag: "many", ids, title: belltower.counted("news", ids.length), body: some.at(-1).title });
  }
  function show({ tag, ids, title, body, url }) {
    const notice = new Notification(title, { body, tag: `belltower:${tag}`, icon: button.dataset.icon });
    const all = new Set([...(open.get(tag)?.ids ?? []), ...ids]);
    open.set(tag, { notice, ids: all });
    notice.onclose = () => { if (open.get(tag)?.notice === notice) open.delete(tag); };
    notice.onclick = () => {
      notice.close();
      window.focus();
      if (url) ids.forEach(belltower.markRead);
      visit(url || document.getElementById("bell").href);
    };
  }
  /* Here, unless somebody was writing something here. */
  function visit(url) {
    const isWriting = [...document.querySelectorAll("main textarea")].some((field) => field.value !== field.defaultValue);
    if (isWriting) window.open(url, "_blank", "noopener");
    else location.assign(url);
  }

  /* ---- taking away ---- */
  const closeAll = () => { waiting = []; open.forEach(({ notice }) => notice.close()); };
  function close(gone) {
    waiting = waiting.filter(({ id }) => !gone.has(id));
    open.forEach(({ notice, ids }) => { if ([...ids].every((id) => gone.has(id))) notice.close(); });
  }
  async function check() {
    const answer = await fetch(`/api/notifications?unread_only=true&limit=${ASKED}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const still = new Set((await answer.json()).notifications.map(({ id }) => id));
    const told = [...waiting.map(({ id }) => id), ...[...open.values()].flatMap(({ ids }) => [...ids])];
    close(new Set(told.filter((id) => !still.has(id))));
  }
  document.body.addEventListener("belltower:frame", ({ detail: { event, data } }) => {
    if (event === "notification") return data.is_read ? close(new Set([data.id])) : arrive(data);
    if (!Number.isInteger(data.unread_count)) return;
    const isLess = data.unread_count < unread;
    unread = data.unread_count;
    if (!unread) closeAll();
    else if (isLess && (open.size || waiting.length)) check().catch(() => { /* the next change asks again */ });
  });
  document.body.addEventListener("belltower:over", () => { over = true; closeAll(); });
  addEventListener("pagehide", closeAll);
})();
