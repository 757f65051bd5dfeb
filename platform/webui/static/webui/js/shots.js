/** The strip of shots under the camera: one small button a shot, with its state in words. */
import { gettext as _ } from "./i18n.js";

/**
 * @typedef {{code: string, name: string, hint?: string, required?: boolean, overlay_url?: string, sample_url?: string,
 *   orientation?: "portrait"|"landscape", done?: boolean, absent?: boolean, thumb_url?: string,
 *   sent?: boolean, refused?: string, part?: number, key?: string}} Shot
 */

/** @param {Shot} shot */
const stateOf = (shot) => shot.refused ? "refused" : shot.absent ? "absent" : shot.sent ? "sent" : shot.done ? "sealed" : "open";

/** @param {Shot} shot @returns {string} */
export function stateWords(shot) {
  switch (stateOf(shot)) {
    case "refused": return _("没有发成");
    case "absent": return _("没有");
    case "sent": return _("已送达");
    case "sealed": return shot.part > 0 && shot.part < 1 ? `${Math.round(shot.part * 100)}%` : _("已封存");
    default: return shot.required ? _("必拍") : _("选拍");
  }
}

/** @param {Shot} shot @param {boolean} current @param {() => void} pick @returns {HTMLButtonElement} */
export function tile(shot, current, pick) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "thumb" });
  button.dataset.state = stateOf(shot);
  if (current) button.setAttribute("aria-current", "true");
  if (shot.thumb_url) button.append(Object.assign(document.createElement("img"), { src: shot.thumb_url, alt: "" }));
  button.append(
    Object.assign(document.createElement("span"), { textContent: shot.name }),
    Object.assign(document.createElement("small"), { textContent: stateWords(shot) }),
  );
  button.addEventListener("click", pick);
  return button;
}
