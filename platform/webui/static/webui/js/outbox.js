/**
 * What is unsent, in IndexedDB, sealed with AES-GCM. The database belongs to the host, and so to one province; each record
 * to one person, whose key never leaves the browser and is dropped when nothing of theirs is left.
 *
 * Plain to anybody who can read the database: whose, what kind, how many bytes, when. All else is ciphertext.
 */

/** @typedef {{key: string, owner: string, created: number, kind: "photo"|"step"|"draft"|"count"|"inspect"|"clue", group: string, size: number,
 *   refused?: string, upload_url?: string, waits?: string}} Plain */

const root = typeof document === "undefined" ? null : document.documentElement;
let opened = null;

function database() {
  return opened ??= new Promise((resolve, reject) => {
    const ask = indexedDB.open("outbox", 2);
    ask.onupgradeneeded = () => {
      const there = ask.result.objectStoreNames;
      for (const [name, keyPath] of [["jobs", "key"], ["bytes", "key"], ["drafts", "id"], ["keys", "owner"], ["facts", "name"]]) {
        if (!there.contains(name)) ask.result.createObjectStore(name, { keyPath });
      }
    };
    // Another tab with a newer release must not wait for this one.
    ask.onsuccess = () => { ask.result.onversionchange = () => { ask.result.close(); opened = null; }; resolve(ask.result); };
    ask.onerror = () => { opened = null; reject(ask.error); };
  });
}
/** One transaction over `stores`. @param {string[]} stores @param {(take: (name: string) => IDBObjectStore) => IDBRequest|void} work */
async function deal(stores, mode, work) {
  const db = await database();
  return new Promise((resolve, reject) => {
    const running = db.transaction(stores, mode);
    const ask = work((name) => running.objectStore(name));
    running.oncomplete = () => resolve(ask?.result);
    running.onerror = running.onabort = () => reject(running.error);
  });
}
const read = (store, key) => deal([store], "readonly", (take) => take(store).get(key));

/** Whose outbox this is: whom the page was made for; on a page kept for use without a signal, and in the worker, who was here last. */
export async function person() {
  const named = root?.dataset.signedIn;
  if (named || (root && !root.hasAttribute("data-kept"))) return named ?? "";
  return (await read("facts", "person"))?.value ?? "";
}
/** Remember who is here. @returns {Promise<boolean>} whether somebody else was here before */
export async function arrive(who) {
  const before = (await read("facts", "person"))?.value ?? "";
  if (before !== who) await deal(["facts"], "readwrite", (take) => take("facts").put({ name: "person", value: who }));
  return before !== "" && before !== who;
}
/** Forget who is here; what is unsent stays sealed until that person is back, and the key goes when there is nothing. */
export async function leave() {
  const who = await person();
  await deal(["facts"], "readwrite", (take) => take("facts").delete("person"));
  if (who) await dropKey(who);
}
async function dropKey(who) {
  const mine = (rows) => rows.some((row) => row.owner === who);
  if (mine(await deal(["jobs"], "readonly", (take) => take("jobs").getAll()))) return;
  const drafts = (await deal(["drafts"], "readonly", (take) => take("drafts").getAll())).filter((row) => row.owner === who);
  await deal(["keys", "drafts"], "readwrite", (take) => { for (const row of drafts) take("drafts").delete(row.id); take("keys").delete(who); });
}

/** The person's key; made at the first use. Nothing can read its bytes out of the browser's interface. */
async function keyOf(who) {
  const kept = await read("keys", who);
  if (kept) return kept.key;
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  // Two tabs may be first at once: the one that was written counts.
  await deal(["keys"], "readwrite", (take) => { const ask = take("keys").get(who); ask.onsuccess = () => { if (!ask.result) take("keys").put({ owner: who, key }); }; });
  return (await read("keys", who)).key;
}
const tied = (who, id) => new TextEncoder().encode(`${who}:${id}`);
async function lock(who, id, bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: tied(who, id) }, await keyOf(who), bytes) };
}
const unlock = async (who, id, { iv, data }) => crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: tied(who, id) }, await keyOf(who), data);
const lockWords = (who, id, value) => lock(who, id, new TextEncoder().encode(JSON.stringify(value)));
const unlockWords = async (who, id, box) => JSON.parse(new TextDecoder().decode(await unlock(who, id, box)));

/** @param {Plain} plain @param {object} words what is told of it @param {Blob|null} blob the exact bytes */
export async function put(plain, words, blob) {
  const bytes = blob ? await lock(plain.owner, `${plain.key}:bytes`, await blob.arrayBuffer()) : null;
  const row = { ...plain, size: blob?.size ?? 0, box: await lockWords(plain.owner, plain.key, { ...words, type: blob?.type ?? "", name: blob?.name ?? "" }) };
  await deal(["jobs", "bytes"], "readwrite", (take) => { take("jobs").put(row); if (bytes) take("bytes").put({ key: plain.key, ...bytes }); });
}
/** Unsent jobs of the person, oldest first, without their bytes. @returns {Promise<object[]>} plain facts and words in one */
export async function pending() {
  const who = await person();
  if (!who || !("indexedDB" in globalThis)) return [];
  const rows = (await deal(["jobs"], "readonly", (take) => take("jobs").getAll())).filter((row) => row.owner === who);
  // A photo kept by an earlier release lies open, bytes and all.
  const opened = await Promise.all(rows.map(async ({ box, ...plain }) => box ? { ...plain, ...await unlockWords(who, plain.key, box) } : { kind: plain.blob ? "photo" : "step", size: plain.blob?.size ?? 0, target: plain.url, ...plain }));
  return opened.sort((a, b) => a.created - b.created);
}
/** The exact bytes of a job as they were sealed; null for a step without a photo. */
export async function bytesOf(job) {
  if (job.blob) return job.blob;
  const box = await read("bytes", job.key);
  return box ? new File([await unlock(job.owner, `${job.key}:bytes`, box)], job.name || "photo.jpg", { type: job.type }) : null;
}
/** Change plain facts of a job that is still there. */
export const mark = (key, facts) => deal(["jobs"], "readwrite", (take) => { const ask = take("jobs").get(key); ask.onsuccess = () => { if (ask.result) take("jobs").put({ ...ask.result, ...facts }); }; });
export const remove = (key) => deal(["jobs", "bytes"], "readwrite", (take) => { take("jobs").delete(key); take("bytes").delete(key); });

/** Keep a draft of this phone. @param {{id: string, created: number}} draft */
export async function putDraft(draft) {
  const owner = await person();
  const box = await lockWords(owner, draft.id, draft);
  await deal(["drafts"], "readwrite", (take) => take("drafts").put({ id: draft.id, owner, box }));
}
/** All drafts of the person, latest first. */
export async function drafts() {
  const who = await person();
  const rows = (await deal(["drafts"], "readonly", (take) => take("drafts").getAll())).filter((row) => row.owner === who);
  return (await Promise.all(rows.map((row) => unlockWords(who, row.id, row.box)))).sort((a, b) => b.created - a.created);
}
export const draft = async (id) => (await drafts()).find((one) => one.id === id);
export const removeDraft = (id) => deal(["drafts"], "readwrite", (take) => take("drafts").delete(id));
/** A name for a fact of this person. */
export const bound = async (name) => `${name}:${await person()}`;
/** Further facts of this phone that name nobody, e.g. the catalogue's state. */
export const fact = async (name) => (await read("facts", name))?.value;
export const setFact = (name, value) => deal(["facts"], "readwrite", (take) => take("facts").put({ name, value }));
