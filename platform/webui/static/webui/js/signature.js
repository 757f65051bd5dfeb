/**
 * Signing on glass. `[data-signature]` (markup: `webui/_signature.html`) holds a canvas; what is written becomes a picture
 * (PNG, dark ink on nothing) and a record of the strokes, with the SHA-256 of each, in the form's hidden fields
 * NAME_png, NAME_strokes, NAME_sha256. The server reads them with `webui.signatures.read`.
 *
 * The record is canonical JSON (RFC 8785): sorted keys, whole numbers only. It names the digest of what is signed.
 * `strokes` are lists of [x, y, t, p]: x and y in tenths of a CSS pixel from the upper left corner, t milliseconds since
 * the first touch, p pressure 0 to 1000.
 */
import { gettext as _ } from "./i18n.js";
import { announce } from "./http.js";

const INK = "#12151c", WIDEST = 3.2, THINNEST = 1.4, SCALE = 2;
/** Fewer points than this, or a smaller spread (tenths of a pixel), is a slip of the finger. */
const LEAST_POINTS = 8, LEAST_SPREAD = 250;

/** @param {BufferSource} bytes @returns {Promise<string>} lower-case hex; "" where the browser has no digests (plain HTTP) */
export async function sha256(bytes) {
  if (!crypto.subtle) return "";
  return [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Canonical text of a value of objects, lists, strings and whole numbers. @param {any} value @returns {string} */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value && typeof value === "object") return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
  return JSON.stringify(value);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{signs?: string, onChange?: () => void}} [options] signs: SHA-256 of what is signed, "" when not told
 */
export function pad(canvas, { signs = "", onChange = () => {} } = {}) {
  const pen = canvas.getContext("2d");
  let strokes = [], begun = 0, current = null, began = "";

  function size() {
    const box = canvas.getBoundingClientRect();
    if (!box.width) return;
    canvas.width = Math.round(box.width * SCALE);
    canvas.height = Math.round(box.height * SCALE);
    redraw();
  }
  function line(a, b) {
    // A quick stroke is thin, a slow or a hard one broad, as with a real pen.
    const speed = Math.hypot(b[0] - a[0], b[1] - a[1]) / 10 / Math.max(1, b[2] - a[2]);
    const broad = b[3] && b[3] !== 500 ? THINNEST + (WIDEST - THINNEST) * b[3] / 1000 : Math.max(THINNEST, WIDEST - speed);
    pen.lineWidth = broad * SCALE;
    pen.beginPath();
    pen.moveTo(a[0] / 10 * SCALE, a[1] / 10 * SCALE);
    pen.lineTo(b[0] / 10 * SCALE, b[1] / 10 * SCALE);
    pen.stroke();
  }
  function redraw() {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    Object.assign(pen, { strokeStyle: INK, lineCap: "round", lineJoin: "round" });
    for (const stroke of strokes) stroke.forEach((point, i) => line(stroke[Math.max(0, i - 1)], point));
  }
  function point(event) {
    const box = canvas.getBoundingClientRect();
    return [Math.round((event.clientX - box.left) * 10), Math.round((event.clientY - box.top) * 10),
      Math.max(0, Math.round(event.timeStamp - begun)), Math.round((event.pressure || 0) * 1000)];
  }
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    if (!strokes.length) { begun = event.timeStamp; began = new Date().toISOString().replace(/\.\d+Z$/, "Z"); size(); }
    current = [point(event)];
    strokes.push(current);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!current) return;
    for (const one of event.getCoalescedEvents?.().length ? event.getCoalescedEvents() : [event]) {
      const next = point(one);
      line(current.at(-1), next);
      current.push(next);
    }
  });
  const lift = () => { if (current) { current = null; onChange(); } };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  // Turning the phone gives the canvas another width: the ink is drawn again, never lost.
  new ResizeObserver(() => size()).observe(canvas);

  const spread = (axis) => { const all = strokes.flat().map((one) => one[axis]); return Math.max(...all) - Math.min(...all); };
  return {
    get count() { return strokes.length; },
    get written() { return strokes.flat().length >= LEAST_POINTS && Math.max(spread(0), spread(1)) >= LEAST_SPREAD; },
    undo() { strokes.pop(); redraw(); onChange(); },
    clear() { strokes = []; redraw(); onChange(); },
    /** @returns {{png: string, record: string}} the picture as a data address, the record as canonical text */
    take() {
      const box = canvas.getBoundingClientRect();
      const record = { v: 1, signs, began, width: Math.round(box.width * 10), height: Math.round(box.height * 10), strokes };
      return { png: canvas.toDataURL("image/png"), record: canonical(record) };
    },
  };
}

/** @param {HTMLElement} root */
export function wire(root) {
  if (root.dataset.wired) return;
  root.dataset.wired = "yes";
  const part = (role) => root.querySelector(`[data-role="${role}"]`), form = root.closest("form");
  const field = (end) => root.querySelector(`input[name="${root.dataset.signature}_${end}"]`);
  let digesting = Promise.resolve();
  const glass = pad(part("glass"), { signs: root.dataset.signs ?? "", onChange: keep });

  function keep() {
    part("undo").disabled = part("clear").disabled = !glass.count;
    part("says").textContent = !glass.count ? "" : glass.written ? _("已签 {n} 笔", { n: glass.count }) : _("太短了，请签全名");
    root.classList.toggle("signed", glass.written);
    for (const end of ["png", "strokes", "sha256"]) field(end).value = "";
    if (!glass.written) return;
    const { png, record } = glass.take();
    field("png").value = png;
    field("strokes").value = record;
    digesting = sha256(new TextEncoder().encode(record)).then((digest) => { if (field("strokes").value === record) field("sha256").value = digest; });
    root.dispatchEvent(new CustomEvent("signature:written", { bubbles: true }));
  }
  part("undo").addEventListener("click", () => { glass.undo(); });
  part("clear").addEventListener("click", () => { glass.clear(); announce(_("已清空，请重签")); });
  form?.addEventListener("submit", (event) => {
    // Refusing and absent people are recorded by other buttons of the same form.
    if (root.dataset.required === undefined || event.submitter?.formNoValidate) return;
    if (!glass.written) {
      event.preventDefault();
      event.stopImmediatePropagation();
      part("says").textContent = _("还没有签名，请在框内签全名");
      announce(part("says").textContent);
      part("glass").focus();
    } else if (crypto.subtle && !field("sha256").value) {
      event.preventDefault();
      event.stopImmediatePropagation();
      digesting.then(() => form.requestSubmit(event.submitter));
    }
  }, true);
  root.hidden = false;
  keep();
}

for (const root of document.querySelectorAll("[data-signature]")) wire(root);
document.addEventListener("live:swapped", (event) => { for (const root of event.target.querySelectorAll("[data-signature]")) wire(root); });
