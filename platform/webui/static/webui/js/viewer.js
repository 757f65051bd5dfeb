/**
 * Photo and genuine reference side by side, on OpenSeadragon. Markup: `webui/_viewer.html`.
 * Keys: arrows pan, + and - zoom, r turns, l links, b draws, 0 fits. A drawn box is told as `viewer:box`
 * {photo, x, y, w, h} with 0..1 of the upright image, and written into the form `[data-box-form]` if there is one.
 */
import { gettext as _ } from "./i18n.js";
import { say } from "./http.js";
import { drawer } from "./draw.js";
import { bind } from "./keys.js";
import { openSeadragon, pane } from "./osd.js";

const root = document.querySelector("[data-viewer]");
const button = (act) => root.querySelector(`[data-act="${act}"]`);
async function main() {
  let OSD;
  try { OSD = await openSeadragon(root.dataset.osd); } catch { say(_("看图工具没有载入，请刷新；也可以直接打开原图。"), "wait"); return; }
  const left = pane(OSD, root.querySelector('[data-pane="photo"]'), root.dataset.image);
  const rightEl = root.querySelector('[data-pane="reference"]');
  const right = rightEl ? pane(OSD, rightEl, root.dataset.reference) : null;
  if (right && !root.dataset.reference) rightEl.hidden = true;
  let linked = true, leading = null, gap = null, photo = root.dataset.photo ?? "";

  const view = (viewer) => ({ zoom: viewer.viewport.getZoom(), centre: viewer.viewport.getCenter() });
  // The panes keep the offset they had when linked: line the two labels up once, then both move alike.
  const measureGap = () => {
    if (!right?.world.getItemCount() || !left.world.getItemCount()) { gap = null; return; }
    const a = view(left), b = view(right);
    gap = { zoom: b.zoom / a.zoom, dx: b.centre.x - a.centre.x, dy: b.centre.y - a.centre.y };
  };
  const follow = (from, to, way) => () => {
    if (!linked || !gap || (leading && leading !== from)) return;
    leading = from;
    const { zoom, centre } = view(from);
    to.viewport.zoomTo(way > 0 ? zoom * gap.zoom : zoom / gap.zoom, undefined, true);
    to.viewport.panTo(new OSD.Point(centre.x + way * gap.dx, centre.y + way * gap.dy), true);
    to.forceRedraw();
    leading = null;
  };
  if (right) {
    for (const viewer of [left, right]) viewer.addHandler("open", measureGap);
    left.addHandler("viewport-change", follow(left, right, 1));
    right.addHandler("viewport-change", follow(right, left, -1));
  }

  const press = (act, on) => button(act)?.setAttribute("aria-pressed", String(on));
  const acts = {
    "zoom-in": () => { left.viewport.zoomBy(1.5); left.viewport.applyConstraints(); },
    "zoom-out": () => { left.viewport.zoomBy(1 / 1.5); left.viewport.applyConstraints(); },
    rotate: () => left.viewport.setRotation((left.viewport.getRotation() + 90) % 360),
    fit: () => { left.viewport.goHome(); if (!linked) right?.viewport.goHome(); },
    link: () => { linked = !linked; press("link", linked); if (linked) measureGap(); },
  };
  for (const [act, run] of Object.entries(acts)) button(act)?.addEventListener("click", run);
  for (const [key, act, label] of [["+", "zoom-in", _("放大")], ["-", "zoom-out", _("缩小")], ["r", "rotate", _("转 90 度")], ["0", "fit", _("看全图")], ["l", "link", _("联动")]]) {
    if (button(act)) bind(key, label, acts[act]);
  }
  for (const input of root.querySelectorAll("input[type=range][name]")) input.addEventListener("input", () => {
    const value = (name) => root.querySelector(`input[name="${name}"]`)?.value ?? 100;
    for (const viewer of [left, right]) if (viewer) viewer.canvas.style.filter = `brightness(${value("brightness")}%) contrast(${value("contrast")}%)`;
  });

  function mark(box) {
    const item = left.world.getItemAt(0);
    if (!item) return;
    const { x: W, y: H } = item.getContentSize();
    const element = Object.assign(document.createElement("div"), { className: "viewer-box", title: box.comment ?? "" });
    left.addOverlay({ element, location: item.imageToViewportRectangle(box.x * W, box.y * H, box.w * W, box.h * H) });
  }
  left.addHandler("open", () => { left.clearOverlays(); for (const box of boxes()) if (!box.photo || box.photo === photo) mark(box); });
  const boxes = () => JSON.parse(document.getElementById(root.dataset.boxes ?? "")?.textContent || "[]");

  const pen = drawer(OSD, left, button("draw"), (box) => finish({ photo, ...box }));
  if (button("draw")) bind("b", _("圈出不同之处"), pen.toggle);
  addEventListener("keydown", (event) => { if (event.key === "Escape") pen.draw(false); });

  function finish(box) {
    mark(box);
    root.dispatchEvent(new CustomEvent("viewer:box", { detail: box, bubbles: true }));
    const form = document.querySelector("[data-box-form]");
    if (!form) return;
    for (const [name, value] of Object.entries(box)) {
      const field = form.elements.namedItem(name);
      if (field) field.value = typeof value === "number" ? value.toFixed(4) : value;
    }
    form.hidden = false;
    form.querySelector("textarea, input:not([type=hidden])")?.focus();
  }

  // Links `<a data-open-photo="ID" href="large image" data-reference="…">` open in the viewer instead of a page.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-open-photo]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    photo = link.dataset.openPhoto;
    for (const other of document.querySelectorAll("a[data-open-photo]")) other.toggleAttribute("aria-current", other === link);
    left.open({ type: "image", url: link.href, buildPyramid: false });
    if (right) {
      rightEl.hidden = !link.dataset.reference;
      if (link.dataset.reference) right.open({ type: "image", url: link.dataset.reference, buildPyramid: false });
    }
  });
}

main();
