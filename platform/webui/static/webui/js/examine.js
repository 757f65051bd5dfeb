/** What the phone does with one picture the moment it is taken: seals its bytes, looks at it, asks where it must. */
import { gettext as _ } from "./i18n.js";
import { thumbnail } from "./camera.js";
import { faultWords, inspect } from "./quality.js";
import { seal } from "./upload.js";

const OLDER_MS = 120_000;

/**
 * @param {Blob} blob @param {object} shot as in shots.js @param {{source: "camera"|"album", capturedAt: Date, since: number}} how
 *   since: when the visit began, by this phone's clock; 0 where that is not known
 * @returns {Promise<object>} what `ask` and the upload need
 */
export async function examine(blob, shot, { source, capturedAt, since }) {
  const digest = seal(blob).then((sha256) => { performance.measure("digest", "shutter"); return sha256; });
  const [sha256, picture] = await Promise.all([digest, createImageBitmap(blob).catch(() => null)]);
  // A check that fails of itself holds nothing up: the photo counts.
  const unchecked = { problem: "", sentence: "", checks: {} };
  const verdict = picture ? await inspect(picture, shot).catch(() => unchecked) : unchecked;
  const old = source === "album" && since > 0 && capturedAt.getTime() < since - OLDER_MS;
  const held = { shot, blob, sha256, source, capturedAt, old, ...verdict, thumb: picture ? thumbnail(picture) : "" };
  picture?.close();
  return held;
}

/** The reason as the appraiser reads it: what the phone found, then why it was kept. */
export function reasonOf(held, words) {
  const found = [held.old ? _("早于本次检查，非现场拍摄") : "", faultWords(held.problem)].filter(Boolean).join("，");
  return [found, words].filter(Boolean).join("：").slice(0, 200);
}

/**
 * Wire the panel that asks about a poor or an old picture.
 * @param {(role: string) => HTMLElement} part @returns {(held: object) => Promise<string|null>} the reason for keeping it, or null: take it again
 */
export function asking(part) {
  const form = part("keep"), other = part("other"), select = form.elements.namedItem("reason");
  let answer = null;
  const give = (value) => { const told = answer; answer = null; part("review").hidden = true; told?.(value); };
  part("retake").addEventListener("click", () => give(null));
  select.addEventListener("change", () => { other.hidden = select.value !== ""; other.required = !other.hidden; if (!other.hidden) other.focus(); });
  form.addEventListener("submit", (event) => { event.preventDefault(); give(select.value || other.value.trim()); });
  return (held) => new Promise((resolve) => {
    answer = resolve;
    const old = held.old ? _("这张照片早于本次检查，会注明“非现场拍摄”。请写明原因。") : "";
    part("problem").textContent = [held.sentence, old].filter(Boolean).join(" ");
    for (const group of select.querySelectorAll("optgroup")) group.hidden = group.disabled = (group.dataset.for === "old") !== held.old;
    select.value = select.querySelector("optgroup:not([disabled]) option")?.value ?? "";
    other.hidden = select.value !== "";
    other.required = !other.hidden;
    part("review").hidden = false;
    part("retake").focus();
  });
}
