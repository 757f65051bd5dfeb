/**
 * Two pictures of the same print, aligned by the homography that recognition found. Markup: `webui/_compare.html`.
 * Side by side both panes move together; with the slider or blinking the first picture lies warped on the second.
 * Keys: 1 side by side, 2 slider, 3 blink, space flips, m outlines, n next difference, + - 0 zoom.
 */
import { gettext as _ } from "./i18n.js";
import { announce, say } from "./http.js";
import { bind } from "./keys.js";
import { openSeadragon, pane } from "./osd.js";

const BLINK_MS = 700;
const SVG = "http://www.w3.org/2000/svg";
const root = document.querySelector("[data-compare]");
const data = JSON.parse(document.getElementById("compare-data").textContent);
const reduced = matchMedia("(prefers-reduced-motion: reduce)").matches;
const button = (act) => root.querySelector(`[data-act="${act}"]`);
const press = (act, on) => button(act)?.setAttribute("aria-pressed", String(on));

/** Where a point of the first picture lies on the second; null beyond the horizon. */
function mapped(m, { x, y }) {
  const w = m[2][0] * x + m[2][1] * y + m[2][2];
  return Math.abs(w) < 1e-9 || (w < 0) !== (m[2][2] < 0) ? null : { x: (m[0][0] * x + m[0][1] * y + m[0][2]) / w, y: (m[1][0] * x + m[1][1] * y + m[1][2]) / w };
}
function times(a, b) { return a.map((row) => [0, 1, 2].map((j) => row[0] * b[0][j] + row[1] * b[1][j] + row[2] * b[2][j])); }
function inverse(m) {
  const [[a, b, c], [d, e, f], [g, h, i]] = m;
  const det = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  return [[e * i - f * h, c * h - b * i, b * f - c * e], [f * g - d * i, a * i - c * g, c * d - a * f], [d * h - e * g, b * g - a * h, a * e - b * d]].map((row) => row.map((v) => v / det));
}
const matrix3d = (m) => `matrix3d(${[m[0][0], m[1][0], 0, m[2][0], m[0][1], m[1][1], 0, m[2][1], 0, 0, 1, 0, m[0][2], m[1][2], 0, m[2][2]].join(",")})`;

/** One picture in its pane: the zoomable image, and over it the outlines in the pixels recognition used. */
function picture(OSD, name) {
  const figure = root.querySelector(`[data-pane="${name}"]`), link = figure.querySelector("a");
  if (!link) return null;
  const url = link.href, marks = figure.querySelector("[data-marks]"), alt = figure.querySelector("img").alt;
  const holder = Object.assign(document.createElement("div"), { className: "glass" });
  const sheet = document.createElementNS(SVG, "svg");
  sheet.setAttribute("class", "marks");
  sheet.setAttribute("aria-hidden", "true");
  if (marks) sheet.append(marks);
  link.replaceWith(holder);
  const viewer = pane(OSD, holder, url, { visibilityRatio: 0.2 });
  viewer.canvas.setAttribute("role", "img");
  viewer.canvas.setAttribute("aria-label", alt);
  holder.append(sheet);
  const item = () => viewer.world.getItemAt(0);
  const size = () => item().getContentSize();
  /** From the picture's pixels to those of the pane. */
  const affine = () => {
    const at = (x, y) => item().imageToViewerElementCoordinates(new OSD.Point(x, y));
    const o = at(0, 0), u = at(1000, 0), v = at(0, 1000);
    return [[(u.x - o.x) / 1000, (v.x - o.x) / 1000, o.x], [(u.y - o.y) / 1000, (v.y - o.y) / 1000, o.y], [0, 0, 1]];
  };
  const self = {
    viewer, figure, holder, url, size, affine, sheet,
    ready: () => viewer.world.getItemCount() > 0,
    centre: () => item().viewportToImageCoordinates(viewer.viewport.getCenter()),
    /** Pixels of the pane for one of the picture. */
    scale: () => viewer.viewport.viewportToImageZoom(viewer.viewport.getZoom()),
    show(centre, scale) {
      viewer.viewport.zoomTo(viewer.viewport.imageToViewportZoom(scale), undefined, true);
      viewer.viewport.panTo(item().imageToViewportCoordinates(new OSD.Point(centre.x, centre.y)), true);
      viewer.forceRedraw();
    },
    /** @param {number[]} place x, y, w, h in parts of the picture */
    fit([x, y, w, h]) {
      const { x: W, y: H } = size();
      viewer.viewport.fitBounds(item().imageToViewportRectangle((x - w) * W, (y - h) * H, 3 * w * W, 3 * h * H));
    },
    place() {
      if (!self.ready() || !marks) return;
      const m = times(affine(), [[size().x, 0, 0], [0, size().y, 0], [0, 0, 1]]);
      marks.setAttribute("transform", `matrix(${m[0][0]} ${m[1][0]} ${m[0][1]} ${m[1][1]} ${m[0][2]} ${m[1][2]})`);
    },
  };
  for (const event of ["open", "update-viewport", "resize"]) viewer.addHandler(event, self.place);
  return self;
}

async function main() {
  let OSD;
  try { OSD = await openSeadragon(root.dataset.osd); } catch { say(_("看图工具没有载入，请刷新；也可以直接打开原图。"), "wait"); return; }
  root.classList.add("working");
  const known = picture(OSD, "library"), taken = picture(OSD, "query");
  if (!known && !taken) return;
  for (const el of root.querySelectorAll("[data-needs-script]")) el.hidden = false;
  const both = [taken, known].filter(Boolean), alone = known ?? taken;
  const aligned = Boolean(data.homography && known && taken);
  /** From pixels of the first picture to pixels of the second, once both are there. */
  let forth = null, back = null;
  for (const radio of root.querySelectorAll('[name="compare-mode"]')) if (radio.value !== "side") radio.disabled = !aligned;

  // Side by side: what is in the middle of one is in the middle of the other, at the same size and the same way up. The
  // pane that a hand is on leads; the other's own answer to that is not followed back.
  let leader = alone;
  const follow = (from, to, way) => () => {
    const m = way();
    if (!m || leader !== from || root.dataset.mode !== "side") return;
    const here = from.centre(), there = mapped(m, here);
    if (!there) return;
    const step = 1, right = mapped(m, { x: here.x + step, y: here.y }), down = mapped(m, { x: here.x, y: here.y + step });
    if (!right || !down) return;
    const grown = Math.sqrt(Math.abs((right.x - there.x) * (down.y - there.y) - (right.y - there.y) * (down.x - there.x)));
    if (grown > 1e-6) to.show(there, from.scale() / grown);
  };
  for (const one of both) for (const hand of ["pointerdown", "wheel", "keydown"]) one.holder.addEventListener(hand, () => { leader = one; }, { capture: true, passive: true });
  if (aligned) {
    taken.viewer.addHandler("viewport-change", follow(taken, known, () => forth));
    known.viewer.addHandler("viewport-change", follow(known, taken, () => back));
    const upright = () => {
      if (!both.every((one) => one.ready())) return;
      const a1 = taken.size(), b1 = known.size(), middle = { x: a1.x / 2, y: a1.y / 2 };
      forth = times([[b1.x, 0, 0], [0, b1.y, 0], [0, 0, 1]], times(data.homography, [[1 / a1.x, 0, 0], [0, 1 / a1.y, 0], [0, 0, 1]]));
      back = inverse(forth);
      warped.style.width = `${a1.x}px`;
      warped.style.height = `${a1.y}px`;
      const a = mapped(forth, middle), b = mapped(forth, { x: middle.x + 10, y: middle.y });
      const turn = a && b ? Math.round(Math.atan2(b.y - a.y, b.x - a.x) / (Math.PI / 2)) * 90 : 0;
      taken.viewer.viewport.setRotation((turn + 360) % 360, true);
      follow(known, taken, () => back)();
      lay();
      root.dataset.ready = "yes";
    };
    for (const one of both) one.viewer.addHandler("open", upright);
  }

  // On each other: the first picture lies warped over the second, and moves with it.
  const over = Object.assign(document.createElement("div"), { className: "over", hidden: true });
  const divider = Object.assign(document.createElement("div"), { className: "divider", hidden: true });
  const range = root.querySelector("[data-slide]"), shown = root.querySelector("[data-shown]");
  let warped = null, timer = 0, on = true;
  if (aligned) {
    warped = Object.assign(document.createElement("img"), { src: taken.url, alt: "", draggable: false });
    over.append(warped);
    over.dataset.name = shown.dataset.query;
    known.holder.append(over, divider);
    known.holder.append(known.sheet);
    for (const event of ["open", "update-viewport", "resize"]) known.viewer.addHandler(event, lay);
  }
  function lay() {
    if (forth && known.ready()) warped.style.transform = matrix3d(times(known.affine(), forth));
  }
  function cut() {
    const share = Number(range.value);
    over.style.clipPath = root.dataset.mode === "slide" ? `inset(0 ${100 - share}% 0 0)` : "none";
    divider.style.left = `${share}%`;
  }
  range.addEventListener("input", cut);
  divider.addEventListener("pointerdown", (event) => { divider.setPointerCapture(event.pointerId); event.stopPropagation(); });
  divider.addEventListener("pointermove", (event) => {
    if (!divider.hasPointerCapture(event.pointerId)) return;
    const frame = known.holder.getBoundingClientRect();
    range.value = Math.min(100, Math.max(0, 100 * (event.clientX - frame.left) / frame.width));
    cut();
  });

  function flip(to = !on, aloud = false) {
    on = to;
    over.classList.toggle("off", root.dataset.mode === "blink" && !on);
    shown.textContent = root.dataset.mode === "blink" ? _("现在是：{name}", { name: on ? shown.dataset.query : shown.dataset.library }) : "";
    if (known) known.figure.querySelector("figcaption").textContent = root.dataset.mode === "blink" && on ? shown.dataset.query : shown.dataset.library;
    if (aloud) announce(shown.textContent);
  }
  function beat(run) {
    clearInterval(timer);
    timer = run ? setInterval(() => flip(), BLINK_MS) : 0;
    press("blink", Boolean(timer));
  }
  function mode(name) {
    if (name !== "side" && !aligned) return;
    root.dataset.mode = name;
    const radio = root.querySelector(`[name="compare-mode"][value="${name}"]`);
    if (radio) radio.checked = true;
    for (const el of root.querySelectorAll("[data-for]")) el.hidden = el.dataset.for !== name;
    over.hidden = name === "side";
    divider.hidden = name !== "slide";
    if (taken && known) taken.figure.hidden = name !== "side";
    for (const one of both) one.viewer.forceResize();
    beat(name === "blink" && !reduced);
    flip(true);
    cut();
    // The pane takes its new width with the next frames; only then can the picture be put into it.
    setTimeout(() => { leader = alone; for (const one of aligned ? [known] : both) if (one.ready()) { one.viewer.viewport.goHome(true); one.viewer.forceRedraw(); } lay(); }, 120);
  }
  for (const radio of root.querySelectorAll('[name="compare-mode"]')) radio.addEventListener("change", () => mode(radio.value));
  document.addEventListener("visibilitychange", () => { if (document.hidden) beat(false); });

  let at = -1, outlined = true;
  const acts = {
    "zoom-in": () => { leader = alone; alone.viewer.viewport.zoomBy(1.5); alone.viewer.viewport.applyConstraints(); },
    "zoom-out": () => { leader = alone; alone.viewer.viewport.zoomBy(1 / 1.5); alone.viewer.viewport.applyConstraints(); },
    fit: () => { leader = alone; for (const one of aligned ? [known] : both) one.viewer.viewport.goHome(); },
    marks: () => { outlined = !outlined; root.classList.toggle("plain-view", !outlined); press("marks", outlined); },
    blink: () => beat(!timer),
    flip: () => { beat(false); flip(!on, true); },
    next: () => {
      if (!data.differences.length || !known) return;
      leader = known;
      at = (at + 1) % data.differences.length;
      known.fit(data.differences[at]);
      announce(_("第 {n} 处不同，共 {all} 处", { n: at + 1, all: data.differences.length }));
    },
  };
  for (const [act, run] of Object.entries(acts)) button(act)?.addEventListener("click", run);
  for (const [key, run, label] of [["+", acts["zoom-in"], _("放大")], ["-", acts["zoom-out"], _("缩小")], ["0", acts.fit, _("看全图")], ["m", acts.marks, _("描边")], ["1", () => mode("side"), _("并排")]]) bind(key, label, run);
  if (data.differences.length) bind("n", _("下一处不同"), acts.next);
  if (aligned) {
    bind("2", _("滑块"), () => mode("slide"));
    bind("3", _("闪烁"), () => mode("blink"));
    bind(" ", _("切换两张图"), () => { if (root.dataset.mode !== "blink") mode("blink"); acts.flip(); });
  }
  mode("side");
  if (!aligned) root.dataset.ready = "yes";
}

main();
