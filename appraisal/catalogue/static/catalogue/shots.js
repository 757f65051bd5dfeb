/**
 * The shot-list editor: order by dragging a row, or by its two buttons and the keyboard. The numbers that are sent are
 * rewritten after every move, so the page works the same without this file.
 */
const list = document.querySelector("[data-shots]");
const rows = () => [...list.querySelectorAll("[data-shot]")];
const number = (row) => row.querySelector('[name$="-ORDER"]');

function renumber() {
  rows().forEach((row, i) => { number(row).value = i + 1; });
}

function shift(row, by) {
  const all = rows();
  const to = all.indexOf(row) + by;
  if (to < 0 || to >= all.length) return;
  if (by < 0) all[to].before(row); else all[to].after(row);
  renumber();
}

let dragged = null;

function wire(row) {
  const grip = row.querySelector(".shot-order");
  for (const button of row.querySelectorAll("[data-move]")) {
    button.hidden = false;
    button.addEventListener("click", () => { shift(row, Number(button.dataset.move)); button.focus(); });
  }
  // Draggable only while the grip is held: elsewhere in the row text must stay selectable.
  grip.addEventListener("pointerdown", (event) => { row.draggable = event.target.closest("button, input") === null; });
  row.addEventListener("dragstart", (event) => {
    dragged = row;
    row.classList.add("dragging");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
  });
  row.addEventListener("dragover", (event) => {
    if (!dragged || dragged === row) return;
    event.preventDefault();
    row.classList.add("over");
  });
  row.addEventListener("dragleave", () => row.classList.remove("over"));
  row.addEventListener("drop", (event) => {
    event.preventDefault();
    row.classList.remove("over");
    if (!dragged || dragged === row) return;
    const below = event.clientY > row.getBoundingClientRect().top + row.offsetHeight / 2;
    if (below) row.after(dragged); else row.before(dragged);
    renumber();
  });
  row.addEventListener("dragend", () => {
    row.draggable = false;
    row.classList.remove("dragging");
    dragged = null;
  });
}

if (list) {
  rows().forEach(wire);
  list.classList.add("ready");
}
