/**
 * "用样张试拍": fetch drawn photographs of this product and hand them to the camera page as if they had been picked from
 * the album, so that a newcomer at a desk without a camera can go on.
 */
import { gettext as _ } from "../webui/js/i18n.js";
import { announce } from "../webui/js/http.js";

const MOST = 3;
const button = document.querySelector("[data-samples]");
const root = document.querySelector("[data-capture]");

/** The first shots of the list that are still open, in order: the camera page takes them in that order too. */
function wanted() {
  const shots = JSON.parse(document.getElementById(root.dataset.shots).textContent);
  return shots.filter((shot) => !shot.done && !shot.absent).slice(0, MOST);
}

button?.addEventListener("click", async () => {
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    const name = document.querySelector(".top .title")?.textContent.trim() ?? "";
    const files = [];
    for (const shot of wanted()) {
      const url = `${button.dataset.samplesUrl}?${new URLSearchParams({ name, shot: shot.code })}`;
      const response = await fetch(url, { credentials: "same-origin" });
      if (response.ok) files.push(new File([await response.blob()], `${shot.code}.jpg`, { type: "image/jpeg", lastModified: Date.now() }));
    }
    const input = root.querySelector('[data-role="album"] input');
    const picked = new DataTransfer();
    for (const file of files) picked.items.add(file);
    input.files = picked.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    button.hidden = true;
    announce(_("样张已放入"));
  } catch {
    button.disabled = false;
    announce(_("样张没有取到，请再点一次"));
  } finally {
    button.removeAttribute("aria-busy");
  }
});
