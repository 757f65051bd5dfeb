/** Is the photo good enough to read? Looks at a 320 px copy, in a few milliseconds. */
import { gettext as _ } from "./i18n.js";

const SIDE = 320;
export const LIMITS = { dark: 45, glareBlocks: 0.04, sharp: 45, shortSide: 900 };

/**
 * @param {Uint8ClampedArray} rgba @param {number} width @param {number} height
 * @returns {{light: number, glare: number, sharpness: number}} mean of 0..255, share of blown 8×8 blocks, variance of the Laplacian in the middle
 */
export function measure(rgba, width, height) {
  const grey = new Float32Array(width * height);
  let sum = 0;
  for (let i = 0, p = 0; p < grey.length; i += 4, p++) sum += grey[p] = 0.299 * rgba[i] + 0.587 * rgba[i + 1] + 0.114 * rgba[i + 2];
  let blocks = 0, blown = 0;
  for (let y = 0; y + 8 <= height; y += 8) for (let x = 0; x + 8 <= width; x += 8) {
    let low = 255;
    for (let j = 0; j < 8; j++) for (let i = 0; i < 8; i++) low = Math.min(low, grey[(y + j) * width + x + i]);
    blocks++;
    if (low > 250) blown++;
  }
  // The middle three fifths: a soft background behind a sharp label is a good photo.
  let n = 0, mean = 0, m2 = 0;
  for (let y = Math.floor(height * 0.2) + 1; y < height * 0.8 - 1; y++) for (let x = Math.floor(width * 0.2) + 1; x < width * 0.8 - 1; x++) {
    const p = y * width + x;
    const value = 4 * grey[p] - grey[p - 1] - grey[p + 1] - grey[p - width] - grey[p + width];
    n++;
    const delta = value - mean;
    mean += delta / n;
    m2 += delta * (value - mean);
  }
  return { light: sum / grey.length, glare: blocks ? blown / blocks : 0, sharpness: n ? m2 / n : 0 };
}

/**
 * @param {ImageBitmap|HTMLCanvasElement} picture
 * @param {{name: string, orientation?: "portrait"|"landscape"}} shot
 * @returns {{problem: ""|"small"|"dark"|"glare"|"blur"|"turn", sentence: string}}
 */
export function inspect(picture, shot) {
  const { width, height } = picture;
  const name = shot.name;
  if (Math.min(width, height) < LIMITS.shortSide) return { problem: "small", sentence: _("照片太小，看不清{name}，请靠近一些重拍", { name }) };
  if (shot.orientation && (shot.orientation === "landscape") !== (width > height)) {
    return { problem: "turn", sentence: shot.orientation === "landscape" ? _("请把手机横过来拍{name}", { name }) : _("请把手机竖起来拍{name}", { name }) };
  }
  const scale = SIDE / Math.max(width, height);
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(width * scale), height: Math.round(height * scale) });
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const { light, glare, sharpness } = measure(pen.getImageData(0, 0, canvas.width, canvas.height).data, canvas.width, canvas.height);
  if (light < LIMITS.dark) return { problem: "dark", sentence: _("太暗了，看不清{name}，请换个亮处或打开灯", { name }) };
  if (glare > LIMITS.glareBlocks) return { problem: "glare", sentence: _("反光遮住了{name}，请换个角度", { name }) };
  if (sharpness < LIMITS.sharp) return { problem: "blur", sentence: _("{name}有些模糊，请拿稳、对准后重拍", { name }) };
  return { problem: "", sentence: "" };
}
