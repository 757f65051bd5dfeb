/** Where the phone is. Coordinates are WGS-84 with an accuracy in metres; a missing or refused position is told as such. */
import { gettext as _ } from "./i18n.js";

const GPS_M = 50;
/** Browsers do not say where a fix comes from: what is as exact as a satellite fix is taken for one. */
const sourceOf = (accuracy) => (accuracy <= GPS_M ? "gps" : "network");
const said = ({ coords, timestamp }) => ({
  lat: +coords.latitude.toFixed(6), lon: +coords.longitude.toFixed(6), accuracy_m: Math.round(coords.accuracy),
  source: sourceOf(coords.accuracy), at: timestamp,
});
const sentenceFor = (error) => (error.code === 1 ? _("没有定位权限，请在浏览器设置里允许，或手工填写地点。") : _("暂时定不到位，请手工填写地点。"));

/**
 * @param {{timeout?: number}} [options] milliseconds
 * @returns {Promise<{lat: number, lon: number, accuracy_m: number, source: string, at: number}>}
 * @throws {Error} with a sentence for the person
 */
export function locate({ timeout = 10_000 } = {}) {
  return new Promise((resolve, reject) => {
    if (!navigator.geolocation) return reject(new Error(_("这台设备不能定位，请手工填写地点。")));
    navigator.geolocation.getCurrentPosition((fix) => resolve(said(fix)), (error) => reject(new Error(sentenceFor(error))), { enableHighAccuracy: true, timeout, maximumAge: 60_000 });
  });
}

/**
 * Follow the position while photos are taken.
 * @param {HTMLElement} [line] says in words what is known now
 * @returns {(moment: number) => Record<string, string|number>} what is known of the place at that moment, as the upload tells it
 */
export function follow(line) {
  let last = null, denied = false;
  const told = (words) => { if (line) line.textContent = words; };
  told(navigator.geolocation ? _("正在定位…") : _("照片不带定位"));
  navigator.geolocation?.watchPosition(
    (fix) => { last = said(fix); told(_("定位 ±{n} 米", { n: last.accuracy_m })); },
    (error) => { denied = error.code === 1; if (!last) told(_("照片不带定位")); },
    { enableHighAccuracy: true, maximumAge: 60_000 },
  );
  return (moment) => last
    ? { lat: last.lat, lon: last.lon, accuracy_m: last.accuracy_m, position_age_s: Math.max(0, Math.round((moment - last.at) / 1000)), position_source: last.source }
    : { position_source: denied ? "denied" : "missing" };
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
