/** What every page does; the other modules are loaded only where their mark stands on the page. */
import { refresh } from "./when.js";
import { wire as wireForms } from "./forms.js";

const need = (selector, load) => (document.querySelector(selector) ? load() : null);

need('meta[name="live-ticket"]', () => import("./live.js").then((live) => live.wireIslands()));
const controls = [
  need("[data-key], [data-key-list]", () => import("./keys.js")),
  need("input[data-search]", () => import("./search.js")),
  need("[data-place]", () => import("./place.js")),
  need("[data-capture][data-shots]", () => import("./capture.js")),
  need("[data-viewer]", () => import("./viewer.js")),
  need("[data-compare]", () => import("./compare.js")),
  need("[data-signature]", () => import("./signature.js")),
];
const here = document.documentElement;
// The page's own modules have run when the document says so. What did not load leaves its button as good as none.
const parsed = new Promise((tell) => { document.addEventListener("DOMContentLoaded", tell, { once: true }); });
Promise.allSettled([parsed, ...controls]).then(() => { delete here.dataset.waking; });
const phone = document.body.classList.contains("phone");
// Photos taken earlier, without a signal, are sent from whichever page is opened next.
if (phone && (here.dataset.signedIn || here.hasAttribute("data-kept")) && !document.querySelector("[data-capture][data-shots], [data-queue-page]")) import("./upload.js").then((upload) => upload.resume());

/** What is wider than its frame is slid by the keys, too. */
function reach() {
  for (const each of document.querySelectorAll(".table-wrap, .link-graph")) if (each.scrollWidth > each.clientWidth) each.tabIndex = 0;
}
reach();
addEventListener("resize", reach);

for (const swapped of ["live:swapped", "htmx:afterSwap"]) document.addEventListener(swapped, (event) => { refresh(); wireForms(event.target); reach(); });

// Pages made for nobody in particular, the queue above all, know by this whose phone it is, also where no worker runs.
const another = phone && here.dataset.signedIn ? import("./outbox.js").then(({ arrive }) => arrive(here.dataset.signedIn)) : Promise.resolve(false);
another.catch(() => { /* no storage: nothing is kept */ });

/** Whoever is here now must not see what somebody else saw; kept pages follow the language. */
async function arrived(worker) {
  const { fact, setFact } = await import("./outbox.js");
  if (await another) worker.active?.postMessage("forget");
  if (await fact("language") !== here.lang) { worker.active?.postMessage("renew"); await setFact("language", here.lang); }
  // The first page of all was there before the worker: it is kept now, with its files.
  if (here.dataset.signedIn && !navigator.serviceWorker.controller) {
    const files = performance.getEntriesByType("resource").map((one) => one.name).filter((name) => /\/static\//.test(name));
    worker.active?.postMessage({ keep: [location.href, ...files] });
  }
}

// The worker's address comes with the page, since it must be served from the root of the host.
const manifest = document.querySelector('link[rel="manifest"]')?.href;
if (manifest && "serviceWorker" in navigator) {
  // A worker that is a module can send the queue while no page is open; older browsers get one that cannot.
  navigator.serviceWorker.register("/sw.js?send", { type: "module" }).catch(() => navigator.serviceWorker.register("/sw.js")).catch(() => { /* works without it, only not offline */ });
  if (phone) navigator.serviceWorker.ready.then(arrived).catch(() => { /* no storage: nothing is kept, nothing to forget */ });
  navigator.serviceWorker.addEventListener("message", ({ data }) => { if (data === "resume") import("./upload.js").then((upload) => upload.resume()); });
}
