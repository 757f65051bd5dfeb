/**
 * Keyboard for the desk. `<button data-key="c" data-key-label="认领">` is pressed by its key; `?` lists all keys;
 * inside `[data-key-list]`, j and k move over `[data-key-row]` and Enter opens the row's first link.
 * Never while typing, never with Ctrl, Alt or Meta.
 */
import { gettext as _ } from "./i18n.js";

/** @type {Map<string, {label: string, run: (event: KeyboardEvent) => void}>} */
const extra = new Map();

/** Add a key of the page's own. @param {string} key as in KeyboardEvent.key @param {string} label @param {(event: KeyboardEvent) => void} run */
export function bind(key, label, run) { extra.set(key, { label, run }); }

const typing = (el) => el instanceof HTMLElement && (el.isContentEditable || el.matches('textarea, select, input:not([type="checkbox"], [type="radio"], [type="button"], [type="range"])'));
const shown = (el) => el.getClientRects().length > 0;
const holders = () => [...document.querySelectorAll("[data-key]")].filter((el) => shown(el) && !el.disabled);
const rows = () => [...document.querySelectorAll("[data-key-list] [data-key-row]")].filter(shown);

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.contains(document.activeElement) || row.hasAttribute("aria-current"));
  const next = all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + step))];
  for (const row of all) row.toggleAttribute("aria-current", false);
  next.setAttribute("aria-current", "true");
  (next.querySelector("a[href]") ?? next).focus();
  next.scrollIntoView({ block: "nearest" });
}

function help() {
  const dialog = document.createElement("dialog");
  dialog.className = "stack";
  const title = Object.assign(document.createElement("h2"), { textContent: _("快捷键"), id: "keys-title" });
  dialog.setAttribute("aria-labelledby", "keys-title");
  const list = Object.assign(document.createElement("dl"), { className: "keys" });
  const entries = holders().map((el) => [el.dataset.key, el.dataset.keyLabel || el.getAttribute("aria-label") || el.textContent.trim()]);
  if (rows().length) entries.unshift(["j / k", _("下一条 / 上一条")], ["Enter", _("打开")]);
  for (const [key, { label }] of extra) entries.push([key, label]);
  entries.push(["?", _("显示本表")], ["Esc", _("关闭")]);
  for (const [key, label] of entries) {
    const dt = document.createElement("dt");
    dt.append(Object.assign(document.createElement("kbd"), { textContent: key }));
    list.append(dt, Object.assign(document.createElement("dd"), { textContent: label }));
  }
  const close = Object.assign(document.createElement("button"), { className: "button", textContent: _("关闭") });
  close.addEventListener("click", () => dialog.close());
  dialog.append(title, list, close);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const { key } = event;
  const own = extra.get(key);
  const holder = holders().find((el) => el.dataset.key === key);
  if (own) own.run(event);
  else if (holder) { if (typing(holder)) holder.focus(); else holder.click(); }
  else if (key === "?") help();
  else if (key === "j" || key === "k") move(key === "j" ? 1 : -1);
  else return;
  event.preventDefault();
});
for (const button of document.querySelectorAll("[data-keys-help]")) button.addEventListener("click", help);
