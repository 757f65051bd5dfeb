/**
 * A table pasted out of a spreadsheet: its HTML on the clipboard still knows which cells were merged. Each part of a merged cell gets
 * what the whole said, and tabs stand between the cells. Without HTML the text stays as it came.
 */
import { gettext as _ } from "../webui/js/i18n.js";

const MOST_SPAN = 20_000;
const clean = (text) => text.replace(/\u00a0/g, " ").trim();
const quoted = (text) => (/["\t\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function unmerged(table) {
  const rows = [];
  let merged = 0;
  [...table.rows].forEach((row, y) => {
    let x = 0;
    for (const cell of row.cells) {
      while (rows[y]?.[x] !== undefined) x += 1;
      const down = Math.min(cell.rowSpan || 1, MOST_SPAN), across = Math.min(cell.colSpan || 1, 60);
      if (down > 1 || across > 1) merged += 1;
      const words = clean(cell.innerText ?? cell.textContent);
      for (let dy = 0; dy < down && y + dy < table.rows.length; dy += 1) {
        for (let dx = 0; dx < across; dx += 1) (rows[y + dy] ??= [])[x + dx] = words;
      }
      x += across;
    }
  });
  return { rows, merged };
}

for (const field of document.querySelectorAll("textarea[data-paste-table]")) {
  const says = field.form.querySelector("[data-paste-says]");
  field.addEventListener("paste", (event) => {
    const html = event.clipboardData?.getData("text/html") ?? "";
    const table = html.includes("<table") ? new DOMParser().parseFromString(html, "text/html").querySelector("table") : null;
    if (!table || table.rows.length < 2) return;
    event.preventDefault();
    const { rows, merged } = unmerged(table);
    field.setRangeText(rows.map((row) => Array.from(row, (cell) => quoted(cell ?? "")).join("\t")).join("\n"), field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    says.textContent = merged ? _("粘贴了 {n} 行，拆开 {m} 处合并的单元格", { n: rows.length, m: merged }) : _("粘贴了 {n} 行", { n: rows.length });
  });
}
