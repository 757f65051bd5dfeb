/** Many photos chosen at once: shown small before they are sent, and counted. */
import { gettext as _ } from "../webui/js/i18n.js";

const MOST = 60;
const input = document.querySelector('[data-many], input[type="file"][multiple]');
const list = document.querySelector("[data-many-shown]"), says = document.querySelector("[data-many-says]");

input?.addEventListener("change", () => {
  const files = [...input.files];
  for (const image of list.querySelectorAll("img")) URL.revokeObjectURL(image.src);
  list.replaceChildren(...files.slice(0, MOST).map((file) => {
    const item = document.createElement("li"), pic = Object.assign(document.createElement("span"), { className: "tile" });
    const frame = Object.assign(document.createElement("span"), { className: "pic" });
    frame.append(Object.assign(document.createElement("img"), { src: URL.createObjectURL(file), alt: file.name }));
    pic.append(frame);
    item.append(pic);
    return item;
  }));
  list.hidden = !files.length;
  says.textContent = files.length > MOST ? _("一次最多 {most} 张，请分几次提交。", { most: MOST }) : files.length ? _("已选 {n} 张", { n: files.length }) : "";
  input.setCustomValidity(files.length > MOST ? says.textContent : "");
});
