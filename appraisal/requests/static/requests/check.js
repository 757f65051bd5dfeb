/** The new-request page: a product chosen goes straight on; the position is taken where it was allowed before. */
import { say } from "../webui/js/http.js";
// Wires the button before it is pressed below.
import "../webui/js/place.js";

const form = document.querySelector("[data-check]");
const product = document.getElementById("product");
product.addEventListener("change", () => { if (product.value) form.requestSubmit(); });
// The browser names a missing county by itself; the choice is kept, so choosing the county is all that is left.
form.elements.namedItem("county_code")?.addEventListener("change", () => { if (product.value) form.requestSubmit(); });

const find = form.querySelector("[data-place-find]");
navigator.permissions?.query({ name: "geolocation" }).then((state) => { if (state.state === "granted") find?.click(); }).catch(() => { /* the button is there */ });

// A barcode by the camera where the browser can read one; everywhere else it is typed.
const scan = document.querySelector("[data-scan]");
if (scan && "BarcodeDetector" in globalThis) {
  const picker = Object.assign(document.createElement("input"), { type: "file", accept: "image/*", capture: "environment", hidden: true });
  scan.after(picker);
  scan.hidden = false;
  scan.addEventListener("click", () => picker.click());
  picker.addEventListener("change", async () => {
    const file = picker.files[0];
    picker.value = "";
    if (!file) return;
    const picture = await createImageBitmap(file);
    const found = await new BarcodeDetector({ formats: ["ean_13", "ean_8", "upc_a", "itf"] }).detect(picture).catch(() => []);
    picture.close();
    const input = document.getElementById("product-q");
    if (!found.length) { say(scan.dataset.none, "wait"); return; }
    input.value = found[0].rawValue;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
  });
}
