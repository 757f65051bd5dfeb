/** The workbench of one listing: digits choose the conclusion, phrases write the reasons, `,` and `.` turn the pictures. */
import { bind } from "../webui/js/keys.js";
import "../desk/phrases.js";

for (const radio of document.querySelectorAll("#answer-form [data-digit]")) {
  bind(radio.dataset.digit, radio.closest("label").querySelector("strong").textContent.trim(), () => {
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

const photos = [...document.querySelectorAll(".film a[data-open-photo]")];
for (const [key, by] of [[",", -1], [".", 1]]) {
  if (photos.length < 2) break;
  bind(key, photos[0].querySelector(".name").textContent, () => {
    const at = photos.findIndex((each) => each.hasAttribute("aria-current"));
    photos[Math.max(0, Math.min(photos.length - 1, at < 0 ? (by > 0 ? 1 : 0) : at + by))].click();
  });
}
