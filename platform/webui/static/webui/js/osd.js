/** OpenSeadragon as our pages use it: loaded once, without its own style element, one way of moving everywhere. */
import { gettext as _ } from "./i18n.js";
import { announce } from "./http.js";

const reduced = matchMedia("(prefers-reduced-motion: reduce)").matches;

/** @param {string} src @returns {Promise<any>} */
export function openSeadragon(src) {
  // OpenSeadragon adds a style element of its own unless it finds one with this mark; the page's policy would refuse
  // it, and an empty one too, so what it finds is an element of that name in no namespace, which styles nothing.
  const none = document.createElementNS(null, "style");
  none.setAttribute("data-openseadragon-mobile-css", "true");
  document.head.append(none);
  return new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src, onload: () => resolve(globalThis.OpenSeadragon), onerror: reject });
    document.head.append(script);
  });
}

/** @param {any} OSD @param {HTMLElement} element @param {string} url @param {object} [more] options */
export function pane(OSD, element, url, more = {}) {
  const viewer = OSD({
    element, tileSources: url ? { type: "image", url, buildPyramid: false } : undefined, drawer: "canvas", showNavigationControl: false,
    gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true }, gestureSettingsTouch: { pinchRotate: false },
    maxZoomPixelRatio: 6, minZoomImageRatio: 0.8, visibilityRatio: 0.4, animationTime: reduced ? 0 : 0.4, immediateRender: reduced, ...more,
  });
  viewer.addHandler("open-failed", () => { element.dataset.failed = _("照片没有打开，请刷新再试"); announce(element.dataset.failed); });
  viewer.addHandler("open", () => { delete element.dataset.failed; });
  return viewer;
}
