/**
 * The ledger: which rows are ticked, its keys, how many stand behind each view, the order of columns.
 * `x` ticks the row that is chosen, `a` all of the page, `y` dispatches what is ticked (or the chosen row) as proposed.
 * j, k, Enter, / and ? come from keys.js; `u` presses the button that undoes.
 */
import { bind } from "../webui/js/keys.js";
import { announce } from "../webui/js/http.js";
import { gettext as _ } from "../webui/js/i18n.js";

const bar = document.getElementById("batch");
const picks = () => [...document.querySelectorAll("[data-pick]")];
const all = document.querySelector("[data-all]");

function current() {
  return document.activeElement?.closest("[data-key-row]") ?? document.querySelector("[data-key-row][aria-current]");
}

function count() {
  if (!bar) return;
  const boxes = picks(), ticked = boxes.filter((box) => box.checked).length;
  bar.querySelector("[data-picked]").textContent = String(ticked);
  bar.toggleAttribute("data-none", !ticked && !bar.querySelector("[data-everything]")?.checked);
  if (all) {
    all.checked = ticked > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  }
}

/** Tick or untick the chosen row; the first one if none is chosen. */
function tick() {
  const row = current() ?? document.querySelector("[data-key-row]");
  const box = row?.querySelector("[data-pick]");
  if (!box) return;
  box.checked = !box.checked;
  count();
  announce(box.checked ? _("已勾选") : _("已取消勾选"));
}

function propose() {
  if (!picks().some((box) => box.checked) && !bar.querySelector("[data-everything]")?.checked) {
    const box = current()?.querySelector("[data-pick]");
    if (!box) return announce(_("请先用 j、k 选一条，或用 x 勾选。"));
    box.checked = true;
    count();
  }
  bar.querySelector("[data-propose]").click();
}

if (bar) {
  document.addEventListener("change", (event) => {
    if (event.target === all) for (const box of picks()) box.checked = all.checked;
    if (event.target.matches?.("[data-pick], [data-all], [data-everything]")) count();
  });
  bind("x", _("勾选这一条"), tick);
  bind("a", _("勾选本页全部"), () => { if (all) { all.click(); } });
  bind("y", _("按建议分派"), propose);
  addEventListener("pageshow", count);
  count();
}

/** Chips are counted after the page stands: they must not hold it up. */
const chips = document.querySelector("[data-counts]");
if (chips) {
  fetch(chips.dataset.counts, { headers: { Accept: "application/json" } })
    .then((answer) => (answer.ok ? answer.json() : {}))
    .then((counts) => {
      for (const place of chips.querySelectorAll("[data-count]")) {
        const number = counts[place.dataset.count];
        if (number === undefined) continue;
        place.textContent = number;
        if (place.dataset.count === "overdue" && number !== "0") place.closest("a").classList.add("late");
      }
    })
    .catch(() => { /* the views work without their numbers */ });
}

/** One box open at a time; Escape closes it. */
for (const tool of document.querySelectorAll("details.tool")) {
  tool.addEventListener("toggle", () => {
    if (tool.open) for (const other of document.querySelectorAll("details.tool[open]")) if (other !== tool) other.open = false;
  });
}
document.addEventListener("keydown", (event) => {
  const open = document.querySelector("details.tool[open]");
  if (event.key !== "Escape" || !open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

document.querySelector("[data-columns]")?.addEventListener("click", (event) => {
  const button = event.target.closest("[data-up], [data-down]");
  if (!button) return;
  const item = button.closest("li");
  if (button.dataset.up !== undefined) item.previousElementSibling?.before(item);
  else item.nextElementSibling?.after(item);
  button.focus();
});
