/**
 * Live pages by server-sent events.
 *
 * `connect()` gets a short ticket, opens the stream after the last event it has handled, and hands each event on
 * once. `wireIslands()` reloads `<section id data-live-topics="request:UUID other:*" data-live-src="/path">`
 * when an event with one of its topics arrives, keeping focus, selection and what is being typed.
 */
import { gettext as _ } from "./i18n.js";
import { announce, csrf, Refused } from "./http.js";
import { swap } from "./swap.js";

const WORDS = { open: () => _("实时"), waiting: () => _("正在重连…"), ended: () => _("已断开，请刷新"), none: () => _("请刷新查看新内容") };

/**
 * @typedef {{id: string, topic: string, topics: string[], kind: string, data: any}} LiveEvent
 * @param {object} options
 * @param {string} options.ticketUrl POST answers `{url, ticket, cursor}`
 * @param {string} [options.cursor] where the stream was before the page was read: what came since is not missed
 * @param {(event: LiveEvent) => void} options.onEvent
 * @param {() => void} [options.onReset] some events are gone: reload what is shown
 * @param {(state: "open"|"waiting"|"ended"|"over"|"none") => void} [options.onState]
 * @returns {{close: () => void}}
 */
export function connect({ ticketUrl, cursor = "", onEvent, onReset = () => {}, onState = () => {} }) {
  if (!("EventSource" in globalThis)) { onState("none"); return { close() {} }; }
  let source = null, timer = 0, closed = false, tries = 0, last = cursor;
  const seen = new Set();

  function handle(message) {
    const id = message.lastEventId;
    if (id) {
      if (seen.has(id)) return;
      seen.add(id);
      if (seen.size > 500) seen.delete(seen.values().next().value);
      last = id;
    }
    let body;
    try { body = JSON.parse(message.data); } catch { body = { data: message.data }; }
    const topic = body.topic ?? "";
    onEvent({ id, topic, topics: body.topics ?? [topic], kind: body.kind ?? message.type, data: body.data ?? body });
  }

  async function open() {
    clearTimeout(timer);
    if (closed) return;
    try {
      const response = await fetch(ticketUrl, { method: "POST", credentials: "same-origin", headers: { "X-CSRFToken": csrf(), Accept: "application/json" } });
      if (!response.ok) throw new Refused(response.status, {});
      const { url, ticket, cursor } = await response.json();
      if (closed) return;
      last ||= cursor ?? "";
      const target = new URL(url, location.href);
      target.searchParams.set("ticket", ticket);
      if (last) target.searchParams.set("after", last);
      source = new EventSource(target, { withCredentials: true });
    } catch (error) {
      if (error instanceof Refused && error.status === 410) { closed = true; return onState("over"); }
      if (error instanceof Refused && [401, 403, 404].includes(error.status)) { closed = true; return onState("ended"); }
      return again();
    }
    const mine = source;
    mine.onopen = () => { tries = 0; onState("open"); };
    mine.onmessage = handle;
    mine.addEventListener("change", handle);
    mine.addEventListener("reset", (message) => {
      if (message.lastEventId) last = message.lastEventId;
      onReset();
    });
    // A ticket is good for one connection: take a new one before the browser tries again.
    mine.onerror = () => { if (mine === source) again(); };
  }

  function again() {
    source?.close();
    source = null;
    if (closed) return;
    onState("waiting");
    const wait = Math.min(30_000, 500 * 2 ** Math.min(tries++, 6)) * (0.75 + Math.random() / 2);
    timer = setTimeout(open, wait);
  }

  const wake = () => { if (!source && !closed) { tries = 0; open(); } };
  addEventListener("online", wake);
  // A page asleep in the back-forward cache holds no connection.
  addEventListener("pagehide", () => { source?.close(); source = null; clearTimeout(timer); });
  addEventListener("pageshow", (event) => { if (event.persisted) wake(); });
  open();
  return { close() { closed = true; clearTimeout(timer); source?.close(); } };
}

/** @param {HTMLElement} island */
async function reload(island) {
  if (island.dataset.loading) { island.dataset.loading = "again"; return; }
  island.dataset.loading = "yes";
  try {
    // A piece of the shell is in the whole page alone, not in its fragment.
    const asked = "liveWhole" in island.dataset ? {} : { "X-Live": "1" };
    const response = await fetch(island.dataset.liveSrc, { credentials: "same-origin", headers: { ...asked, Accept: "text/html" } });
    // A sign-in page would be shown inside the island.
    if (response.ok && !response.redirected) {
      swap(island, await response.text());
      if (island.dataset.liveSay) announce(island.dataset.liveSay);
    }
  } catch { /* offline: the stream's own reconnect reloads it */ } finally {
    const more = island.dataset.loading === "again";
    delete island.dataset.loading;
    if (more) reload(island);
  }
}

const due = new WeakMap();
/** Reload `island` in a moment, once for several events at a time. @param {HTMLElement} island */
function soon(island) {
  if (due.has(island)) return;
  due.set(island, setTimeout(() => { due.delete(island); reload(island); }, Number(island.dataset.liveWait) || 30));
}

const matches = (wanted, topic) => wanted === topic || (wanted.endsWith("*") && topic.startsWith(wanted.slice(0, -1)));

/** Connect this page once, if it has a ticket URL; events also reach the page as `live:event` on document. */
export function wireIslands() {
  const meta = document.querySelector('meta[name="live-ticket"]'), ticketUrl = meta?.content;
  if (!ticketUrl) return null;
  const islands = () => [...document.querySelectorAll("[data-live-src]")];
  let wasOpen = false, lost = false;
  return connect({
    ticketUrl, cursor: meta.dataset.cursor ?? "",
    onEvent(event) {
      document.dispatchEvent(new CustomEvent("live:event", { detail: event }));
      for (const island of islands()) {
        if ((island.dataset.liveTopics ?? "").split(/\s+/).some((wanted) => wanted && event.topics.some((topic) => matches(wanted, topic)))) soon(island);
      }
    },
    onReset: () => islands().forEach(reload),
    onState(state) {
      // It may not be seen any longer: the server says so.
      if (state === "over") return location.reload();
      if (state === "waiting" && wasOpen) lost = true;
      if (state === "open") { if (lost) { lost = false; announce(_("已重新连上")); } wasOpen = true; }
      for (const el of document.querySelectorAll("[data-live-state]")) {
        el.hidden = false;
        el.dataset.state = state;
        el.textContent = WORDS[state]();
      }
    },
  });
}
