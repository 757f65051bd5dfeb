/**
 * Two pictures of the same print, aligned by the homography that recognition found. Markup: `webui/_compare.html`.
 * Side by side both panes move together; with the slider or blinking the first picture lies warped on the second.
 * Keys: 1 side by side, 2 slider, 3 blink, space flips, m outlines, n next difference, + - 0 zoom.
 */
import { gettext as _ } from "./i18n.js";
import { announce, say } from "./http.js";
import { bind } from "./keys.js";
import { openSeadragon } from "./osd.js";
import { carried, inPixels, inverse, matrix3d, picture, times, turned } from "./planes.js";

const BLINK_MS = 700;
const root = document.querySelector("[data-compare]");
const data = JSON.parse(document.getElementById("compare-data").textContent);
const reduced = matchMedia("(prefers-reduced-motion: reduce)").matches;
const button = (act) => root.querySelector(`[data-act="${act}"]`);
const press = (act, on) => button(act)?.setAttribute("aria-pressed", String(on));

async function main() {
  let OSD;
  try { OSD = await openSeadragon(root.dataset.osd); } catch { say(_("看图工具没有载入，请刷新；也可以直接打开原图。"), "wait"); return; }
  root.classList.add("working");
  const known = picture(OSD, root, "library"), taken = picture(OSD, root, "query");
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
    const seen = carried(m, from.centre(), from.scale());
    if (seen) to.show(seen.centre, seen.scale);
  };
  for (const one of both) for (const hand of ["pointerdown", "wheel", "keydown"]) one.holder.addEventListener(hand, () => { leader = one; }, { capture: true, passive: true });
  if (aligned) {
    taken.viewer.addHandler("viewport-change", follow(taken, known, () => forth));
    known.viewer.addHandler("viewport-change", follow(known, taken, () => back));
    const upright = () => {
      if (!both.every((one) => one.ready())) return;
      const size = taken.size();
      forth = inPixels(data.homography, size, known.size());
      back = inverse(forth);
      warped.style.width = `${size.x}px`;
      warped.style.height = `${size.y}px`;
      taken.viewer.viewport.setRotation(turned(forth, size), true);
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
