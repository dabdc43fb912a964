/* Notices of this device while a page of the site is open: only while none is looked at, one for each thing, and taken
   away when it is read anywhere. Where the push service rings, it does so for these too. */
(() => {
  "use strict";
  const { device } = belltower;
  if (!device) return;

  const GATHER_MS = 700, MOST = 3, ASKED = 100;
  let waiting = [], timer = 0, unread = 0, over = false;

  /* ---- showing ---- */
  async function arrive(news) {
    if (news.is_read || device.rings() || !belltower.tabs.leads() || !device.isOn()) return;
    if (await belltower.tabs.looking() || over) return;
    waiting = [...waiting.filter(({ id }) => id !== news.id), news];
    timer ||= setTimeout(showAll, GATHER_MS);
  }
  function showAll() {
    const some = waiting;
    [waiting, timer] = [[], 0];
    if (!some.length) return;
    if (some.length <= MOST) return some.forEach((news) => show({
      tag: `${news.type}:${news.target_type}.${news.target_id}`, ids: [news.id], title: news.title,
      body: news.message === news.title ? "" : news.message, url: news.target_url,
    }));
    const ids = some.map(({ id }) => id);
    show({ tag: "many", ids, title: belltower.counted("news", ids.length), body: some.at(-1).title });
  }
  async function show({ tag, ids, title, body, url }) {
    const options = { body, tag: `belltower:${tag}`, icon: device.icon, data: { ids, url } };
    const registration = await device.worker();
    const before = (await registration.getNotifications({ tag: options.tag })).flatMap(({ data }) => data?.ids ?? []);
    options.data.ids = [...new Set([...before, ...ids])];
    await registration.showNotification(title, options);
  }

  /* ---- a click on one: the worker says where it leads, to a page if there is one ---- */
  navigator.serviceWorker.addEventListener("message", ({ data: { kind, url, ids }, ports: [port] }) => {
    if (kind !== "open" && kind !== "read") return;
    port?.postMessage("heard");
    if (ids.length === 1) belltower.markRead(ids[0]);
    if (kind === "open") visit(belltower.own(url));
  });
  /* Here, unless somebody was writing something here. */
  function visit(url) {
    const isWriting = [...document.querySelectorAll("main textarea")].some((field) => field.value !== field.defaultValue);
    if (isWriting) window.open(url, "_blank", "noopener");
    else location.assign(url);
  }

  /* ---- taking away ---- */
  const shown = async () => (await navigator.serviceWorker.getRegistration("/"))?.getNotifications() ?? [];
  async function closeAll() {
    waiting = [];
    (await shown()).forEach((notice) => notice.close());
  }
  async function close(isGone) {
    waiting = waiting.filter(({ id }) => !isGone(id));
    for (const notice of await shown()) {
      const ids = notice.data?.ids ?? [];
      if (ids.length && ids.every(isGone)) notice.close();
    }
  }
  /* What is shown and is not among the newest that are unread. */
  async function check() {
    if (!waiting.length && !(await shown()).length) return;
    const answer = await fetch(`/api/notifications?unread_only=true&limit=${ASKED}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const still = new Set((await answer.json()).notifications.map(({ id }) => id));
    await close((id) => !still.has(id));
  }
  const look = () => check().catch(() => { /* the next change asks again */ });

  document.body.addEventListener("belltower:frame", ({ detail: { event, data } }) => {
    if (event === "notification") return data.is_read ? close((id) => id === data.id) : arrive(data);
    if (!Number.isInteger(data.unread_count)) return;
    const isLess = data.unread_count < unread;
    unread = data.unread_count;
    if (!unread) closeAll();
    else if (isLess || event === "connected") look();
  });
  document.body.addEventListener("belltower:silent", closeAll);
  document.body.addEventListener("belltower:over", () => { over = true; closeAll(); });
  if (device.isOn()) look();
})();
