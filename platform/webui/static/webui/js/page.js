/** What every page does; the other modules are loaded only where their mark stands on the page. */
import { refresh } from "./when.js";
import { wire as wireForms } from "./forms.js";

const need = (selector, load) => { if (document.querySelector(selector)) load(); };

need('meta[name="live-ticket"]', () => import("./live.js").then((live) => live.wireIslands()));
need("[data-key], [data-key-list]", () => import("./keys.js"));
need("input[data-search]", () => import("./search.js"));
need("[data-place]", () => import("./place.js"));
need("[data-capture]", () => import("./capture.js"));
need("[data-viewer]", () => import("./viewer.js"));
// Photos taken earlier, without a signal, are sent from whichever page is opened next.
need("html[data-signed-in] body.phone:not(:has([data-capture]))", () => import("./upload.js").then((upload) => upload.resume()));

document.addEventListener("live:swapped", (event) => { refresh(); wireForms(event.target); });
document.addEventListener("htmx:afterSwap", (event) => { refresh(); wireForms(event.target); });

// The worker's address comes with the page, since it must be served from the root of the host.
const worker = document.querySelector('link[rel="manifest"]')?.href;
if (worker && "serviceWorker" in navigator) {
  navigator.serviceWorker.register(new URL("/sw.js", location.href)).catch(() => { /* works without it, only not offline */ });
}
