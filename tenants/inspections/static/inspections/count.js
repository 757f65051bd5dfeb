/** The counting page: rows of lots from the log on this phone, what the others count merged in live, and the value bar. */
import { gettext as _ } from "../webui/js/i18n.js";
import { announce, say } from "../webui/js/http.js";
import { queue, resume } from "../webui/js/upload.js";
import { askLater, isAsking } from "./later.js";
import { decimal, thousandths } from "./merge.js";
import { Log } from "./oplog.js";
import { shown, valuation } from "./value.js";

const EVERY_MS = 15_000;
const root = document.querySelector("[data-count]");
const about = JSON.parse(document.getElementById("count-about").textContent);
const part = (role) => root.querySelector(`[data-role="${role}"]`);
const make = (tag, facts = {}, ...inside) => { const el = Object.assign(document.createElement(tag), facts); el.append(...inside.filter((one) => one !== null && one !== "")); return el; };

const log = await new Log({ inspection: about.inspection, url: about.url, name: about.name }).open();
const rows = new Map();
/** Pictures just taken here, by lot. */
const pictures = new Map();
let chosen = "", dock = null;

const nameOf = (lot) => lot.fields.product_name || lot.fields.claimed_brand || _("未定商品");

function chip(words, tone, shape) {
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg"), use = document.createElementNS(icon.namespaceURI, "use");
  icon.setAttribute("class", "i");
  icon.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${about.icons}#${shape}`);
  icon.append(use);
  return make("span", { className: `chip tone-${tone}` }, icon, make("span", { textContent: words }));
}

/** What stands on a row below the name. */
function facts(lot) {
  const { claimed_brand: brand, product_name: name, batch_no: batch, stood_where: where, package_state: state } = lot.fields;
  return [name && brand && !name.includes(brand) ? brand : "", batch, where, about.package_states[state] ?? "", lot.split_from ? _("拆出") : ""].filter(Boolean).join(" · ");
}

function row(lot) {
  const known = log.extra[lot.id] ?? {}, button = make("button", { type: "button", className: "lot" });
  button.dataset.lot = lot.id;
  button.setAttribute("aria-pressed", String(lot.id === chosen));
  const marks = make("span", { className: "marks" });
  if (lot.candidates.length) marks.append(chip(_("两人数的不一致"), "seal", "warning"));
  if (known.verdict) marks.append(chip(known.verdict_label, about.verdict_tones[known.verdict] ?? "neutral", about.verdict_shapes[known.verdict] ?? "ring"));
  else if (known.asked) marks.append(chip(known.asked, "accent", "send"));
  if (log.isUnsent(lot.id)) marks.append(chip(_("待发送"), "neutral", "clock"));
  const who = [lot.counted_by.join("、"), known.photos ? _("照片 {n} 张", { n: known.photos }) : ""].filter(Boolean).join(" · ");
  const number = lot.candidates.length ? lot.candidates.map((one) => one.quantity).join(" / ") : lot.quantity ?? "—";
  button.append(
    known.thumb_url || pictures.get(lot.id) ? make("img", { src: known.thumb_url || pictures.get(lot.id), alt: "", width: 44, height: 44 }) : "",
    make("span", { className: "grow" }, make("strong", { textContent: nameOf(lot) }), make("small", { textContent: facts(lot) }), make("small", { className: "who", textContent: who }), marks),
    make("span", { className: "lot-number" }, make("strong", { textContent: number }), make("small", { textContent: lot.fields.unit || _("未写单位") })),
  );
  button.addEventListener("click", () => choose(lot.id));
  const li = make("li", { className: lot.fields.void_reason ? "void" : "" }, about.may_write ? button : make("a", { href: about.lot_url.replace(about.blank, lot.id), className: "lot" }, ...button.childNodes));
  return li;
}

function choose(id) {
  const before = chosen;
  chosen = id;
  draw([before, id]);
  dock?.show(log.lot(id), log);
}

/** Draw these lots anew, and what is summed over all of them. @param {Iterable<string>} ids */
function draw(ids) {
  const focused = document.activeElement?.dataset?.lot;
  for (const id of new Set(ids)) {
    if (!id || !log.byLot.has(id)) { rows.get(id)?.remove(); rows.delete(id); continue; }
    const lot = log.lot(id), fresh = row(lot), old = rows.get(id);
    if (old) old.replaceWith(fresh);
    else {
      // Lots stand in the order they were written down, whichever arrives first.
      const next = [...rows.keys()].filter((key) => key > id).sort()[0];
      part("lots").insertBefore(fresh, next ? rows.get(next) : null);
    }
    rows.set(id, fresh);
  }
  if (focused && document.activeElement === document.body) root.querySelector(`[data-lot="${focused}"]`)?.focus();
  sums();
}

function sums() {
  const lots = log.lots().filter((lot) => !lot.fields.void_reason), units = new Map();
  for (const lot of lots) if (lot.quantity !== null) units.set(lot.fields.unit || _("未写单位"), (units.get(lot.fields.unit || _("未写单位")) ?? 0n) + thousandths(lot.quantity));
  part("totals").replaceChildren(...[...units].map(([unit, sum]) => make("span", {}, make("strong", { textContent: decimal(sum) }), ` ${unit}`)));
  part("none").hidden = lots.length > 0;
  const value = valuation(lots, (id) => log.extra[id]?.verdict, about.rules);
  part("value-total").textContent = value.low === value.high ? shown(value.low) : `${shown(value.low)}–${shown(value.high)}`;
  for (const name of ["sure", "maybe"]) part(`value-${name}`).setAttribute("width", String(Math.min(100, value[name] * 80)));
  part("value-chip").replaceChildren(...(value.duty ? [chip(_("已达移送线"), "seal", "warning")] : value.possible ? [chip(_("未答的算上已达移送线"), "wait", "warning")] : []));
  const line = value.nearest && { measure: value.nearest.words, line: shown(value.nearest.line), missing: shown(value.missing), source: value.nearest.source };
  const words = !line ? _("选了计价依据并清点后，这里显示离移送线还有多远。") : value.duty ? _("{measure}已达 {line} 元，必须移送公安机关。{source}", line) : _("移送线：{measure} {line} 元，已判假冒的还差 {missing} 元。{source}", line);
  part("value-words").textContent = value.unknown ? `${words} ${_("{n} 批价值未知，不算 0。", { n: value.unknown })}` : words;
  if (value.duty && root.dataset.duty !== "yes") { root.dataset.duty = "yes"; announce(words); }
  if (!value.duty) delete root.dataset.duty;
}

log.addEventListener("change", ({ detail }) => {
  draw(detail.lots);
  if (chosen && detail.lots.includes(chosen)) dock?.show(log.lot(chosen), log);
});
let state = { pending: log.unsent.size, waiting: "", refused: "" };
function tell() {
  part("sending").textContent = state.refused ? _("有清点没有被接受：{why}", { why: state.refused })
    : navigator.onLine === false ? _("没有信号，照常清点；有信号自动发送。") : state.pending ? _("{n} 笔待发送", { n: state.pending }) : _("全部已送达");
  root.dataset.unsent = String(state.pending);
}
log.addEventListener("state", ({ detail }) => { state = detail; tell(); });
for (const type of ["online", "offline"]) addEventListener(type, tell);

const pull = () => log.pull().then(tell, (error) => { if (error.status === 401) say(error.message, "wait"); });
document.addEventListener("live:event", ({ detail }) => { if (detail.topics.includes(about.topic)) pull(); });
addEventListener("online", pull);
document.addEventListener("visibilitychange", () => { if (!document.hidden) pull(); });
// Where the stream is held up by a proxy the others' work still comes.
setInterval(() => { if (!document.hidden && navigator.onLine !== false) pull(); }, EVERY_MS);

root.hidden = false;
draw(log.byLot.keys());
tell();
const asking = async () => { const note = part("asking"); if (note) note.hidden = !(await isAsking(about.inspection)); };
part("ask")?.addEventListener("click", async (event) => {
  if (navigator.onLine !== false) return;
  event.preventDefault();
  if (!(await isAsking(about.inspection))) await askLater(about.inspection);
  await asking();
  announce(part("asking").textContent);
});
for (const type of ["sent", "refused"]) queue.addEventListener(type, ({ detail }) => { if (detail.job.kind === "inspect") asking(); });
asking();
if (about.may_write) {
  const { wireDock } = await import("./dock.js");
  dock = wireDock({ about, log, choose, pictures, nameOf, redraw: (id) => draw([id]) });
}
resume();
await pull();
root.dataset.ready = "yes";
