// One key for the next step: a form with `data-key` is sent by that letter, unless somebody is typing.
const TYPING = "input, textarea, select, [contenteditable]";

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.target.closest?.(TYPING)) return;
  const form = document.querySelector(`form[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!form) return;
  event.preventDefault();
  form.requestSubmit();
});
