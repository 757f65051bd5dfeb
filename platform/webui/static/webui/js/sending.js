/**
 * Sends one job: a photo by tus 1.0 (it goes on at the byte where it broke), a step as a form, a draft as JSON. Needs no page,
 * so that the service worker can send too.
 */
import { csrf, Refused } from "./http.js";
import { draft, mark, putDraft } from "./outbox.js";

export const CHUNK_BYTES = 512 * 1024;
const STALL_MS = 45_000;
let given = "";

/** The token of this page, or the one `standing` brought. */
const token = () => csrf() || given;
const parsed = (text) => { try { return JSON.parse(text); } catch { return {}; /* a proxy's own page */ } };

/**
 * Who is signed in, as the server sees it; also brings a token to a page that has none.
 * @param {string} url @param {string} [ticket] tells, without a session, whether its person is suspended
 * @returns {Promise<{person: string, suspended: boolean}>} @throws {Refused} status 0 without a network
 */
export async function standing(url, ticket = "") {
  const response = await fetch(url, { credentials: "same-origin", cache: "no-store", headers: { Accept: "application/json", ...(ticket && { "Upload-Ticket": ticket }) } }).catch(() => null);
  if (!response?.ok) throw new Refused(response?.status ?? 0, {});
  const said = await response.json();
  given = said.csrf || given;
  return said;
}

let library = null;
const tus = () => globalThis.tus ?? (library ??= import("../../vendor/tus/tus.min.js").then(() => globalThis.tus, (error) => { library = null; throw error; }));

/** Requests of tus by `fetch`, for the service worker, which has no XMLHttpRequest. */
class Fetched {
  #headers = {}; #stop = new AbortController();
  constructor(method, url) { this.method = method; this.url = url; }
  getMethod() { return this.method; }
  getURL() { return this.url; }
  setHeader(name, value) { this.#headers[name] = value; }
  getHeader(name) { return this.#headers[name]; }
  setProgressHandler() { /* told when a piece is through */ }
  abort() { this.#stop.abort(); return Promise.resolve(); }
  getUnderlyingObject() { return null; }
  async send(body = null) {
    const answer = await fetch(this.url, { method: this.method, headers: this.#headers, body, credentials: "same-origin", signal: this.#stop.signal });
    const text = await answer.text();
    return { getStatus: () => answer.status, getHeader: (name) => answer.headers.get(name) ?? undefined, getBody: () => text, getUnderlyingObject: () => answer };
  }
}
const byFetch = { createRequest: (method, url) => new Fetched(method, url), getName: () => "fetch" };

/**
 * @param {object} job as `Job` of upload.js @param {Blob} blob @param {{onProgress?: (part: number) => void, signal?: AbortSignal, byTicket?: boolean}} how
 * @returns {Promise<object>} the server's answer @throws {Refused}
 */
export async function sendPhoto(job, blob, { onProgress, signal, byTicket } = {}) {
  const { Upload } = await Promise.resolve(tus()).catch(() => { throw new Refused(0, {}); });
  // The clock of this phone as it is now: with it the server knows by how much the time at the shutter is off.
  const { ticket, ...meta } = job.meta;
  const said = { ...meta, sha256: job.sha256, filename: job.name || "photo.jpg", filetype: job.type, target: job.target, device_now: new Date().toISOString() };
  const metadata = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined && value !== "").map(([name, value]) => [name, String(value)]));
  return new Promise((resolve, reject) => {
    let watch = 0;
    const end = () => { clearTimeout(watch); signal?.removeEventListener("abort", stop); };
    const fail = (status, problem = {}) => { end(); reject(new Refused(status, problem)); };
    const stop = () => { upload.abort(); fail(0); };
    // A dead connection shows as silence, not as an error; a slow one still moves.
    const alive = () => { clearTimeout(watch); watch = setTimeout(stop, STALL_MS); };
    const upload = new Upload(blob, {
      endpoint: job.base || "/uploads/", uploadUrl: job.upload_url || null, chunkSize: CHUNK_BYTES, retryDelays: null,
      storeFingerprintForResuming: false, uploadDataDuringCreation: true, metadata,
      ...(globalThis.XMLHttpRequest ? {} : { httpStack: byFetch }),
      headers: { Accept: "application/json", ...(byTicket ? { "Upload-Ticket": ticket } : { "X-CSRFToken": token() }) },
      onUploadUrlAvailable: () => { if (job.key) mark(job.key, { upload_url: upload.url }); },
      onProgress: (sent, total) => { alive(); onProgress?.(total ? sent / total : 1); },
      onSuccess: async ({ lastResponse }) => {
        end();
        const answer = parsed(lastResponse?.getBody() ?? "");
        // The answer to the last byte was lost on the way: it is told again.
        if (answer.sha256) return resolve(answer);
        const again = await fetch(upload.url, { headers: byTicket ? { "Upload-Ticket": ticket } : {} }).catch(() => null);
        const told = parsed((await again?.text().catch(() => "")) ?? "");
        if (again && !again.ok) fail(again.status, told); else resolve(told);
      },
      onError: (error) => { const answer = error.originalResponse; fail(answer?.getStatus() ?? 0, parsed(answer?.getBody() ?? "")); },
    });
    signal?.addEventListener("abort", stop);
    alive();
    upload.start();
  });
}

/** A step without a photo. @returns {Promise<object>} @throws {Refused} */
export async function sendStep({ target, meta, key }) {
  const body = new FormData();
  for (const [name, value] of Object.entries(meta)) if (value !== undefined && value !== "") body.set(name, value);
  return posted(target, body, { "Idempotency-Key": key });
}
async function posted(target, body, headers) {
  const response = await fetch(target, { method: "POST", credentials: "same-origin", body, headers: { Accept: "application/json", "X-CSRFToken": token(), ...headers } }).catch(() => { throw new Refused(0, {}); });
  const answer = await response.json().catch(() => ({}));
  // Sent on to the sign-in page: the session is over.
  if (response.redirected) throw new Refused(401, {});
  if (!response.ok) throw new Refused(response.status, answer);
  return answer;
}

/** A photo of the talk, as a form. @returns {Promise<object>} @throws {Refused} */
export function sendForm({ url, blob, sha256, meta, key, onProgress, signal }) {
  return new Promise((resolve, reject) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(meta)) if (value !== undefined && value !== "") body.set(name, value);
    body.set("sha256", sha256);
    body.set("file", blob, blob.name ?? `${meta.shot_code || "photo"}.${blob.type === "image/png" ? "png" : "jpg"}`);
    const xhr = new XMLHttpRequest();
    let watch = 0;
    const alive = () => { clearTimeout(watch); watch = setTimeout(() => xhr.abort(), STALL_MS); };
    const abort = () => xhr.abort();
    signal?.addEventListener("abort", abort);
    const end = () => { clearTimeout(watch); signal?.removeEventListener("abort", abort); };
    xhr.open("POST", url);
    for (const [name, value] of Object.entries({ "Idempotency-Key": key, "X-CSRFToken": token(), Accept: "application/json" })) xhr.setRequestHeader(name, value);
    xhr.upload.onprogress = (event) => { alive(); if (event.lengthComputable) onProgress?.(event.loaded / event.total); };
    xhr.onload = () => { end(); const answer = parsed(xhr.responseText); if (xhr.status >= 200 && xhr.status < 300) resolve(answer); else reject(new Refused(xhr.status, answer)); };
    xhr.onerror = xhr.onabort = () => { end(); reject(new Refused(0, {})); };
    alive();
    xhr.send(body);
  });
}

/** @returns {Promise<object>} @throws {Refused} */
export const sendWords = (target, body, key) => posted(target, JSON.stringify({ ...body, device_now: new Date().toISOString() }), { "Content-Type": "application/json", "Idempotency-Key": key });

/** A draft made on this phone, or its 发送. @returns {Promise<object>} @throws {Refused} */
export async function sendDraft({ target, body, key, group }) {
  const answer = await sendWords(target, body, key), kept = await draft(group);
  if (kept) await putDraft({ ...kept, known: true, url: answer.url, ...(answer.sent && { state: "sent" }) });
  return answer;
}
