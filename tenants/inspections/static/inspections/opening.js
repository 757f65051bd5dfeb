/** Small helps on the way into an inspection: position, waiting for the second officer, sealing the photo of a licence. */
import { gettext as _ } from "../webui/js/i18n.js";
import { seal } from "../webui/js/upload.js";
// Wires the button before it is pressed below.
import "../webui/js/place.js";

// Where the position was allowed before, it is taken at once.
const find = document.querySelector("[data-opening] [data-place-find]");
if (find) navigator.permissions?.query({ name: "geolocation" }).then((state) => { if (state.state === "granted") find.click(); }).catch(() => { /* the button is there */ });

// The signal went after the page had come: it begins on the phone.
const opening = document.querySelector("form[data-opening]");
opening?.addEventListener("submit", async (event) => {
  if (navigator.onLine !== false) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { begin, placeOf } = await import("./later.js");
  location.assign(await begin(placeOf(opening), opening.elements.namedItem("inspection_id").value));
}, true);

// The first phone goes on by itself when the second officer is in.
const waiting = document.querySelector("[data-join-wait]");
if (waiting) document.addEventListener("live:event", ({ detail }) => {
  if (detail.kind === "joined" && detail.data?.id === waiting.dataset.inspection) location.assign(waiting.dataset.joinWait);
});

for (const input of document.querySelectorAll("input[type=file][data-seal]")) input.addEventListener("change", async () => {
  const [file] = input.files, says = input.parentElement.querySelector("[data-seal-says]");
  const put = (name, value) => { const field = input.form.elements.namedItem(name); if (field) field.value = value; };
  put("sha256", file ? await seal(file) : "");
  put("captured_at", file ? new Date(file.lastModified).toISOString() : "");
  says.textContent = file ? _("已封存 {digest}…", { digest: input.form.elements.namedItem("sha256").value.slice(0, 8) }) : "";
});

// Fields that only some kinds have.
for (const box of document.querySelectorAll("[data-shown-for]")) {
  const form = box.closest("form");
  const show = () => { box.hidden = new FormData(form).get("kind") !== box.dataset.shownFor; };
  form.addEventListener("change", show);
  show();
}
