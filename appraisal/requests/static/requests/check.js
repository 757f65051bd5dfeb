/** The new-request page: a product chosen goes straight on; the position is taken where it was allowed before. */
import { gettext as _ } from "../webui/js/i18n.js";
import { say } from "../webui/js/http.js";
import { refresh } from "../webui/js/catalogue.js";
import { holdTickets } from "../webui/js/drafts.js";
// Wires the button before it is pressed below.
import "../webui/js/place.js";

const form = document.querySelector("[data-check]");
const product = document.getElementById("product"), input = document.getElementById("product-q");
product.addEventListener("change", () => { if (product.value) form.requestSubmit(); });
// The browser names a missing county by itself; the choice is kept, so choosing the county is all that is left.
form.elements.namedItem("county_code")?.addEventListener("change", () => { if (product.value) form.requestSubmit(); });

const find = form.querySelector("[data-place-find]");
navigator.permissions?.query({ name: "geolocation" }).then((state) => { if (state.state === "granted") find?.click(); }).catch(() => { /* the button is there */ });

/** A code that was read: one product is chosen, several are listed, none is said with what can be done. */
async function coded({ text, gtin }) {
  input.value = gtin.replace(/^0+(?=\d{12,13}$)/, "") || text;
  const url = new URL(input.dataset.search, location.href);
  url.searchParams.set("q", input.value);
  const { results } = gtin ? await fetch(url, { headers: { Accept: "application/json" } }).then((answer) => answer.json()) : { results: [] };
  if (results.length === 1) {
    product.value = results[0].id;
    product.dispatchEvent(new Event("change", { bubbles: true }));
  } else if (results.length) {
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
  } else {
    say(gtin ? _("没有这个条码：{code}。可以按品名再搜，或在下面写下品牌照样取证，条码会一起记下。", { code: input.value }) : _("这个码里没有商品条码：{code}。请扫包装上的条形码，或按品名搜索。", { code: text.slice(0, 80) }), "wait");
    document.getElementById("unlisted-box").open = true;
    input.focus();
  }
}
const scan = document.querySelector("[data-scan-open]");
import("../webui/js/scan.js").then(({ wireScan }) => wireScan(scan, (code) => coded(code).catch(() => input.dispatchEvent(new Event("input", { bubbles: true })))));

// For the next time without a signal.
const later = globalThis.requestIdleCallback ?? ((work) => setTimeout(work, 1500));
later(() => {
  refresh(form.dataset.catalogue).then(holdTickets).catch(() => { /* no storage */ });
  const { library, wasm } = document.querySelector('meta[name="barcode-reader"]').dataset;
  if (!navigator.connection?.saveData) navigator.serviceWorker?.ready.then((worker) => worker.active?.postMessage({ keep: [library, wasm] })).catch(() => { /* read with a signal then */ });
});
