/**
 * From the product to 发送 without a server. The catalogue, the draft and its photos are on the phone; what is decided here
 * waits in the queue. The address says where: `?at=` the page this one stands in for, or `?item=` a draft.
 */
import { gettext as _ } from "../webui/js/i18n.js";
import { announce } from "../webui/js/http.js";
import { find, load, refresh } from "../webui/js/catalogue.js";
import { begin, change, draft, drafts, send } from "../webui/js/drafts.js";
import { gtinIn } from "../webui/js/barcode.js";
import { person } from "../webui/js/outbox.js";
import { wireScan } from "../webui/js/scan.js";
import { wireCapture } from "../webui/js/shooting.js";
import { report, resume } from "../webui/js/upload.js";
import "../webui/js/place.js";

const VISIT_MS = 3 * 3_600_000;
const root = document.querySelector("[data-phone]");
const part = (role) => root.querySelector(`:scope > section:not(.capture) [data-role="${role}"], :scope > [data-role="${role}"]`);
const view = (name) => root.querySelector(`[data-view="${name}"]`);
const asked = new URLSearchParams(location.search), at = asked.get("at") ?? "";
const wanted = asked.get("item") ?? at.match(/^\/items\/([0-9a-f-]{36})\//)?.[1] ?? "";
const ANY_GOODS = () => [
  ["front_label", _("正面标签"), _("整张标签入框，字要看得清"), true], ["back_label", _("背面标签"), _("厂名、厂址、执行标准拍全"), true],
  ["inkjet_code", _("批号或喷码"), _("靠近拍，避开反光"), true], ["outer_box", _("外包装"), _("条码一面朝前"), false],
].map(([code, name, hint, in_quick_set]) => ({ code, name, hint, required: false, in_quick_set, overlay_url: "", sample_url: "" }));

function say(words) {
  const line = part("line");
  line.hidden = !words;
  line.textContent = words;
}
function go(id, more = "") { location.assign(`/phone/?item=${id}${more}`); }

/* A new one ------------------------------------------------------------------------------------------------------- */

async function showNew() {
  const kept = await load(), input = document.getElementById("phone-q"), where = part("where"), hits = part("hits"), none = part("none");
  view("new").hidden = false;
  part("dated").textContent = kept ? _("目录更新于 {when}，共 {n} 种商品", { when: new Date(kept.at).toLocaleString(document.documentElement.lang), n: kept.products.length }) : _("手机里还没有目录。请写下品牌照样取证，有信号后再核对。");
  const county = where.elements.namedItem("county_code");
  county.append(new Option(_("请选择"), ""));
  for (const [city, rows] of kept?.counties ?? []) {
    const group = Object.assign(document.createElement("optgroup"), { label: city });
    group.append(...rows.map(([code, name]) => new Option(name, code)));
    county.append(group);
  }
  if (!kept?.counties?.length) county.required = false;
  // The visit goes on: the same place for a while.
  const visit = (await drafts()).find((one) => one.place && Date.now() - one.created < VISIT_MS);
  county.value = visit?.place.county_code || kept?.home_county || "";
  if (visit) where.elements.namedItem("place").value = visit.place.place ?? "";
  navigator.permissions?.query({ name: "geolocation" }).then((state) => { if (state.state === "granted") where.querySelector("[data-place-find]").click(); }).catch(() => { /* the button is there */ });

  const place = () => Object.fromEntries([...new FormData(where)].filter(([name, value]) => value !== "" && ["county_code", "place", "lat", "lon", "accuracy_m"].includes(name)).map(([name, value]) => [name, ["lat", "lon", "accuracy_m"].includes(name) ? Number(value) : value]));
  async function choose(product, gtin) {
    if (!where.reportValidity()) return;
    const said = place(), same = visit && visit.place.county_code === said.county_code && (visit.place.place ?? "") === (said.place ?? "");
    const one = await begin({ product, gtin, place: said, site_id: same ? visit.site_id : "" });
    go(one.id, "&capture=1");
  }
  function look(text) {
    const found = find(kept, text), code = text.trim();
    none.hidden = found.length > 0 || code.length < 2;
    none.textContent = gtinIn(code) ? _("没有这个条码：{code}。可以按品名再搜，或在下面写下品牌照样取证，条码会一起记下。", { code }) : _("没有找到“{text}”。换几个字试试，或在下面写下品牌，照样可以取证留存。", { text: code });
    part("unlisted").open = !none.hidden;
    hits.replaceChildren(...found.map((product) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "line-button" });
      button.append(Object.assign(document.createElement("strong"), { textContent: product.name }), Object.assign(document.createElement("small"), { textContent: product.organisation || _("品牌未入驻") }));
      button.addEventListener("click", () => choose(product, gtinIn(code)));
      const line = document.createElement("li");
      line.append(button);
      return line;
    }));
    return found;
  }
  input.addEventListener("input", () => look(input.value));
  where.addEventListener("submit", (event) => {
    event.preventDefault();
    const brand = where.elements.namedItem("brand"), name = where.elements.namedItem("name").value.trim();
    if (!brand.value.trim()) { brand.focus(); announce(_("请写下包装上标的品牌，例如“清溪”。")); return; }
    choose({ id: "", name: name || brand.value.trim(), brand: brand.value.trim(), version: 0, shots: ANY_GOODS() }, gtinIn(input.value));
  });
  wireScan(document.querySelector("[data-scan-open]"), ({ text, gtin }) => {
    input.value = gtin.replace(/^0+(?=\d{12,13}$)/, "") || text;
    const found = look(input.value);
    announce(found.length ? found.map((one) => one.name).join("，") : none.textContent);
    if (found.length === 1) choose(found[0], gtin);
  });
}

/* The camera ------------------------------------------------------------------------------------------------------ */

function showCamera(one) {
  const camera = root.querySelector("[data-capture]"), done = camera.querySelector('[data-role="done"]');
  done.href = `/phone/?item=${one.id}`;
  camera.querySelector(".head a").href = done.href;
  const quick = one.shots.filter((shot) => shot.in_quick_set && !shot.done && !shot.absent);
  const all = [...one.shots].sort((a, b) => Number(Boolean(b.in_quick_set)) - Number(Boolean(a.in_quick_set)));
  const shots = quick.length && asked.get("set") !== "full" ? all.filter((shot) => shot.in_quick_set) : all;
  wireCapture(camera, {
    shots, group: one.id, ticket: one.ticket ?? "", since: one.local ? one.created : 0, withPlace: true,
    uploadUrl: `/items/${one.id}/photos/`, absentUrl: `/items/${one.id}/absent/`,
    onKept: () => change(one.id, { shots: one.shots.map((shot) => ({ ...shot, key: undefined, thumb_url: shot.thumb_url?.startsWith("blob:") ? "" : shot.thumb_url })) }),
  });
}

/* Photos and facts ------------------------------------------------------------------------------------------------- */

function showItem(one) {
  const form = part("details"), state = part("state"), taken = one.shots.filter((shot) => shot.done);
  view("item").hidden = false;
  part("title").textContent = one.product_name;
  part("count").textContent = _("照片 {n} 张", { n: taken.length });
  part("send-words").textContent = one.organisation ? _("发给{name}", { name: one.organisation }) : _("留存申请");
  part("strip").replaceChildren(...taken.map((shot) => {
    const figure = Object.assign(document.createElement("figure"), { className: "small" });
    if (shot.thumb_url) figure.append(Object.assign(document.createElement("img"), { src: shot.thumb_url, alt: "", height: 96 }));
    figure.append(Object.assign(document.createElement("figcaption"), { textContent: shot.name }));
    return figure;
  }));
  for (const [name, value] of Object.entries({ ...one.details, question: one.question ?? "" })) { const field = form.elements.namedItem(name); if (field) field.value = value; }
  form.elements.namedItem("urgent").checked = Boolean(one.urgent);
  const told = { queued: _("已排队。有信号时先送照片，再发出申请，不用守着。"), sent: _("申请已发出。") }[one.state] ?? "";
  state.hidden = !told;
  state.textContent = told;
  form.querySelector("button").hidden = one.state !== "open";
  part("more").addEventListener("click", () => go(one.id, "&capture=1&set=full"));
  const facts = () => {
    const { question, urgent, ...details } = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
    return { details, question: question ?? "", urgent: Boolean(urgent) };
  };
  form.addEventListener("change", () => change(one.id, facts()));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!one.shots.some((shot) => shot.done || shot.absent)) { say(_("至少拍 1 张照片，或说明为什么拍不了，才能发送。")); return; }
    form.querySelector("button").hidden = true;
    await send(one.id, facts());
    location.assign("/queue/");
  });
}

if (!(await person())) location.replace(navigator.onLine ? "/" : "/queue/");
await report();
resume();
say(navigator.onLine === false ? _("现在没有信号：照常拍，拍完点发送，有信号时自动发出。") : "");
const one = wanted ? await draft(wanted) : null;
if (wanted && !one) say(_("这份草稿不在这台手机里。有信号时再打开，或新建一份。"));
// Back online the server's own page knows more.
if (one?.known && navigator.onLine && one.state === "sent" && one.url) location.replace(one.url);
else if (one && (asked.get("capture") || /\/capture\/$/.test(at.split("?")[0]))) showCamera(one);
else if (one) showItem(one);
else await showNew();
refresh(root.dataset.catalogue);
