/**
 * The shell that works without a signal. The view that serves this file puts constants before it:
 * `VERSION`, `SHELL` (files kept ahead), `KEPT` (pages that name nobody, kept ahead), `OFFLINE` (address),
 * `INSTEAD` (pairs of a path's beginning and the kept page that stands in for it).
 *
 * Pages come from the network and fall back to the copy seen last, or to the kept page that stands in for them; photos,
 * streams and the API are never kept. What a person saw is dropped at sign-out (message `forget`).
 */
/* global VERSION, SHELL, KEPT, OFFLINE, INSTEAD */
const SHELL_CACHE = `shell-${VERSION}`, PAGES = "pages", PICTURES = "pictures", KEPT_PAGES = 30, PATIENCE_MS = 8000;
const HASHED = /\.[0-9a-f]{12}\.\w+$/, PICTURE = /^\/(catalogue\/samples|static\/catalogue\/overlays)\//, FILE = /^\/static\//;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL_CACHE).then((cache) => cache.addAll([OFFLINE, ...KEPT, ...SHELL])).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("shell-") && name !== SHELL_CACHE) await caches.delete(name);
    await self.clients.claim();
  })());
});
self.addEventListener("message", (event) => {
  const { data } = event;
  if (data === "forget") event.waitUntil(caches.delete(PAGES));
  // Kept pages speak one language; they are fetched again when it changes.
  if (data === "renew") event.waitUntil(caches.open(SHELL_CACHE).then((cache) => cache.addAll([OFFLINE, ...KEPT])).catch(() => {}));
  if (data?.keep) event.waitUntil(Promise.all(data.keep.map((address) => fill(new URL(address, self.location.href)))));
});
// The browser found a signal: an open page sends; where none is open, the queue goes out with the next one.
self.addEventListener("sync", (event) => {
  if (event.tag === "outbox") event.waitUntil((async () => {
    const pages = await self.clients.matchAll({ type: "window" });
    for (const page of pages) page.postMessage("resume");
    if (!pages.length && self.sendOutbox) await self.sendOutbox();
  })());
});

async function keep(request, response) {
  const cache = await caches.open(PAGES);
  await cache.put(request, response);
  const keys = await cache.keys();
  for (const old of keys.slice(0, Math.max(0, keys.length - KEPT_PAGES))) await cache.delete(old);
}
const keepable = (response) => response.ok && !response.redirected && response.type === "basic" && !/no-store/.test(response.headers.get("Cache-Control") ?? "");
/** Keep what a page named that was there before the worker. */
async function fill({ origin, pathname, href }) {
  if (origin !== self.location.origin) return;
  const file = FILE.test(pathname), picture = PICTURE.test(pathname);
  const cache = await caches.open(picture ? PICTURES : file ? SHELL_CACHE : PAGES);
  if ((file || picture) && await cache.match(href)) return;
  const response = await fetch(href, { credentials: "same-origin" }).catch(() => null);
  if (response && keepable(response)) await (file || picture ? cache.put(href, response) : keep(new Request(href), response));
}

const late = (ms) => new Promise((_resolve, reject) => setTimeout(reject, ms));
async function page(event) {
  const { request } = event, { pathname, search } = new URL(request.url);
  const here = KEPT.find((one) => one === pathname), instead = INSTEAD.find(([start]) => pathname.startsWith(start))?.[1];
  const network = fetch(request).then((response) => {
    if (keepable(response) && !here) event.waitUntil(keep(request, response.clone()));
    return response;
  });
  try {
    // A signal that is there by name only must not hold up somebody who could go on without it.
    return await (here || instead ? Promise.race([network, late(PATIENCE_MS)]) : network);
  } catch {
    network.catch(() => {});
    if (here) return (await caches.match(here, { cacheName: SHELL_CACHE, ignoreVary: true })) ?? Response.error();
    if (instead) return Response.redirect(`${instead}?at=${encodeURIComponent(pathname + search)}`);
    return (await caches.match(request, { cacheName: PAGES, ignoreVary: true })) ?? (await caches.match(OFFLINE, { ignoreVary: true })) ?? Response.error();
  }
}

async function file(event, pathname) {
  const { request } = event, cacheName = PICTURE.test(pathname) ? PICTURES : SHELL_CACHE;
  const kept = await caches.match(request, { cacheName, ignoreVary: true });
  if (kept && (HASHED.test(pathname) || cacheName === PICTURES)) return kept;
  try {
    const response = await fetch(request);
    if (response.ok && response.type === "basic") { const copy = response.clone(); event.waitUntil(caches.open(cacheName).then((cache) => cache.put(request, copy))); }
    return response;
  } catch { return kept ?? Response.error(); }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, href } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (FILE.test(pathname) || PICTURE.test(pathname) || SHELL.some((one) => new URL(one, self.location.href).href === href)) event.respondWith(file(event, pathname));
});
