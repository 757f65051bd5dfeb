/** The products that can be asked about, kept on the phone for where there is no signal. Names nobody; refreshed when online. */
import { fact, setFact } from "./outbox.js";
import { gtinIn } from "./barcode.js";

const FRESH_MS = 6 * 3_600_000, MOST_SAMPLES = 150;

/** @returns {Promise<{at: string, products: object[], counties: [string, [string, string][]][], home_county: string, units: string[]}|undefined>} */
export const load = () => fact("catalogue");

/** Fetch it anew when it is old. @param {string} url @param {{force?: boolean}} [how] @returns {Promise<object|undefined>} what is kept now */
export async function refresh(url, { force = false } = {}) {
  const kept = await load();
  if (!url || navigator.onLine === false || (!force && kept && Date.now() - kept.fetched < FRESH_MS)) return kept;
  const response = await fetch(url, { credentials: "same-origin", headers: { Accept: "application/json", ...(kept?.etag && { "If-None-Match": kept.etag }) } }).catch(() => null);
  if (response?.status === 304 && kept) { await setFact("catalogue", { ...kept, fetched: Date.now() }); return kept; }
  if (!response?.ok || response.redirected) return kept;
  const fresh = { ...await response.json(), etag: response.headers.get("ETag") ?? "", fetched: Date.now() };
  await setFact("catalogue", fresh);
  keepPictures(fresh);
  return fresh;
}

/** Have the worker keep outlines and sample pictures, those of the quick sets first. */
function keepPictures({ products }) {
  const shots = products.flatMap((product) => product.shots).sort((a, b) => Number(b.in_quick_set) - Number(a.in_quick_set));
  const wanted = [...new Set(shots.flatMap((shot) => [shot.overlay_url, shot.sample_url]).filter(Boolean))].slice(0, MOST_SAMPLES);
  navigator.serviceWorker?.ready.then((worker) => worker.active?.postMessage({ keep: wanted })).catch(() => { /* works without it */ });
}

const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

/** As the server's search: by barcode, then what begins so, then what contains it. @param {object} kept @param {string} text @returns {object[]} */
export function find(kept, text, limit = 12) {
  const gtin = gtinIn(text), key = plain(text);
  if (!kept || !key) return [];
  if (gtin) return kept.products.filter((product) => product.gtins.includes(gtin));
  const begins = [], holds = [];
  for (const product of kept.products) {
    if (product.begins.some((word) => word.startsWith(key))) begins.push(product);
    else if (product.keys.includes(key)) holds.push(product);
  }
  return [...begins, ...holds].slice(0, limit);
}
