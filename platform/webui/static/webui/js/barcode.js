/**
 * Reads barcodes and QR codes from a picture: by the browser's own reader where there is one, else by ZXing in a worker, which
 * is fetched when it is first needed. Addresses stand in `<meta name="barcode-reader">` (`webui/_reader.html`).
 */
const WANTED = ["ean_13", "ean_8", "upc_a", "itf", "code_128", "qr_code", "data_matrix"];
const SIDES = [1600, 800, 3200];
const LENGTHS = [8, 12, 13, 14];

/** @param {string} digits @returns {boolean} GTIN-8, -12, -13 or -14 with a right check digit */
export function isGtin(digits) {
  if (!/^\d+$/.test(digits) || !LENGTHS.includes(digits.length)) return false;
  const sum = [...digits.slice(0, -1)].reverse().reduce((total, digit, place) => total + Number(digit) * (place % 2 ? 1 : 3), 0);
  return (10 - (sum % 10)) % 10 === Number(digits.at(-1));
}
/** The GTIN in what a code says: bare, in a GS1 Digital Link (`/01/…`), or in a GS1 element string. @param {string} text @returns {string} 14 digits, or "" */
export function gtinIn(text) {
  const bare = text.trim();
  const found = isGtin(bare) ? bare : bare.match(/(?:\/01\/|\(01\))(\d{8,14})(?=\D|$)/)?.[1] ?? bare.match(/^(?:\]C1|\]d2|\]Q3)?01(\d{14})/)?.[1] ?? "";
  return isGtin(found) ? found.padStart(14, "0") : "";
}

let native = null;
function ownReader() {
  return native ??= (async () => {
    if (!("BarcodeDetector" in globalThis)) return null;
    const formats = (await BarcodeDetector.getSupportedFormats()).filter((one) => WANTED.includes(one));
    return formats.includes("ean_13") ? new BarcodeDetector({ formats }) : null;
  })().catch(() => null);
}

let worker = null, asked = 0;
const waiting = new Map();
function reader() {
  if (worker) return worker;
  const { worker: address, library, wasm } = document.querySelector('meta[name="barcode-reader"]').dataset;
  worker = new Worker(address);
  worker.addEventListener("message", ({ data }) => { const one = waiting.get(data.id); waiting.delete(data.id); if (data.failed) one?.reject(new Error(data.failed)); else one?.resolve(data.found); });
  worker.addEventListener("error", () => { for (const one of waiting.values()) one.reject(new Error("reader")); waiting.clear(); worker = null; });
  worker.postMessage({ library: new URL(library, location.href).href, wasm: new URL(wasm, location.href).href });
  return worker;
}
async function byWorker(picture, side) {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const pixels = pen.getImageData(0, 0, canvas.width, canvas.height), id = ++asked, to = reader();
  return new Promise((resolve, reject) => { waiting.set(id, { resolve, reject }); to.postMessage({ id, pixels }, [pixels.data.buffer]); });
}

/** A retail code whose check digit is wrong was read wrongly, whatever the reader says of it. */
const right = ({ text, format }) => text && (!/^(ean|upc)/i.test(format) || isGtin(text));

/**
 * @param {ImageBitmap|HTMLCanvasElement|HTMLVideoElement} picture @param {{quick?: boolean}} [how] quick: one look, for a running camera
 * @returns {Promise<{text: string, format: string, gtin: string}[]>} best first; none where nothing was read
 * @throws {Error} where no reader can be had
 */
export async function read(picture, { quick = false } = {}) {
  const size = { width: picture.videoWidth ?? picture.width, height: picture.videoHeight ?? picture.height };
  const own = await ownReader();
  let found = own ? (await own.detect(picture).catch(() => [])).map((one) => ({ text: one.rawValue, format: one.format })).filter(right) : [];
  const source = picture.videoWidth ? await createImageBitmap(picture) : picture;
  for (const side of quick ? SIDES.slice(0, 1) : SIDES) {
    if (found.length || (side > SIDES[0] && Math.max(size.width, size.height) <= SIDES[0])) break;
    found = (await byWorker(source, side)).filter(right);
  }
  if (source !== picture) source.close();
  return found.map((one) => ({ ...one, gtin: gtinIn(one.text) })).sort((a, b) => Number(!a.gtin) - Number(!b.gtin));
}
