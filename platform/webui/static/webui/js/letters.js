/**
 * How tall is the print in the picture? Marks of like height that stand in a row are taken for letters; the tallest row counts.
 * It measures, it does not read: other print beside a tiny code passes too, and a code on mirroring metal may not be found.
 */
const SIDE = 1200, DARKER = 14, MOST_MARKS = 6000;

/** Marks darker than what lies around them, grown by one so that dots of a matrix join. */
function ink(grey, width, height) {
  const sums = new Float64Array((width + 1) * (height + 1)), row = width + 1, reach = Math.max(8, Math.round(width / 40));
  for (let y = 0; y < height; y++) for (let x = 0, run = 0; x < width; x++) { run += grey[y * width + x]; sums[(y + 1) * row + x + 1] = sums[y * row + x + 1] + run; }
  const dark = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
    const left = Math.max(0, x - reach), right = Math.min(width, x + reach + 1), top = Math.max(0, y - reach), bottom = Math.min(height, y + reach + 1);
    const mean = (sums[bottom * row + right] - sums[top * row + right] - sums[bottom * row + left] + sums[top * row + left]) / ((right - left) * (bottom - top));
    if (grey[y * width + x] < mean - DARKER) {
      dark[y * width + x] = 1;
      if (x + 1 < width) dark[y * width + x + 1] = 1;
      if (y + 1 < height) dark[(y + 1) * width + x] = 1;
    }
  }
  return dark;
}

/** Boxes around what hangs together. */
function marks(dark, width, height) {
  const found = [], stack = [];
  for (let start = 0; start < dark.length && found.length < MOST_MARKS; start++) {
    if (!dark[start]) continue;
    let left = width, right = 0, top = height, bottom = 0;
    stack.push(start);
    dark[start] = 0;
    while (stack.length) {
      const at = stack.pop(), x = at % width, y = (at - x) / width;
      if (x < left) left = x; if (x > right) right = x; if (y < top) top = y; if (y > bottom) bottom = y;
      for (let j = -1; j <= 1; j++) for (let i = -1; i <= 1; i++) {
        const u = x + i, v = y + j;
        if (u >= 0 && v >= 0 && u < width && v < height && dark[v * width + u]) { dark[v * width + u] = 0; stack.push(v * width + u); }
      }
    }
    const w = right - left + 1, h = bottom - top + 1;
    if (h >= 5 && h < height / 3 && w < h * 4 && w * 12 > h) found.push({ left, right, middle: (top + bottom) / 2, h });
  }
  return found;
}

/** Height of the tallest row of at least four marks, 0 for none. */
export function tallestRow(found) {
  let best = 0;
  const byLeft = [...found].sort((a, b) => a.left - b.left);
  for (let start = 0; start < byLeft.length; start++) {
    let last = byLeft[start], count = 1, sum = last.h;
    if (last.h <= best) continue;
    for (let next = start + 1; next < byLeft.length && byLeft[next].left - last.right < last.h * 2.5; next++) {
      const one = byLeft[next];
      if (one.left < last.right - 1 || Math.abs(one.middle - last.middle) > last.h * 0.5 || Math.abs(one.h - last.h) > last.h * 0.4) continue;
      last = one;
      count++;
      sum += one.h;
    }
    if (count >= 4) best = Math.max(best, sum / count);
  }
  return best;
}

/** @param {ImageBitmap|HTMLCanvasElement} picture @returns {number} height of the letters in pixels of the picture, 0 where none stand in a row */
export function letterHeight(picture) {
  const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
  const pen = canvas.getContext("2d", { willReadFrequently: true }), { width, height } = canvas;
  pen.drawImage(picture, 0, 0, width, height);
  const rgba = pen.getImageData(0, 0, width, height).data, grey = new Float32Array(width * height);
  for (let i = 0, p = 0; p < grey.length; i += 4, p++) grey[p] = 0.299 * rgba[i] + 0.587 * rgba[i + 1] + 0.114 * rgba[i + 2];
  // Light print on dark counts as well.
  const dark = tallestRow(marks(ink(grey, width, height), width, height));
  for (let p = 0; p < grey.length; p++) grey[p] = 255 - grey[p];
  return Math.round(Math.max(dark, tallestRow(marks(ink(grey, width, height), width, height))) / scale);
}
