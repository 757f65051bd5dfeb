/** The print button; without scripts the browser's own menu prints. */
const button = document.querySelector("[data-print]");
if (button) { button.hidden = false; button.addEventListener("click", () => print()); }
