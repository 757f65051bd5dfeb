/**
 * The workbench: items as tabs, digits for verdicts, ticks that write the reasons, boxes on photos, and telling the
 * others that this page is open. Without it the page is one long form that works.
 */
import { csrf } from "../webui/js/http.js";
import { bind } from "../webui/js/keys.js";
import "./phrases.js";
import { marks } from "./marks.js";

const bench = document.querySelector("[data-task]");
const form = document.getElementById("answer-form");
const panels = (name) => [...document.querySelectorAll("[data-item-panel]")].filter((el) => !name || el.dataset.itemPanel === name);
const tabs = [...document.querySelectorAll("[data-item-tab]")];
let current = panels()[0]?.dataset.itemPanel ?? "";

// Items ------------------------------------------------------------------------------------------------------------
function show(name, { open = false } = {}) {
  current = name;
  for (const panel of panels()) panel.hidden = tabs.length > 0 && panel.dataset.itemPanel !== name;
  for (const tab of tabs) tab.toggleAttribute("aria-current", tab.dataset.itemTab === name);
  for (const tab of tabs) if (tab.dataset.itemTab === name) tab.setAttribute("aria-current", "true");
  if (open) document.querySelector(`.film[data-item-panel="${name}"] a[data-open-photo]`)?.click();
}
for (const tab of tabs) tab.addEventListener("click", (event) => { event.preventDefault(); show(tab.dataset.itemTab, { open: true }); });
if (tabs.length) {
  show(form?.querySelector(".item:has([role=alert])")?.dataset.itemPanel ?? current);
  const step = (by) => () => { const names = tabs.map((tab) => tab.dataset.itemTab); show(names[(names.indexOf(current) + by + names.length) % names.length], { open: true }); };
  bind("]", bench.dataset.nextItem, step(1));
  bind("[", bench.dataset.previousItem, step(-1));
}
document.addEventListener("live:swapped", () => show(current));
document.addEventListener("htmx:afterSwap", () => show(current));

// Photos: left and right arrows of the strip ------------------------------------------------------------------------
const photos = () => [...document.querySelectorAll(`.film[data-item-panel="${current}"] a[data-open-photo]`)];
for (const [key, by] of [[",", -1], [".", 1]]) {
  bind(key, by < 0 ? bench.dataset.previousPhoto : bench.dataset.nextPhoto, () => {
    const all = photos(), at = all.findIndex((a) => a.hasAttribute("aria-current"));
    all[Math.max(0, Math.min(all.length - 1, at < 0 ? (by > 0 ? 1 : 0) : at + by))]?.click();
  });
}

if (form) {
  // Verdicts by digit ------------------------------------------------------------------------------------------------
  const item = () => form.querySelector(`.item[data-item-panel="${current}"]`);
  for (const radio of form.querySelector(".verdicts")?.querySelectorAll("[data-digit]") ?? []) {
    bind(radio.dataset.digit, radio.closest("label").querySelector("strong").textContent.trim(), () => {
      const chosen = item()?.querySelector(`[data-digit="${radio.dataset.digit}"]`);
      if (!chosen) return;
      chosen.checked = true;
      chosen.dispatchEvent(new Event("change", { bubbles: true }));
      chosen.scrollIntoView({ block: "nearest" });
    });
  }

  // Ticks write the reasons: each checkpoint owns one line, what else stands there is the person's own -----------------
  const written = new WeakMap();
  const line = (check) => {
    const result = check.querySelector("input[type=radio]:checked")?.value;
    if (!result) return "";
    const note = check.querySelector("input[type=text]").value.trim();
    return form.dataset[result].replace("{name}", check.dataset.check) + (note ? `（${note}）` : "");
  };
  const write = (check) => {
    const field = check.closest(".item").querySelector("[data-reasons]");
    const lines = field.value.split("\n"), now = line(check), at = lines.indexOf(written.get(check) ?? null);
    if (at >= 0) lines.splice(at, 1, ...(now ? [now] : []));
    else if (now && !lines.includes(now)) lines.push(now);
    written.set(check, now);
    field.value = lines.filter((text, i) => text || i).join("\n").replace(/^\n+/, "");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  form.addEventListener("input", (event) => {
    const check = event.target.closest("[data-check]");
    if (check) write(check);
  });

  // What was ticked survives a reload of the page; typed text is kept by forms.js --------------------------------------
  const place = `desk:${form.dataset.keep}`;
  const radios = () => [...form.querySelectorAll("input[type=radio]")];
  const read = () => { try { return JSON.parse(sessionStorage.getItem(place) ?? "{}"); } catch { return {}; } };
  const keep = () => {
    const kept = Object.fromEntries(radios().filter((el) => el.checked).map((el) => [el.name, el.value]));
    for (const field of form.querySelectorAll("[data-marks-field]")) if (field.value) kept[field.name] = field.value;
    try { sessionStorage.setItem(place, JSON.stringify(kept)); } catch { /* storage full: still on the page */ }
  };
  const kept = read();
  for (const el of radios()) if (kept[el.name] === el.value && !form.querySelector(`[name="${el.name}"]:checked`)) el.checked = true;
  for (const field of form.querySelectorAll("[data-marks-field]")) field.value ||= kept[field.name] ?? "";
  for (const check of form.querySelectorAll("[data-check]")) written.set(check, line(check));
  form.addEventListener("change", keep);
  form.addEventListener("submit", () => { try { sessionStorage.removeItem(place); } catch { /* none kept */ } });

  marks(form, { item, changed: keep });
}

// Others hear that this page is open; this page hears when somebody else takes or settles the task --------------------
if (bench) {
  const tell = (url, beacon) => {
    const options = { method: "POST", credentials: "same-origin", keepalive: beacon, headers: { "X-CSRFToken": csrf() } };
    fetch(url, options).catch(() => { /* offline: the others take the page for closed */ });
  };
  const here = () => { if (document.visibilityState === "visible") tell(bench.dataset.here, false); };
  here();
  setInterval(here, 15_000);
  document.addEventListener("visibilitychange", here);
  addEventListener("pagehide", () => tell(bench.dataset.gone, true));

  const stateOf = () => { const head = document.getElementById("task-head"); return `${head?.dataset.state}/${head?.dataset.holder}`; };
  const first = stateOf();
  document.addEventListener("live:event", async (event) => {
    if (!["claimed", "released", "cancelled", "verdict", "withdrawn"].includes(event.detail.kind)) return;
    if (event.detail.data?.id && event.detail.data.id !== bench.dataset.task) return;
    // The form on the page no longer fits the task. With nothing being written, show what there is now.
    const response = await fetch(location.pathname + "part/head/", { credentials: "same-origin" }).catch(() => null);
    if (!response?.ok || response.redirected) return;
    const head = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("task-head");
    if (head && `${head.dataset.state}/${head.dataset.holder}` !== first && !form?.hasAttribute("data-sending")) location.reload();
  });
}
