/**
 * Sends sealed photos one by one. What is unsent lies in IndexedDB, so a reload, a crash or a day without a signal
 * loses nothing; one key per photo makes a second arrival harmless. Only one tab sends at a time.
 *
 * `queue` is an EventTarget: `change` {pending, groups, waiting}, `progress` {job, part 0..1},
 * `sent` {job, answer}, `refused` {job, sentence}.
 */
import { gettext as _ } from "./i18n.js";
import { csrf, Refused, sentenceFor } from "./http.js";
import { owner, pending, withStore } from "./outbox.js";

export { pending };

/**
 * @typedef {object} Job
 * @property {string} key idempotency key
 * @property {string} url
 * @property {Blob|null} blob exact bytes; null for a step without a photo
 * @property {string} sha256 lower-case hex of the bytes, "" without a photo
 * @property {Record<string, string>} meta further form fields
 * @property {string} group what belongs together, e.g. the request
 * @property {string} label words for the person
 */

const STALL_MS = 45_000;
export const queue = new EventTarget();
const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("outbox") : null;
const emit = (type, detail, tell = true) => {
  queue.dispatchEvent(new CustomEvent(type, { detail }));
  if (tell && type !== "progress") channel?.postMessage({ type, detail });
};
channel?.addEventListener("message", ({ data }) => emit(data.type, data.detail, false));

/** SHA-256 of exactly these bytes. @param {Blob} blob @returns {Promise<string>} lower-case hex */
export async function seal(blob) {
  const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function report(waiting = "") {
  const jobs = await pending();
  emit("change", { pending: jobs.length, groups: new Set(jobs.map((job) => job.group)).size, waiting });
}

/** One try. @param {Job & {onProgress?: (part: number) => void, signal?: AbortSignal}} job @returns {Promise<any>} */
function send({ url, blob, sha256, meta, key, onProgress, signal }) {
  return new Promise((resolve, reject) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(meta)) if (value !== undefined && value !== "") body.set(name, value);
    if (blob) { body.set("sha256", sha256); body.set("file", blob, blob.name ?? `${meta.shot_code || "photo"}.${blob.type === "image/png" ? "png" : "jpg"}`); }
    const xhr = new XMLHttpRequest();
    let watch = 0;
    // A dead connection shows as silence, not as an error; a slow one still moves.
    const alive = () => { clearTimeout(watch); watch = setTimeout(() => xhr.abort(), STALL_MS); };
    const abort = () => xhr.abort();
    signal?.addEventListener("abort", abort);
    const end = () => { clearTimeout(watch); signal?.removeEventListener("abort", abort); };
    xhr.open("POST", url);
    xhr.setRequestHeader("Idempotency-Key", key);
    xhr.setRequestHeader("X-CSRFToken", csrf());
    xhr.setRequestHeader("Accept", "application/json");
    xhr.upload.onprogress = (event) => { alive(); if (event.lengthComputable) onProgress?.(event.loaded / event.total); };
    xhr.onload = () => {
      end();
      let answer = {};
      try { answer = JSON.parse(xhr.responseText); } catch { /* a proxy's own page */ }
      if (xhr.status >= 200 && xhr.status < 300) resolve(answer); else reject(new Refused(xhr.status, answer));
    };
    xhr.onerror = xhr.onabort = () => { end(); reject(new Refused(0, {})); };
    alive();
    xhr.send(body);
  });
}

const passing = (status) => status === 0 || status === 408 || status === 425 || status === 429 || status >= 500;

/** Resolves when `online` is heard or `ms` have passed. */
const pause = (ms, signal) => new Promise((resolve) => {
  const done = () => { clearTimeout(timer); removeEventListener("online", done); resolve(); };
  const timer = setTimeout(done, ms);
  addEventListener("online", done);
  signal?.addEventListener("abort", done, { once: true });
});

/**
 * Send one photo until it is taken or refused for good; tries again after lost connections and 5xx with the same key.
 * @param {{url: string, blob: Blob|null, sha256: string, meta: Record<string, string>, key?: string,
 *   onProgress?: (part: number) => void, onWait?: (sentence: string) => void, signal?: AbortSignal}} options
 * @returns {Promise<{photo_id: string, sha256: string, thumb_url: string}>}
 * @throws {Refused} a 4xx, or status 0 when `signal` ended it
 */
export async function upload({ key = crypto.randomUUID(), onWait, ...rest }) {
  for (let tries = 0; ; tries++) {
    try {
      if (navigator.onLine === false) throw new Refused(0, {});
      return await send({ key, ...rest });
    } catch (error) {
      if (!(error instanceof Refused) || !passing(error.status) || rest.signal?.aborted) throw error;
      onWait?.(sentenceFor(error.status));
      await pause(Math.min(60_000, 1000 * 2 ** tries), rest.signal);
    }
  }
}

/** Keep the job safe, then send it as soon as may be. @param {Omit<Job, "key"> & {key?: string}} job */
export async function enqueue(job) {
  const kept = { key: crypto.randomUUID(), ...job, owner, created: Date.now() };
  await withStore("readwrite", (store) => store.put(kept));
  await report();
  resume();
  return kept;
}

/** Give up a job, e.g. one that was refused. @param {string} key */
export async function discard(key) {
  await withStore("readwrite", (store) => store.delete(key));
  await report();
}

let running = false;
/** Send what is waiting. Called on every officer page. */
export function resume() {
  if (running || !owner || !("indexedDB" in globalThis)) return;
  running = true;
  const work = () => pump().catch(() => report(_("手机存不下了，请先连网把照片发出去。"))).finally(() => { running = false; });
  if (navigator.locks) navigator.locks.request("outbox", work); else work();
}

async function pump() {
  for (;;) {
    const job = (await pending()).find((one) => !one.refused);
    if (!job) break;
    await report();
    try {
      const answer = await upload({
        ...job,
        onProgress: (part) => emit("progress", { job: { key: job.key }, part }),
        onWait: (sentence) => report(sentence),
      });
      await withStore("readwrite", (store) => store.delete(job.key));
      emit("sent", { job: { key: job.key, group: job.group, meta: job.meta, label: job.label }, answer });
    } catch (error) {
      const status = error.status ?? 0;
      if (status === 401 || status === 403) return report(sentenceFor(status));
      await withStore("readwrite", (store) => store.put({ ...job, refused: error.message }));
      emit("refused", { job: { key: job.key, group: job.group, meta: job.meta, label: job.label }, sentence: error.message });
    }
  }
  await report();
}

queue.addEventListener("change", ({ detail }) => {
  for (const el of document.querySelectorAll("[data-queue]")) {
    el.hidden = !detail.pending;
    const words = detail.groups > 1 ? _("{g} 组待发送，共 {n} 张", { g: detail.groups, n: detail.pending }) : _("{n} 张待发送", { n: detail.pending });
    el.textContent = detail.waiting ? `${words} · ${detail.waiting}` : words;
  }
});
