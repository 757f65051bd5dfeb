/**
 * The shell that works without a signal. The view that serves this file puts `VERSION`, `SHELL` (addresses) and
 * `OFFLINE` (address) before it. Styles, modules and the offline page are kept ahead; pages come from the network
 * and fall back to the copy seen last; photos, streams and the API are never kept. What a person saw is dropped at
 * sign-out (message `forget`).
 */
/* global VERSION, SHELL, OFFLINE */
const SHELL_CACHE = `shell-${VERSION}`, PAGES = "pages", KEPT_PAGES = 30;
const HASHED = /\.[0-9a-f]{12}\.\w+$/;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL_CACHE).then((cache) => cache.addAll([OFFLINE, ...SHELL])).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("shell-") && name !== SHELL_CACHE) await caches.delete(name);
    await self.clients.claim();
  })());
});
self.addEventListener("message", (event) => { if (event.data === "forget") event.waitUntil(caches.delete(PAGES)); });

async function keep(request, response) {
  const cache = await caches.open(PAGES);
  await cache.put(request, response);
  const keys = await cache.keys();
  for (const old of keys.slice(0, Math.max(0, keys.length - KEPT_PAGES))) await cache.delete(old);
}

async function page(event) {
  try {
    const response = await fetch(event.request);
    const open = response.ok && !response.redirected && response.type === "basic" && !/no-store/.test(response.headers.get("Cache-Control") ?? "");
    if (open) event.waitUntil(keep(event.request, response.clone()));
    return response;
  } catch {
    return (await caches.match(event.request, { cacheName: PAGES })) ?? (await caches.match(OFFLINE)) ?? Response.error();
  }
}

async function shell(request) {
  const kept = await caches.match(request, { cacheName: SHELL_CACHE });
  if (kept && HASHED.test(new URL(request.url).pathname)) return kept;
  return fetch(request).catch(() => kept ?? Response.error());
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, href } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (SHELL.some((one) => new URL(one, self.location.href).href === href || one === pathname)) event.respondWith(shell(request));
});
