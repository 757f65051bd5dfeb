/**
 * Type-ahead on `<input data-search="/path">`: GET `?q=` answers `{results: [{id, label, detail, url}]}`.
 * Choosing goes to `url`, or writes `id` into the element named by `data-search-into` and tells it by `change`.
 */
import { gettext as _ } from "./i18n.js";
import { announce } from "./http.js";

/** @param {HTMLInputElement} input */
function wire(input) {
  const box = input.closest(".combo") ?? input.parentElement;
  const list = Object.assign(document.createElement("ul"), { id: `${input.id}-list`, hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.getAttribute("aria-label") || input.labels?.[0]?.textContent || _("可选的结果"));
  box.append(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, autocomplete: "off" })) input.setAttribute(name, value);
  let results = [], active = -1, timer = 0, running = null;

  function show(open) {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) { active = -1; input.removeAttribute("aria-activedescendant"); }
  }
  function mark(index) {
    active = index;
    [...list.children].forEach((el, i) => el.setAttribute("aria-selected", String(i === index)));
    const el = list.children[index];
    if (el) { input.setAttribute("aria-activedescendant", el.id); el.scrollIntoView({ block: "nearest" }); }
  }
  function choose(result) {
    if (!result) return;
    show(false);
    if (result.url) { location.assign(result.url); return; }
    input.value = result.label;
    const target = document.getElementById(input.dataset.searchInto ?? "");
    if (target) { target.value = result.id; target.dispatchEvent(new Event("change", { bubbles: true })); }
    input.dispatchEvent(new CustomEvent("search:chosen", { detail: result, bubbles: true }));
  }
  async function look() {
    const q = input.value.trim();
    running?.abort();
    if (!q) return show(false);
    running = new AbortController();
    try {
      const url = new URL(input.dataset.search, location.href);
      url.searchParams.set("q", q);
      const response = await fetch(url, { signal: running.signal, credentials: "same-origin", headers: { Accept: "application/json" } });
      results = (await response.json()).results ?? [];
    } catch (error) {
      if (error.name === "AbortError") return;
      results = [];
    }
    list.replaceChildren(...results.map((result, i) => {
      const li = Object.assign(document.createElement("li"), { id: `${list.id}-${i}` });
      li.setAttribute("role", "option");
      li.setAttribute("aria-selected", "false");
      li.append(result.label);
      if (result.detail) li.append(Object.assign(document.createElement("small"), { textContent: result.detail }));
      li.addEventListener("mousedown", (event) => { event.preventDefault(); choose(result); });
      return li;
    }));
    show(results.length > 0);
    announce(results.length ? _("找到 {n} 项", { n: results.length }) : _("没有找到，换几个字试试"));
  }
  input.addEventListener("input", (event) => { if (!event.isComposing) { clearTimeout(timer); timer = setTimeout(look, 120); } });
  input.addEventListener("compositionend", look);
  input.addEventListener("blur", () => show(false));
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const open = !list.hidden;
    if (event.key === "ArrowDown" && open) mark((active + 1) % results.length);
    else if (event.key === "ArrowUp" && open) mark((active - 1 + results.length) % results.length);
    else if (event.key === "Enter" && open && active >= 0) choose(results[active]);
    else if (event.key === "Escape" && open) show(false);
    else return;
    event.preventDefault();
  });
  if (document.activeElement === input && input.value !== input.defaultValue) look(); // typed before the page listened
}

for (const input of document.querySelectorAll("input[data-search]")) wire(input);
