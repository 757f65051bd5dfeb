/** What is unsent, in IndexedDB. The database belongs to the host, and so to one province; each job to one person. */

/** Whose outbox this is. */
export const owner = document.documentElement.dataset.signedIn ?? "";

let opened = null;
function database() {
  return opened ??= new Promise((resolve, reject) => {
    const ask = indexedDB.open("outbox", 1);
    ask.onupgradeneeded = () => ask.result.createObjectStore("jobs", { keyPath: "key" });
    ask.onsuccess = () => resolve(ask.result);
    ask.onerror = () => { opened = null; reject(ask.error); };
  });
}
/** @param {"readonly"|"readwrite"} mode @param {(store: IDBObjectStore) => IDBRequest} work */
export async function withStore(mode, work) {
  const db = await database();
  return new Promise((resolve, reject) => {
    const deal = db.transaction("jobs", mode);
    const ask = work(deal.objectStore("jobs"));
    deal.oncomplete = () => resolve(ask.result);
    deal.onerror = deal.onabort = () => reject(deal.error);
  });
}

/** Unsent jobs of the person signed in, oldest first. @returns {Promise<object[]>} each as `Job` of upload.js */
export async function pending() {
  const all = await withStore("readonly", (store) => store.getAll());
  return all.filter((job) => job.owner === owner).sort((a, b) => a.created - b.created);
}

