{% load static %}/* Rings in this browser while no page of the site does: shows what it is told, and leads there. */
"use strict";
const ICON = "{% static 'img/tower.png' %}", INBOX = "{% url 'inbox' %}", ANSWER_MS = 1000, CLOSING_MS = 4000;
/* Takes the right to ring from whoever is told something and shows nothing, also where a page has shown it. */
const ALWAYS_SHOWS = /Safari/.test(navigator.userAgent) && !/Chrom/.test(navigator.userAgent);

const windows = () => clients.matchAll({ type: "window", includeUncontrolled: true });  /* the last looked at first */

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("push", (event) => {
  const told = event.data.json();
  if (!told.close) event.waitUntil(arrive(told));
  /* Later than the browser looks whether something is shown: until then, that is. */
  else setTimeout(takeAway, CLOSING_MS, told.close);
});
addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(lead(event.notification.data ?? {}));
});

async function arrive({ id, title, body, url, tag, site }) {
  const isSeen = (await windows()).some(({ visibilityState }) => visibilityState === "visible");
  if (isSeen && !ALWAYS_SHOWS) return;  /* the page says it */
  const data = { ids: id ? [id] : [], url };
  await registration.showNotification(title || site, { body, tag: `belltower:${tag}`, icon: ICON, data });
}

async function takeAway(gone) {
  for (const notice of await registration.getNotifications()) {
    const ids = notice.data?.ids ?? [];
    if (ids.length && ids.every((id) => gone.includes(id))) notice.close();
  }
}

/* To a page that is open and answers, else to a new one. */
async function lead({ url, ids = [] }) {
  const target = new URL(url || INBOX, location.origin);
  const address = target.origin === location.origin ? target.href : INBOX;
  const [page] = await windows();
  if (page && await asked(page, { kind: "open", url: address, ids })) return page.focus();
  const opened = await clients.openWindow(address);
  opened?.postMessage({ kind: "read", ids });
}
function asked(page, words) {
  return new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => done(true);
    setTimeout(done, ANSWER_MS, false);
    page.postMessage(words, [port2]);
  });
}
