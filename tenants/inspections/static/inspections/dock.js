/** What one does to the chosen lot: large keys at the thumb, the number pad, photos, splitting, facts; and new lots. */
import { gettext as _ } from "../webui/js/i18n.js";
import { announce, say } from "../webui/js/http.js";
import { uuid7 } from "../webui/js/drafts.js";
import { fact, setFact } from "../webui/js/outbox.js";
import { follow } from "../webui/js/place.js";
import { enqueue, seal } from "../webui/js/upload.js";
import { wireAdding } from "./adding.js";
import { decimal, isQuantity, thousandths } from "./merge.js";

const PRICE_OF = { labelled: "price_labelled_yuan", sold: "price_sold_yuan", genuine: "price_genuine_yuan" };
const part = (role) => document.querySelector(`[data-role="${role}"]`);

export function wireDock({ about, log, choose, pictures, nameOf, redraw }) {
  const dock = part("dock"), pad = part("pad-dialog"), number = document.getElementById("pad-number"), unit = document.getElementById("pad-unit");
  const placeAt = follow();
  let lot = null, deciding = false;

  function show(next) {
    lot = next;
    dock.hidden = false;
    document.body.classList.add("docked");
    part("dock-name").textContent = nameOf(lot);
    part("dock-sub").textContent = [lot.fields.batch_no, lot.fields.stood_where].filter(Boolean).join(" · ");
    part("dock-number").textContent = lot.candidates.length ? "?" : `${lot.quantity ?? "—"} ${lot.fields.unit ?? ""}`;
    part("more").href = about.lot_url.replace(about.blank, lot.id);
    part("split").disabled = lot.quantity === null || thousandths(lot.quantity) <= 0n;
    const differs = part("differs");
    differs.hidden = !lot.candidates.length;
    differs.replaceChildren(...(lot.candidates.length ? [
      Object.assign(document.createElement("p"), { textContent: _("两人数的不一致，两个数都会留下。以哪个为准？") }),
      ...lot.candidates.map((one) => button(_("{who} 数的 {n}", { who: one.by_name, n: one.quantity }), () => decide(one.quantity, _("采用{who}的清点", { who: one.by_name })))),
      button(_("重新数过"), () => ask(true)),
    ] : []));
  }
  const button = (words, act) => { const el = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: words }); el.addEventListener("click", act); return el; };
  const decide = (quantity, why) => log.say("resolve", lot.id, { quantity, covers: log.shown(lot.id), why });

  for (const key of dock.querySelectorAll("[data-add]")) key.addEventListener("click", () => {
    const delta = key.dataset.add, now = lot.quantity ?? lot.candidates.map((one) => one.quantity).sort((a, b) => Number(a) - Number(b))[0] ?? "0";
    if (thousandths(now) + thousandths(delta) < 0n) return announce(_("已经是 0 了"));
    navigator.vibrate?.(10);
    log.say("add", lot.id, { delta });
  });

  // The number pad ---------------------------------------------------------------------------------------------------
  function ask(decision = false) {
    deciding = decision;
    document.getElementById("pad-title").textContent = decision ? _("重新数过的数：{name}", { name: nameOf(lot) }) : nameOf(lot);
    part("pad-add").hidden = decision;
    part("pad-hint").textContent = lot.quantity === null ? "" : _("现在记着 {n}。“一共这么多”是您对整批的清点，会和同事的对照。", { n: lot.quantity });
    number.value = "";
    const now = lot.fields.unit || unit.options[0].value;
    if (![...unit.options].some((one) => one.value === now)) unit.add(new Option(now, now));
    unit.value = now;
    pad.showModal();
    number.focus();
  }
  part("pad").addEventListener("click", () => ask());
  for (const key of pad.querySelectorAll("[data-digit]")) key.addEventListener("click", () => {
    number.value = key.dataset.digit ? number.value + key.dataset.digit : number.value.slice(0, -1);
  });
  pad.addEventListener("close", () => {
    const said = number.value.trim(), act = pad.returnValue;
    pad.returnValue = "";
    if (!act || !isQuantity(said)) return;
    const quantity = decimal(thousandths(said));
    // All in one go: a moment later another lot may be chosen.
    if (unit.value !== lot.fields.unit) log.say("detail", lot.id, { fields: { unit: unit.value } });
    if (deciding) decide(quantity, _("重新数过"));
    else if (act === "add") { if (quantity !== "0") log.say("add", lot.id, { delta: quantity }); } else log.say("set", lot.id, { quantity, covers: log.shown(lot.id) });
  });

  // Photos -----------------------------------------------------------------------------------------------------------
  /** Sealed at once and sent when there is a signal; no photo waits for a page. @param {File} file @param {string} id @param {"lot"|"shelf"} shows */
  async function photograph(file, id, shows) {
    const sha256 = await seal(file);
    pictures.set(id, URL.createObjectURL(file));
    redraw(id);
    const meta = { shot_code: shows, source: "camera", captured_at: new Date(file.lastModified).toISOString(), ...placeAt(file.lastModified) };
    await enqueue({ kind: "photo", target: `${about.photo_url.replace(about.blank, id)}?shows=${shows}`, sha256, meta, group: log.inspection, label: nameOf(log.lot(id)), blob: file });
    announce(_("已封存 {digest}…", { digest: sha256.slice(0, 8) }));
  }
  part("photo").addEventListener("change", async ({ target }) => {
    const files = [...target.files], { id } = lot;
    target.value = "";
    for (const file of files) await photograph(file, id, "lot").catch(() => say(_("手机存不下这张照片，请清出空间后重拍。"), "wait"));
  });

  // Splitting and facts ----------------------------------------------------------------------------------------------
  const field = (id) => document.getElementById(id), split = part("split-dialog"), facts = part("facts-dialog");
  part("split").addEventListener("click", () => {
    part("split-words").textContent = _("{name} 现有 {n} {unit}。拆出的成为新的一批，原来的照片和记录都在。", { name: nameOf(lot), n: lot.quantity, unit: lot.fields.unit ?? "" });
    for (const id of ["split-number", "split-batch", "split-why"]) field(id).value = "";
    field("split-state").value = lot.fields.package_state ?? "";
    split.showModal();
  });
  split.addEventListener("close", async () => {
    const said = field("split-number").value.trim();
    if (split.returnValue !== "split" || !isQuantity(said)) return;
    split.returnValue = "";
    const quantity = decimal(thousandths(said));
    if (thousandths(quantity) <= 0n || thousandths(quantity) >= thousandths(lot.quantity)) return say(_("要拆出的数量应小于这一批的 {n}。", { n: lot.quantity }), "wait");
    const { void_reason: _void, sold_quantity: _sold, sold_amount_yuan: _amount, gains_yuan: _gains, ...kept } = lot.fields;
    const differs = Object.fromEntries([["batch_no", field("split-batch").value.trim()], ["package_state", field("split-state").value]].filter(([, value]) => value));
    const child = uuid7();
    const done = log.say("split", lot.id, { lot: child, quantity, why: field("split-why").value.trim(), fields: { ...kept, ...differs } });
    choose(child);
    await done;
  });
  part("facts").addEventListener("click", () => {
    document.getElementById("facts-title").textContent = nameOf(lot);
    for (const input of facts.querySelectorAll("[name]")) {
      const value = input.name === "price" ? lot.fields[PRICE_OF[lot.fields.price_basis]] ?? "" : lot.fields[input.name] ?? "";
      if (input.localName === "select" && value && ![...input.options].some((one) => one.value === value)) input.add(new Option(value, value));
      input.value = value;
    }
    facts.showModal();
  });
  facts.addEventListener("close", async () => {
    if (facts.returnValue !== "save") return;
    facts.returnValue = "";
    const said = Object.fromEntries([...facts.querySelectorAll("[name]")].map((input) => [input.name, input.value.trim()]));
    const price = PRICE_OF[said.price_basis];
    if (price && said.price) said[price] = said.price;
    delete said.price;
    const changed = Object.fromEntries(Object.entries(said).filter(([name, value]) => value !== (lot.fields[name] ?? "")));
    if (Object.keys(changed).length) await log.say("detail", lot.id, { fields: changed });
  });

  // New lots ---------------------------------------------------------------------------------------------------------
  async function begin(fields) {
    const id = uuid7(), said = log.say("lot", id, { fields });
    choose(id); // before it is kept: the next tap is meant for this lot
    document.querySelector(`[data-lot="${id}"]`)?.scrollIntoView({ block: "center" });
    await said;
    return id;
  }
  const adding = wireAdding({ about, begin });
  part("shelf").addEventListener("change", async ({ target }) => {
    const [file] = target.files;
    target.value = "";
    if (!file) return;
    const id = await begin(adding.common());
    await photograph(file, id, "shelf").catch(() => say(_("手机存不下这张照片，请清出空间后重拍。"), "wait"));
  });
  fact("count:unit").then((kept) => { if (kept) adding.useUnit(kept); });
  document.getElementById("add-unit").addEventListener("change", ({ target }) => setFact("count:unit", target.value));
  return { show };
}
