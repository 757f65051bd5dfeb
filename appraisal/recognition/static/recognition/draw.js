/**
 * The outline of an item and its defects, drawn on a photo. Markup: `recognition/draw.html`.
 * Taps set corners, corners and boxes are dragged, arrows move what has the focus. Everything in parts of the picture.
 */
import { gettext as _ } from "../webui/js/i18n.js";
import { announce } from "../webui/js/http.js";

const SVG = "http://www.w3.org/2000/svg";
const SMALLEST = 0.01, STEP = 0.005;
const form = document.querySelector("[data-drawing]"), board = form.querySelector("[data-board]");
const field = form.querySelector("[data-drawing-field]"), list = form.querySelector("[data-defects]"), says = form.querySelector("[data-says]");
const WORDS = { look: () => _("拖动看图；选“标轮廓”或“框缺陷”开始标。"), outline: () => _("沿商品边缘一个角一个角地点；点错了退一步，角可以拖动。"), defect: () => _("按住拖出一个框，再写一句哪里不对。") };

if (board) {
  await seen(board.querySelector("img"));
  start();
}

/** Places are parts of the picture: none can be tapped before it has its size. */
function seen(picture) {
  if (picture.complete) return undefined;
  return new Promise((done) => { for (const end of ["load", "error"]) picture.addEventListener(end, done, { once: true }); });
}

function start() {
  const sheet = board.querySelector("svg"), inner = board.querySelector(".board-in");
  const said = JSON.parse(document.getElementById("drawing").textContent);
  let outline = said.outline ?? [], defects = said.defects ?? [], mode = "look", zoom = 1, from = null, rubber = null, held = null;

  const clamp = (v) => Math.min(1, Math.max(0, v));
  const place = (event) => { const box = sheet.getBoundingClientRect(); return [clamp((event.clientX - box.left) / box.width), clamp((event.clientY - box.top) / box.height)]; };
  const shape = (name, attributes) => { const el = document.createElementNS(SVG, name); for (const [key, value] of Object.entries(attributes)) el.setAttribute(key, String(value)); return el; };
  const percent = (v) => `${100 * v}%`;

  function draw() {
    const focused = document.activeElement?.dataset?.handle;
    sheet.replaceChildren();
    if (outline.length) {
      // A polygon knows no percentages: a sheet of its own, stretched over the picture.
      const stretched = shape("svg", { viewBox: "0 0 1 1", preserveAspectRatio: "none", width: "100%", height: "100%" });
      const points = outline.map((p) => p.join(",")).join(" ");
      for (const cls of ["halo", "outline"]) stretched.append(shape(outline.length > 2 ? "polygon" : "polyline", { points, class: cls }));
      sheet.append(stretched);
    }
    for (const box of [...defects, ...(rubber ? [rubber] : [])]) for (const cls of ["halo", "defect"]) sheet.append(shape("rect", { x: percent(box.x), y: percent(box.y), width: percent(box.w), height: percent(box.h), class: cls }));
    for (const old of inner.querySelectorAll("[data-handle]")) old.remove();
    if (mode === "outline") outline.forEach(([x, y], at) => inner.append(handle(`o${at}`, x, y, _("第 {n} 个角", { n: at + 1 }))));
    if (mode === "defect") defects.forEach((box, at) => inner.append(handle(`d${at}`, box.x + box.w / 2, box.y + box.h / 2, _("第 {n} 处缺陷", { n: at + 1 }))));
    if (focused) inner.querySelector(`[data-handle="${focused}"]`)?.focus({ preventScroll: true });
    field.value = JSON.stringify({ outline, defects });
  }
  function handle(name, x, y, label) {
    const el = Object.assign(document.createElement("button"), { type: "button", className: "handle" });
    el.dataset.handle = name;
    el.setAttribute("aria-label", label);
    el.style.left = percent(x);
    el.style.top = percent(y);
    return el;
  }

  function rows() {
    list.replaceChildren(...defects.map((box, at) => {
      const row = Object.assign(document.createElement("li"), { className: "row" });
      const id = `defect-${at}`;
      const label = Object.assign(document.createElement("label"), { htmlFor: id, textContent: _("缺陷 {n}", { n: at + 1 }) });
      const words = Object.assign(document.createElement("input"), { id, value: box.words, maxLength: 300, required: true, placeholder: _("例如：金边断开、字体偏粗"), className: "grow" });
      words.addEventListener("input", () => { box.words = words.value; field.value = JSON.stringify({ outline, defects }); });
      const drop = Object.assign(document.createElement("button"), { type: "button", className: "button quiet", textContent: _("删掉") });
      drop.setAttribute("aria-label", _("删掉缺陷 {n}", { n: at + 1 }));
      drop.addEventListener("click", () => { defects.splice(at, 1); rows(); draw(); });
      row.append(label, words, drop);
      return row;
    }));
  }

  function setMode(next) {
    mode = next;
    board.dataset.mode = next;
    for (const name of ["look", "outline", "defect"]) form.querySelector(`[data-act="${name}"]`).setAttribute("aria-pressed", String(name === next));
    says.textContent = WORDS[next]();
    draw();
  }
  function setZoom(next) {
    const before = zoom, x = board.scrollLeft + board.clientWidth / 2, y = board.scrollTop + board.clientHeight / 2;
    zoom = Math.min(4, Math.max(1, next));
    board.dataset.zoom = String(zoom);
    board.scrollTo(x * zoom / before - board.clientWidth / 2, y * zoom / before - board.clientHeight / 2);
  }

  board.addEventListener("pointerdown", (event) => {
    if (mode === "look" || event.button > 0) return;
    const at = place(event);
    const name = event.target.dataset?.handle;
    if (name) { held = { name, from: at }; board.setPointerCapture(event.pointerId); event.preventDefault(); event.target.focus(); return; }
    if (mode === "defect") { from = at; rubber = { x: at[0], y: at[1], w: 0, h: 0 }; board.setPointerCapture(event.pointerId); event.preventDefault(); }
  });
  board.addEventListener("pointermove", (event) => {
    const [x, y] = place(event);
    if (held) { shift(held.name, x - held.from[0], y - held.from[1]); held.from = [x, y]; }
    else if (from) { rubber = { x: Math.min(x, from[0]), y: Math.min(y, from[1]), w: Math.abs(x - from[0]), h: Math.abs(y - from[1]) }; draw(); }
  });
  board.addEventListener("pointerup", (event) => {
    if (held) { held = null; return; }
    if (mode === "outline" && event.button <= 0 && !event.target.dataset?.handle) { outline.push(place(event)); draw(); announce(_("已有 {n} 个角", { n: outline.length })); return; }
    if (!from) return;
    const box = rubber;
    from = rubber = null;
    if (box.w >= SMALLEST && box.h >= SMALLEST) add(box); else draw();
  });
  board.addEventListener("pointercancel", () => { held = from = rubber = null; draw(); });

  function add(box) {
    defects.push({ ...box, words: "" });
    rows();
    draw();
    list.querySelector(`#defect-${defects.length - 1}`)?.focus();
  }
  function shift(name, dx, dy, grow = false) {
    const at = Number(name.slice(1));
    if (name[0] === "o") outline[at] = [clamp(outline[at][0] + dx), clamp(outline[at][1] + dy)];
    else {
      const box = defects[at];
      if (grow) Object.assign(box, { w: Math.min(1 - box.x, Math.max(SMALLEST, box.w + dx)), h: Math.min(1 - box.y, Math.max(SMALLEST, box.h + dy)) });
      else Object.assign(box, { x: Math.min(1 - box.w, Math.max(0, box.x + dx)), y: Math.min(1 - box.h, Math.max(0, box.y + dy)) });
    }
    draw();
  }
  board.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key];
    const name = event.target.dataset?.handle;
    if (way && name) { shift(name, ...way, event.shiftKey); event.preventDefault(); }
    else if (event.key === "Delete" && name?.[0] === "o") { outline.splice(Number(name.slice(1)), 1); draw(); event.preventDefault(); }
    else if (event.key === "Enter" && event.target === board) {
      // Without a pointer: a frame to begin with, moved and stretched by the arrows.
      if (mode === "outline" && !outline.length) { outline = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]]; draw(); }
      else if (mode === "defect") add({ x: 0.4, y: 0.4, w: 0.2, h: 0.2 });
      event.preventDefault();
    }
  });

  const acts = {
    look: () => setMode("look"), outline: () => setMode("outline"), defect: () => setMode("defect"),
    undo: () => { if (mode === "defect") { defects.pop(); rows(); } else outline.pop(); draw(); },
    clear: () => { outline = []; setMode("outline"); },
    closer: () => setZoom(zoom * 2), farther: () => setZoom(zoom / 2),
  };
  for (const [act, run] of Object.entries(acts)) {
    const button = form.querySelector(`[data-act="${act}"]`);
    button.addEventListener("click", run);
    button.disabled = false;
  }
  form.addEventListener("submit", (event) => {
    if (outline.length === 1 || outline.length === 2) { event.preventDefault(); says.textContent = _("轮廓至少要三个角；不标就清空。"); announce(says.textContent); }
  }, { capture: true });
  rows();
  setMode(outline.length ? "look" : "outline");
  form.dataset.ready = "yes";
}
