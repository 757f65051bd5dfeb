/** Drawing a box on an OpenSeadragon pane with mouse, pen or finger. */

import { gettext as _ } from "./i18n.js";
import { announce } from "./http.js";

/**
 * The button is off until there is a picture to draw on.
 * @param {any} OSD @param {any} viewer @param {HTMLButtonElement | null} button switches drawing on and off
 * @param {(box: {x: number, y: number, w: number, h: number}) => void} onBox told the box in 0..1 of the upright image
 * @returns {{draw: (on: boolean) => void, toggle: () => void}}
 */
export function drawer(OSD, viewer, button, onBox) {
  const sheet = Object.assign(document.createElement("div"), { className: "viewer-draw", hidden: true });
  const rubber = Object.assign(document.createElement("div"), { className: "viewer-box" });
  let from = null;
  viewer.element.append(sheet);
  const ready = () => viewer.world.getItemCount() > 0;
  if (button) {
    button.disabled = !ready();
    viewer.addHandler("close", () => { button.disabled = true; });
    viewer.addHandler("open", () => { button.disabled = false; });
    button.addEventListener("click", () => toggle());
  }

  /** A picture that still moves or turns is at once where it was going: both corners are meant on one picture. */
  function stand() {
    const { viewport } = viewer;
    viewport.setRotation(viewport.getRotation(), true);
    viewport.zoomTo(viewport.getZoom(), undefined, true);
    viewport.panTo(viewport.getCenter(), true);
  }
  function draw(on) {
    if (on) stand();
    sheet.hidden = !on;
    from = null;
    rubber.remove();
    button?.setAttribute("aria-pressed", String(on));
    if (on) announce(_("拖动画一个框"));
  }
  const toggle = () => draw(sheet.hidden && ready());
  function place(event) {
    const frame = sheet.getBoundingClientRect(), item = viewer.world.getItemAt(0), size = item.getContentSize();
    const at = { x: event.clientX - frame.left, y: event.clientY - frame.top };
    const point = item.viewerElementToImageCoordinates(new OSD.Point(at.x, at.y));
    return { ...at, u: Math.min(1, Math.max(0, point.x / size.x)), v: Math.min(1, Math.max(0, point.y / size.y)) };
  }
  sheet.addEventListener("pointerdown", (event) => {
    if (!ready()) return;
    sheet.setPointerCapture(event.pointerId);
    from = place(event);
    sheet.append(rubber);
  });
  sheet.addEventListener("pointermove", (event) => {
    if (!from) return;
    const to = place(event);
    const px = (name, a, b, size) => { rubber.style[name] = `${Math.min(a, b)}px`; rubber.style[size] = `${Math.abs(a - b)}px`; };
    rubber.style.position = "absolute";
    px("left", from.x, to.x, "width");
    px("top", from.y, to.y, "height");
  });
  sheet.addEventListener("pointerup", (event) => {
    if (!from) return;
    const a = from, b = place(event);
    draw(false);
    // On a turned picture the two corners come in any order.
    const box = { x: Math.min(a.u, b.u), y: Math.min(a.v, b.v), w: Math.abs(a.u - b.u), h: Math.abs(a.v - b.v) };
    if (box.w >= 0.005 && box.h >= 0.005) onBox(box);
  });
  sheet.addEventListener("pointercancel", () => draw(false));
  return { draw, toggle };
}
