/**
 * The county out of what was typed: `<button data-where="/api/…/resolve" hidden>` inside a fieldset with an input `place`, a
 * list `county_code` and a line `[data-place-says]`. What was typed stays as it is; the reason is said and the list can be changed.
 */
function wire(button) {
  const root = button.closest("fieldset, form"), says = root.querySelector("[data-place-says]");
  const typed = root.querySelector('[name="place"]'), list = root.querySelector('[name="county_code"]');
  const offers = (code) => [...list.options].some((option) => option.value && option.value === code);

  async function find() {
    if (!typed.value.trim()) { typed.focus(); return; }
    button.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(`${button.dataset.where}?${new URLSearchParams({ text: typed.value })}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.statusText);
      const found = await answer.json();
      if (found.final && offers(found.code)) list.value = found.code;
      says.textContent = found.sentence;
    } catch { says.textContent = button.dataset.whereFailed; } finally { button.removeAttribute("aria-busy"); }
  }
  button.hidden = false;
  button.addEventListener("click", find);
}

for (const button of document.querySelectorAll("[data-where]")) wire(button);
