/** Photos in the talk: hashed where they are chosen, sent at once, and said with the next line. */
import { gettext as _ } from "../webui/js/i18n.js";
import { announce, newId } from "../webui/js/http.js";

const form = document.querySelector("form[data-chat-photos]");
if (form) {
  const input = form.querySelector("[data-chat-pick] input");
  const shown = form.querySelector("[data-chat-shown]"), says = form.querySelector("[data-chat-says]");
  // The form itself must not carry the file once more.
  input.removeAttribute("name");
  input.multiple = true;

  async function add(file) {
    const { seal, upload } = await import("../webui/js/upload.js");
    const sha256 = await seal(file);
    says.textContent = _("正在发送照片…");
    const answer = await upload({
      url: form.dataset.chatPhotos, blob: file, sha256, key: newId(), group: "chat", label: _("对话照片"),
      meta: { shot_code: "chat", source: "chat", captured_at: new Date(file.lastModified).toISOString() },
      onProgress: (part) => { says.textContent = `${_("正在发送照片…")} ${Math.round(part * 100)}%`; },
    });
    const item = document.createElement("li");
    const remove = Object.assign(document.createElement("button"), { type: "button", className: "icon-button", textContent: "×" });
    remove.setAttribute("aria-label", _("不发这张"));
    remove.addEventListener("click", () => { item.remove(); shown.hidden = !shown.children.length; });
    item.append(
      Object.assign(document.createElement("img"), { src: URL.createObjectURL(file), alt: _("要发的照片") }),
      Object.assign(document.createElement("input"), { type: "hidden", name: "photo", value: answer.token }),
      remove,
    );
    shown.append(item);
    shown.hidden = false;
    says.textContent = `${_("已封存")} ${sha256.slice(0, 8)}…`;
    announce(says.textContent);
  }
  async function choose() {
    const files = [...input.files].slice(0, 6);
    input.value = "";
    for (const file of files) {
      try { await add(file); } catch (error) { says.textContent = error.message; }
    }
  }
  input.addEventListener("change", choose);
  choose(); // chosen before the page listened
}
