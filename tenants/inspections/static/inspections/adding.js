/** A new lot in two taps: by barcode, by a few letters, from what this inspection has already, or not known yet. */
import { gettext as _ } from "../webui/js/i18n.js";
import { announce } from "../webui/js/http.js";
import { find, load, refresh } from "../webui/js/catalogue.js";
import { wireScan } from "../webui/js/scan.js";

const WAIT_MS = 120;
const part = (role) => document.querySelector(`[data-role="${role}"]`);

/** @param {{about: object, begin: (fields: object) => Promise<string>}} given */
export function wireAdding({ about, begin }) {
  const dialog = part("add-dialog"), input = document.getElementById("add-q"), hits = part("hits");
  const where = document.getElementById("add-where"), unit = document.getElementById("add-unit");
  let kept = null, timer = 0, recent = [];
  load().then((found) => { kept = found; });
  refresh(about.catalogue_url).then((found) => { kept = found ?? kept; });

  const common = () => Object.fromEntries([["stood_where", where.value.trim()], ["unit", unit.value]].filter(([, value]) => value));
  async function take(fields) {
    dialog.close();
    input.value = "";
    await begin({ ...fields, ...common() });
    if (fields.product_id) recent = [fields, ...recent.filter((one) => one.product_id !== fields.product_id)].slice(0, 4);
  }
  const fieldsOf = (product) => ({ product_id: product.id, product_name: product.name, claimed_brand: product.brand });
  function line(words, detail, fields) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "line" });
    const inside = document.createElement("span");
    inside.append(Object.assign(document.createElement("strong"), { textContent: words }), Object.assign(document.createElement("small"), { textContent: detail }));
    button.append(inside);
    button.addEventListener("click", () => take(fields));
    const li = document.createElement("li");
    li.append(button);
    return li;
  }
  function look() {
    const asked = input.value.trim(), found = asked ? find(kept, asked, 8) : [];
    const rows = found.map((product) => line(product.name, product.organisation || _("未入驻"), fieldsOf(product)));
    if (asked && !found.length) rows.push(line(_("登记为“{name}”", { name: asked }), _("目录里没有，照样清点"), { product_name: asked.slice(0, 120) }));
    if (!asked) rows.push(...recent.map((fields) => line(fields.product_name, _("刚登记过"), fields)));
    hits.replaceChildren(...rows);
    if (asked) announce(found.length ? _("找到 {n} 项", { n: found.length }) : _("没有找到，换几个字试试"));
  }
  input.addEventListener("input", (event) => { if (!event.isComposing) { clearTimeout(timer); timer = setTimeout(look, WAIT_MS); } });
  input.addEventListener("compositionend", look);
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); look(); hits.querySelector("button")?.click(); } });
  part("unknown").addEventListener("click", () => take({}));
  part("add").addEventListener("click", () => { look(); dialog.showModal(); input.focus(); });
  wireScan(part("scan"), ({ text, gtin }) => {
    const found = gtin ? find(kept, gtin) : [];
    if (found.length === 1) return take(fieldsOf(found[0]));
    input.value = gtin || text;
    look();
  });
  return { common, useUnit(value) { if ([...unit.options].some((one) => one.value === value)) unit.value = value; } };
}
