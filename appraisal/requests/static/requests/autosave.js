/** Keeps a form as it is typed: `<form data-autosave>` is posted with `X-Autosave: 1` a moment after each change. */
import { gettext as _ } from "../webui/js/i18n.js";
import { csrf } from "../webui/js/http.js";

const form = document.querySelector("form[data-autosave]");
const says = form.querySelector("[data-autosave-says]");
let timer = 0, running = null;

async function save() {
  if (form.hasAttribute("data-sending")) return;
  running?.abort();
  running = new AbortController();
  try {
    const response = await fetch(form.action, {
      method: "POST", body: new FormData(form), credentials: "same-origin", signal: running.signal, redirect: "manual",
      headers: { "X-Autosave": "1", "X-CSRFToken": csrf(), Accept: "application/json" },
    });
    says.textContent = response.status === 204 ? _("已存") : _("还没存上，提交时会再试");
  } catch (error) {
    if (error.name !== "AbortError") says.textContent = _("没有信号，内容先留在本机");
  }
}
form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, 800); });
form.addEventListener("change", () => { clearTimeout(timer); timer = setTimeout(save, 100); });
// Written before the page listened.
if ([...form.elements].some((field) => field.localName !== "button" && field.value !== (field.defaultValue ?? field.value))) save();
