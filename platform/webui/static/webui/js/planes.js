/**
 * Planes that lie on each other: the arithmetic of homographies (3 x 3, row by row), and a picture in its zoomable pane
 * with the outlines over it. Used by compare.js.
 */
import { pane } from "./osd.js";

const SVG = "http://www.w3.org/2000/svg";

/** Where a point of the first picture lies on the second; null beyond the horizon. */
function mapped(m, { x, y }) {
  const w = m[2][0] * x + m[2][1] * y + m[2][2];
  return Math.abs(w) < 1e-9 || (w < 0) !== (m[2][2] < 0) ? null : { x: (m[0][0] * x + m[0][1] * y + m[0][2]) / w, y: (m[1][0] * x + m[1][1] * y + m[1][2]) / w };
}
export function times(a, b) { return a.map((row) => [0, 1, 2].map((j) => row[0] * b[0][j] + row[1] * b[1][j] + row[2] * b[2][j])); }
export function inverse(m) {
  const [[a, b, c], [d, e, f], [g, h, i]] = m;
  const det = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  return [[e * i - f * h, c * h - b * i, b * f - c * e], [f * g - d * i, a * i - c * g, c * d - a * f], [d * h - e * g, b * g - a * h, a * e - b * d]].map((row) => row.map((v) => v / det));
}
/** The homography between parts of two pictures, as one between their pixels. */
export function inPixels(m, from, to) { return times([[to.x, 0, 0], [0, to.y, 0], [0, 0, 1]], times(m, [[1 / from.x, 0, 0], [0, 1 / from.y, 0], [0, 0, 1]])); }
/** What the middle and the scale of one pane are on the other picture; null where that cannot be said. */
export function carried(m, here, scale) {
  const there = mapped(m, here), right = mapped(m, { x: here.x + 1, y: here.y }), down = mapped(m, { x: here.x, y: here.y + 1 });
  if (!there || !right || !down) return null;
  const grown = Math.sqrt(Math.abs((right.x - there.x) * (down.y - there.y) - (right.y - there.y) * (down.x - there.x)));
  return grown > 1e-6 ? { centre: there, scale: scale / grown } : null;
}
/** By how many right angles, in degrees, the first picture is turned against the second. */
export function turned(m, size) {
  const middle = { x: size.x / 2, y: size.y / 2 }, a = mapped(m, middle), b = mapped(m, { x: middle.x + 10, y: middle.y });
  return a && b ? (Math.round(Math.atan2(b.y - a.y, b.x - a.x) / (Math.PI / 2)) * 90 + 360) % 360 : 0;
}
export const matrix3d = (m) => `matrix3d(${[m[0][0], m[1][0], 0, m[2][0], m[0][1], m[1][1], 0, m[2][1], 0, 0, 1, 0, m[0][2], m[1][2], 0, m[2][2]].join(",")})`;

/** One picture in its pane: the zoomable image, and over it the outlines in the pixels recognition used. */
export function picture(OSD, root, name) {
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
