/** Small helps of a form: products that were chosen stand as chips, photos that were chosen are seen before they are sent. */
import { gettext as _ } from "../webui/js/i18n.js";

for (const input of document.querySelectorAll("input[data-picks]")) {
  const shown = document.getElementById(input.dataset.picks);
  input.addEventListener("search:chosen", ({ detail }) => {
    input.value = "";
    if (shown.querySelector(`input[value="${CSS.escape(detail.id)}"]`)) return;
    const item = Object.assign(document.createElement("li"), { className: "chip tone-neutral", textContent: detail.label });
    const remove = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
    remove.setAttribute("aria-label", _("去掉 {name}", { name: detail.label }));
    remove.addEventListener("click", () => { item.remove(); input.focus(); });
    item.append(Object.assign(document.createElement("input"), { type: "hidden", name: "product_ids", value: detail.id }), remove);
    shown.append(item);
  });
  // Enter chooses a product and does not send the form.
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
}

/** The photos of a form: `add` and `files`. Choosing again adds, it does not replace. */
export function photosOf(root) {
  const input = root.querySelector('input[type="file"]'), shown = root.querySelector("[data-photos-shown]");
  const files = [];
  function put() {
    const all = new DataTransfer();
    for (const file of files) all.items.add(file);
    input.files = all.files;
    shown.hidden = !files.length;
  }
  input.addEventListener("change", () => {
    for (const file of [...input.files]) {
      if (files.some((each) => each.name === file.name && each.size === file.size && each.lastModified === file.lastModified)) continue;
      files.push(file);
      const item = document.createElement("li");
      const picture = Object.assign(document.createElement("img"), { src: URL.createObjectURL(file), alt: file.name });
      const remove = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
      remove.setAttribute("aria-label", _("不发这张"));
      remove.addEventListener("click", () => { files.splice(files.indexOf(file), 1); item.remove(); put(); });
      item.append(picture, remove);
      shown.append(item);
    }
    put();
  });
  return files;
}

export const photos = new Map([...document.querySelectorAll("[data-photos]")].map((root) => [root.closest("form"), photosOf(root)]));
