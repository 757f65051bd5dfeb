/**
 * Where is it, while it is typed: `<div data-resolve="/api/…">` around a `[data-address]` field, an input `chosen_division`, a line
 * `[data-resolve-says]` and a list `[data-resolve-list]`. What was typed stays; where it leaves several open, a person chooses.
 */
const WAIT_MS = 500;

function wire(root) {
  const typed = root.querySelector("[data-address]"), chosen = root.querySelector('[name="chosen_division"]');
  const says = root.querySelector("[data-resolve-says]"), list = root.querySelector("[data-resolve-list]");
  if (!typed) return;
  let timer = 0, running = null;

  function offer(found) {
    const several = found.level === "ambiguous" ? found.candidates : [];
    list.replaceChildren(...several.map(({ code, path }) => {
      const item = document.createElement("li");
      const button = Object.assign(document.createElement("button"), { type: "button", className: "line", textContent: path });
      button.setAttribute("aria-pressed", String(chosen.value === code));
      button.addEventListener("click", () => {
        chosen.value = chosen.value === code ? "" : code;
        for (const each of list.querySelectorAll("button")) each.setAttribute("aria-pressed", String(each === button && chosen.value !== ""));
        says.textContent = chosen.value ? `${root.dataset.wordsChosen} ${path}` : found.sentence;
      });
      item.append(button);
      return item;
    }));
    list.hidden = !several.length;
  }
  async function look() {
    running?.abort();
    chosen.value = "";
    if (!typed.value.trim()) { says.textContent = ""; list.hidden = true; return; }
    running = new AbortController();
    try {
      const answer = await fetch(`${root.dataset.resolve}?${new URLSearchParams({ text: typed.value.slice(0, 500) })}`, { headers: { Accept: "application/json" }, signal: running.signal, credentials: "same-origin" });
      if (!answer.ok) throw new Error(answer.statusText);
      const found = await answer.json();
      says.textContent = found.level === "ambiguous" ? `${root.dataset.wordsChoose}${found.sentence}` : found.sentence;
      offer(found);
    } catch (error) {
      // No signal: the address is read when the clue arrives.
      if (error.name !== "AbortError") { says.textContent = ""; list.hidden = true; }
    }
  }
  typed.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, WAIT_MS); });
  if (typed.value.trim()) look();
}

for (const root of document.querySelectorAll("[data-resolve]")) wire(root);
