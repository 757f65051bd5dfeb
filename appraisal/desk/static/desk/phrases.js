/** Canned sentences: a click puts one at the end of the field that the row names. A chosen file shows its name. */
for (const row of document.querySelectorAll("[data-phrases]")) row.hidden = false;
document.addEventListener("live:swapped", (event) => { for (const row of event.target.querySelectorAll("[data-phrases]")) row.hidden = false; });
document.addEventListener("htmx:afterSwap", () => { for (const row of document.querySelectorAll("[data-phrases]")) row.hidden = false; });
document.addEventListener("click", (event) => {
  const row = event.target.closest?.("[data-phrases]");
  if (!row || event.target.localName !== "button") return;
  const field = document.getElementById(row.dataset.phrases);
  field.value = [field.value.trimEnd(), event.target.textContent.trim()].filter(Boolean).join("\n");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
});
document.addEventListener("change", (event) => {
  const name = event.target.closest?.(".pick")?.querySelector("[data-picked]");
  if (name && event.target.files?.length) name.textContent = event.target.files[0].name;
});
