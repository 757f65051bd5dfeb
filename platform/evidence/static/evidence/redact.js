/** Boxes over a photo that is to be covered. Each becomes a field `box` of the form: left,top,width,height in 0..1. */
import { gettext as _ } from "../webui/js/i18n.js";
import { announce, say } from "../webui/js/http.js";
import { drawer } from "../webui/js/draw.js";
import { openSeadragon, pane } from "../webui/js/osd.js";

const root = document.querySelector("[data-redact]"), list = document.querySelector("[data-boxes]");
const button = (act) => root.querySelector(`[data-act="${act}"]`);
const boxes = [];

async function main() {
  let OSD;
  try { OSD = await openSeadragon(root.dataset.osd); } catch { say(_("看图工具没有载入，请刷新；也可以直接填位置。"), "wait"); return; }
  const viewer = pane(OSD, root.querySelector("[data-pane]"), root.dataset.image);
  const show = () => {
    viewer.clearOverlays();
    list.replaceChildren();
    const item = viewer.world.getItemAt(0), size = item.getContentSize();
    boxes.forEach((box, at) => {
      const element = Object.assign(document.createElement("div"), { className: "viewer-box" });
      viewer.addOverlay({ element, location: item.imageToViewportRectangle(box.x * size.x, box.y * size.y, box.w * size.x, box.h * size.y) });
      const line = document.createElement("li");
      const field = Object.assign(document.createElement("input"), { type: "hidden", name: "box", value: [box.x, box.y, box.w, box.h].map((n) => n.toFixed(4)).join(",") });
      line.append(_("第 {n} 处", { n: at + 1 }), field);
      list.append(line);
    });
  };
  drawer(OSD, viewer, button("draw"), (box) => { boxes.push(box); show(); announce(_("共 {n} 处要遮盖", { n: boxes.length })); });
  button("undo").addEventListener("click", () => { boxes.pop(); show(); });
  document.querySelector("[data-redact-form]").addEventListener("submit", (event) => {
    const typed = document.getElementById("typed");
    if (typed.value.trim() === "") typed.disabled = boxes.length > 0;
    if (!boxes.length && !typed.value.trim()) { event.preventDefault(); event.stopImmediatePropagation(); say(_("请先在照片上画出要遮盖的地方。"), "wait"); }
  }, { capture: true });
}

main();
