/** Where the phone is. Coordinates are WGS-84 with an accuracy in metres. */
import { gettext as _ } from "./i18n.js";

/**
 * @param {{timeout?: number}} [options] milliseconds
 * @returns {Promise<{lat: number, lon: number, accuracy_m: number}>}
 * @throws {Error} with a sentence for the person
 */
export function locate({ timeout = 10_000 } = {}) {
  return new Promise((resolve, reject) => {
    if (!navigator.geolocation) return reject(new Error(_("这台设备不能定位，请手工填写地点。")));
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ lat: +coords.latitude.toFixed(6), lon: +coords.longitude.toFixed(6), accuracy_m: Math.round(coords.accuracy) }),
      (error) => reject(new Error(error.code === 1 ? _("没有定位权限，请在浏览器设置里允许，或手工填写地点。") : _("暂时定不到位，请手工填写地点。"))),
      { enableHighAccuracy: true, timeout, maximumAge: 60_000 },
    );
  });
}

/**
 * Wire `<fieldset data-place>` holding inputs `lat`, `lon`, `accuracy_m`, a button `[data-place-find]` and a line `[data-place-says]`.
 * @param {HTMLElement} root
 */
function wire(root) {
  const says = root.querySelector("[data-place-says]"), button = root.querySelector("[data-place-find]");
  const find = async () => {
    button.setAttribute("aria-busy", "true");
    try {
      const found = await locate();
      for (const [name, value] of Object.entries(found)) {
        const input = root.querySelector(`[name="${name}"]`);
        if (input) input.value = String(value);
      }
      says.textContent = _("已定位，误差约 {n} 米", { n: found.accuracy_m });
      root.dispatchEvent(new CustomEvent("place:found", { detail: found, bubbles: true }));
    } catch (error) { says.textContent = error.message; } finally { button.removeAttribute("aria-busy"); }
  };
  button.hidden = false;
  button.addEventListener("click", find);
}

for (const root of document.querySelectorAll("[data-place]")) wire(root);
