/**
 * Is the photo good enough for its task? Darkness, glare and size are told from a 320 px copy in a few milliseconds. Blur in
 * general is not decidable by one number: a barcode must be read, and the letters of a code must be tall enough.
 */
import { gettext as _ } from "./i18n.js";

const SIDE = 320;
export const LIMITS = { dark: 45, glareBlob: 0.04, longSide: 1200, letters: 24 };

/**
 * @param {Uint8ClampedArray} rgba @param {number} width @param {number} height
 * @returns {{light: number, glare: number}} median of 0..255, share of the largest blown patch of 8×8 blocks
 */
export function measure(rgba, width, height) {
  const grey = new Uint8Array(width * height), counts = new Uint32Array(256);
  for (let i = 0, p = 0; p < grey.length; i += 4, p++) counts[grey[p] = Math.round(0.299 * rgba[i] + 0.587 * rgba[i + 1] + 0.114 * rgba[i + 2])]++;
  let light = 0;
  for (let seen = 0; light < 255 && (seen += counts[light]) * 2 < grey.length; light++);
  const wide = Math.floor(width / 8), high = Math.floor(height / 8), blown = new Uint8Array(wide * high);
  for (let y = 0; y < high; y++) for (let x = 0; x < wide; x++) {
    let low = 255;
    for (let j = 0; j < 8; j++) for (let i = 0; i < 8; i++) low = Math.min(low, grey[(y * 8 + j) * width + x * 8 + i]);
    blown[y * wide + x] = low > 250 ? 1 : 0;
  }
  let largest = 0;
  for (let start = 0; start < blown.length; start++) {
    const stack = blown[start] ? [start] : [];
    let size = 0;
    while (stack.length) {
      const at = stack.pop();
      if (!blown[at]) continue;
      blown[at] = 0;
      size++;
      if (at % wide) stack.push(at - 1);
      if ((at + 1) % wide) stack.push(at + 1);
      if (at >= wide) stack.push(at - wide);
      if (at + wide < blown.length) stack.push(at + wide);
    }
    largest = Math.max(largest, size);
  }
  return { light, glare: blown.length ? largest / blown.length : 0 };
}

// Names of shots are written by brands and Chinese in every language of the page: 条码 at the end; 喷码, 批号 or 序列号 anywhere.
const BARCODE_NAME = /\u6761\u7801$/, CODE_NAME = /\u55b7\u7801|\u6279\u53f7|\u5e8f\u5217\u53f7/;
/** What the photo of this shot has to show. @param {{code?: string, name: string}} shot @returns {"barcode"|"code"|""} */
export function taskOf({ code = "", name = "" }) {
  if (/barcode/.test(code) || BARCODE_NAME.test(name)) return "barcode";
  return /(batch|inkjet|lot|serial|date)_?code|serial_no/.test(code) || CODE_NAME.test(name) ? "code" : "";
}

/** The fault in two or three words, for the appraiser. */
export const faultWords = (problem) => ({
  small: _("照片太小"), dark: _("太暗"), glare: _("反光"), turn: _("方向不对"), barcode: _("条码读不出"), code: _("字太小或看不到字"),
})[problem] ?? "";

/**
 * @param {ImageBitmap|HTMLCanvasElement} picture
 * @param {{code?: string, name: string, orientation?: "portrait"|"landscape"}} shot
 * @returns {Promise<{problem: ""|"small"|"dark"|"glare"|"turn"|"barcode"|"code", sentence: string, checks: object}>}
 */
export async function inspect(picture, shot) {
  const { width, height } = picture, name = shot.name, task = taskOf(shot);
  const scale = SIDE / Math.max(width, height);
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(width * scale), height: Math.round(height * scale) });
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const { light, glare } = measure(pen.getImageData(0, 0, canvas.width, canvas.height).data, canvas.width, canvas.height);
  const checks = { width, height, light, glare: +glare.toFixed(3) };
  const found = (problem, sentence) => ({ problem, sentence, checks: { ...checks, problem } });
  if (Math.max(width, height) < LIMITS.longSide) return found("small", _("照片太小，看不清{name}，请靠近一些重拍", { name }));
  if (shot.orientation && (shot.orientation === "landscape") !== (width > height)) {
    return found("turn", shot.orientation === "landscape" ? _("请把手机横过来拍{name}", { name }) : _("请把手机竖起来拍{name}", { name }));
  }
  if (light < LIMITS.dark) return found("dark", _("太暗了，看不清{name}，请换个亮处或打开灯", { name }));
  if (glare > LIMITS.glareBlob) return found("glare", _("反光遮住了{name}，请换个角度", { name }));
  if (task === "barcode") {
    const codes = await import("./barcode.js").then((reader) => reader.read(picture)).catch(() => null);
    // Where the reader cannot be had (an old browser, never loaded before the signal went) nothing is held against the photo.
    checks.barcode = codes?.[0]?.text ?? (codes ? "" : null);
    if (codes && !codes.length) return found("barcode", _("条码没有读出，请靠近、摆正再拍"));
  }
  if (task === "code") {
    const measured = await import("./letters.js").then((letters) => letters.letterHeight(picture)).catch(() => null);
    checks.letters_px = measured;
    if (measured === null) return found("", "");
    if (!measured) return found("code", _("没有看到{name}上的字，请对准、靠近后再拍", { name }));
    if (measured < LIMITS.letters) return found("code", _("{name}拍得太小，字高只有 {n} 像素，请再靠近一些", { name, n: measured }));
  }
  return found("", "");
}
