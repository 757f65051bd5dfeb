/**
 * The queue of what is unsent: photos, steps, drafts, one by one, oldest first. It lies in `outbox.js`, so a reload, a crash or
 * days without a signal lose nothing; one key per job makes a second arrival harmless. Only one tab sends at a time.
 *
 * `queue` is an EventTarget: `change` {pending, groups, waiting}, `progress` {job, part 0..1},
 * `sent` {job, answer}, `refused` {job, sentence}.
 */
import { gettext as _ } from "./i18n.js";
import { newId, Refused, sentenceFor } from "./http.js";
import { bytesOf, mark, pending, person, put, remove } from "./outbox.js";
import { sendCounts } from "./counts.js";
import { sendDraft, sendForm, sendPhoto, sendStep, sendWords, standing } from "./sending.js";

export { pending };

/**
 * @typedef {object} Job
 * @property {string} key idempotency key
 * @property {"photo"|"step"|"draft"|"count"|"inspect"|"clue"} kind
 * @property {string} target address the photo belongs to, or that the step or draft is posted to
 * @property {string} sha256 lower-case hex of the bytes, "" without a photo
 * @property {Record<string, string>} meta further fields
 * @property {string} group what belongs together, e.g. the item
 * @property {string} label words for the person
 */

const TICKET_AFTER_MS = 3 * 86_400_000;
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

export async function report(waiting = "") {
  const jobs = await pending();
  emit("change", { pending: jobs.filter((job) => job.kind === "photo").length, steps: jobs.length, groups: new Set(jobs.map((job) => job.group)).size, waiting });
}

const passing = (status) => status === 0 || status === 408 || status === 423 || status === 425 || status === 429 || status >= 500;
/** Resolves when `online` is heard or `ms` have passed. */
const pause = (ms, signal) => new Promise((resolve) => {
  const done = () => { clearTimeout(timer); removeEventListener("online", done); resolve(); };
  const timer = setTimeout(done, ms);
  addEventListener("online", done);
  signal?.addEventListener("abort", done, { once: true });
});

/**
 * Try until it is taken or refused for good.
 * @param {() => Promise<any>} once @param {{onWait?: (sentence: string) => void, signal?: AbortSignal}} how
 * @throws {Refused} a 4xx, or status 0 when `signal` ended it
 */
async function untilTaken(once, { onWait, signal } = {}) {
  for (let tries = 0; ; tries++) {
    try {
      if (navigator.onLine === false) throw new Refused(0, {});
      return await once();
    } catch (error) {
      if (!(error instanceof Refused) || !passing(error.status) || signal?.aborted) throw error;
      onWait?.(sentenceFor(error.status));
      await pause(Math.min(60_000, 1000 * 2 ** tries), signal);
    }
  }
}

/**
 * Send one photo of the talk as a form, now.
 * @param {{url: string, blob: Blob, sha256: string, meta: Record<string, string>, key?: string,
 *   onProgress?: (part: number) => void, onWait?: (sentence: string) => void, signal?: AbortSignal}} options
 */
export const upload = ({ key = newId(), onWait, ...rest }) => untilTaken(() => sendForm({ key, ...rest }), { onWait, signal: rest.signal });

/** Keep the job safe, then send it as soon as may be. @param {Omit<Job, "key"> & {key?: string, blob?: Blob|null}} job */
export async function enqueue({ key = newId(), kind, group, blob = null, ...words }) {
  await put({ key, owner: await person(), created: Date.now(), kind, group }, words, blob);
  await report();
  resume();
  navigator.serviceWorker?.ready.then((worker) => worker.sync?.register("outbox")).catch(() => { /* not every browser has it */ });
  return { key, kind, group, ...words };
}

/** Give up a job, e.g. one that was refused. @param {string} key */
export async function discard(key) { await remove(key); await report(); }
/** Try a refused job once more. @param {string} key */
export async function retry(key) { await mark(key, { refused: "", waits: "" }); await report(); resume(); }

let running = false, more = false;
/** Send what is waiting: from each officer page, and by the worker. */
export async function resume() {
  more = "indexedDB" in globalThis;
  if (running || !more) return;
  running = true;
  // What comes just before the end goes too.
  const work = () => { more = false; return pump().catch(() => report(_("手机存不下了，请先连网把照片发出去。"))).finally(() => { running = more; return more && work(); }); };
  await (navigator.locks ? navigator.locks.request("outbox", work) : work());
}

const standingUrl = () => globalThis.document?.documentElement.dataset.standing || globalThis.STANDING || "";
async function attempt(job, byTicket) {
  const how = { onProgress: (part) => emit("progress", { job: { key: job.key }, part }), byTicket };
  if (job.kind === "draft") return sendDraft(job);
  if (job.kind === "count") return sendCounts((await pending()).filter((one) => one.kind === "count" && one.group === job.group && !one.refused));
  if (job.kind === "inspect" || job.kind === "clue") return sendWords(job.target, job.body, job.key);
  if (job.kind === "step") return sendStep(job);
  const blob = await bytesOf(job);
  // Where an earlier try broke off is kept with the job, not with this copy of it.
  return sendPhoto({ ...job, ...(await pending()).find((one) => one.key === job.key) }, blob, how);
}

async function pump() {
  const left = new Set(), owner = await person();
  if (!owner) return;
  let byTicket = false;
  const page = globalThis.document?.documentElement;
  if (!page?.dataset.signedIn && (await pending()).some((one) => !one.refused)) await untilTaken(() => standing(standingUrl()), { onWait: report });
  for (;;) {
    const job = (await pending()).find((one) => !one.refused && !left.has(one.key) && (!byTicket || (one.kind === "photo" && one.meta.ticket)));
    if (!job) break;
    await report();
    const told = { key: job.key, group: job.group, kind: job.kind, meta: job.meta, label: job.label };
    try {
      const answer = await untilTaken(() => attempt(job, byTicket), { onWait: report });
      await remove(job.key);
      emit("sent", { job: told, answer });
    } catch (error) {
      const status = error.status ?? 0;
      if (!byTicket && (status === 401 || status === 403)) {
        const who = await untilTaken(() => standing(standingUrl(), job.meta?.ticket), { onWait: report });
        if (who.person !== owner) {
          // Suspended, or away so long that the ticket would run out: into the unit's quarantine rather than nowhere.
          byTicket = who.suspended || (!who.person && Date.now() - job.created > TICKET_AFTER_MS);
          if (!byTicket || job.kind !== "photo") left.add(job.key);
          await mark(job.key, { waits: sentenceFor(401) });
          if (!byTicket && job.kind !== "draft") return report(sentenceFor(401));
          continue;
        }
      }
      await mark(job.key, { refused: error.message });
      emit("refused", { job: told, sentence: error.message });
    }
  }
  await report(left.size ? sentenceFor(401) : "");
}

queue.addEventListener("change", ({ detail }) => {
  for (const el of globalThis.document?.querySelectorAll("[data-queue]") ?? []) {
    el.hidden = !detail.steps;
    const words = detail.groups > 1 ? _("{g} 组待发送，共 {n} 张", { g: detail.groups, n: detail.pending }) : detail.pending ? _("{n} 张待发送", { n: detail.pending }) : _("{g} 组待发送", { g: detail.groups });
    el.textContent = detail.waiting ? `${words} · ${detail.waiting}` : words;
  }
});
addEventListener("online", resume);
