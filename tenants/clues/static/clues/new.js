/**
 * 登记线索 by the queue of the phone: the clue first, then its photos, sealed where they were chosen. With a signal it is there in a
 * moment and its page opens; without one it lies on the phone and leaves by itself. Without this module the form is posted as it is.
 */
import { gettext as _ } from "../webui/js/i18n.js";
import { uuid7 } from "../webui/js/drafts.js";
import { postJSON } from "../webui/js/http.js";
import { busy } from "../webui/js/forms.js";
import { enqueue, queue, resume, seal } from "../webui/js/upload.js";
import { photos } from "./pick.js";

const PATIENCE_MS = 8000, LOOK_MS = 2500;
const LEFT_OUT = new Set(["csrfmiddlewaretoken", "clue_id", "photos", "idempotency_key", "anyway"]);
const form = document.querySelector("form[data-clue]");
const says = form.querySelector("[data-clue-says]"), submit = form.querySelector("button.huge");

function say(words, tone = "accent", url = "") {
  const note = Object.assign(document.createElement("p"), { className: `note tone-${tone}`, textContent: words });
  if (url) note.append(" ", Object.assign(document.createElement("a"), { href: url, textContent: _("打开线索") }));
  says.replaceChildren(note);
  says.scrollIntoView({ block: "center" });
}

function fieldsOf() {
  const fields = {};
  for (const [name, value] of new FormData(form)) {
    if (LEFT_OUT.has(name) || typeof value !== "string" || value === "") continue;
    (fields[name] ??= []).push(value);
  }
  return fields;
}

/** What may be the same, shown before anything is saved. Without a signal, or where the answer takes long, nothing waits for it. */
async function alike() {
  if (!form.dataset.likely || form.elements.namedItem("anyway") || navigator.onLine === false) return false;
  const late = new Promise((resolve) => { setTimeout(() => resolve({ likely: [] }), LOOK_MS); });
  const { likely = [] } = await Promise.race([postJSON(form.dataset.likely, { fields: fieldsOf() }), late]).catch(() => ({}));
  if (!likely.length) return false;
  const made = (tag, words, className = "") => Object.assign(document.createElement(tag), { textContent: words, className });
  const note = made("div", "", "note tone-wait stack-s"), list = made("ul", "", "stack-s");
  for (const each of likely) {
    const item = made("li", ""), head = made("p", "");
    head.append(made("strong", each.words), " ", Object.assign(made("a", each.number), { href: each.url, target: "_blank", rel: "noopener" }), ` ${each.state}`);
    item.append(head, made("p", each.title), made("p", each.reasons.join("；"), "small"));
    list.append(item);
  }
  note.append(made("p", _("可能已经有人登记过。请先看一眼：")), list, made("p", _("是同一件的，打开那一条补充；不是的，仍然登记。")));
  says.replaceChildren(note);
  form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "anyway", value: "1" }));
  submit.dataset.words = submit.textContent;
  submit.textContent = _("不是同一件，仍然登记");
  says.scrollIntoView({ block: "center" });
  return true;
}

/** The next clue is looked at again. */
function forget() {
  form.elements.namedItem("anyway")?.remove();
  if (submit.dataset.words) submit.textContent = submit.dataset.words;
}

form.addEventListener("submit", async (event) => {
  // On plain HTTP a browser seals nothing and keeps nothing safe: the form is posted as it is, photos and all.
  if (!globalThis.isSecureContext && form.method === "post") return;
  event.preventDefault();
  if (form.hasAttribute("data-sending")) return;
  busy(form, true);
  if (await alike()) return busy(form, false);
  const id = form.elements.namedItem("clue_id")?.value || uuid7(), fields = fieldsOf(), files = photos.get(form) ?? [];
  const label = _("线索：{words}", { words: (fields.content?.[0] ?? "").slice(0, 20) });
  try {
    const sealed = await Promise.all(files.map(async (blob) => ({ blob, sha256: await seal(blob) })));
    const key = crypto.randomUUID?.() ?? uuid7();
    const told = new Promise((resolve) => {
      queue.addEventListener("sent", ({ detail }) => { if (detail.job.key === key) resolve({ url: detail.answer.url }); });
      queue.addEventListener("refused", ({ detail }) => { if (detail.job.key === key) resolve({ why: detail.sentence }); });
      setTimeout(() => resolve({}), navigator.onLine === false ? 300 : PATIENCE_MS);
    });
    await enqueue({ key, kind: "clue", target: form.dataset.clue, body: { id, fields }, group: `clue:${id}`, label, meta: {}, sha256: "" });
    const { url, why } = await told;
    if (why) {
      // What was refused is mended on the page; nothing of it stays in the queue.
      const { discard } = await import("../webui/js/upload.js");
      await discard(key);
      say(why, "wait");
      return busy(form, false);
    }
    for (const { blob, sha256 } of sealed) {
      await enqueue({ kind: "photo", target: `/clues/${id}/photos/`, sha256, group: `clue:${id}`, label: _("线索照片"), blob, meta: { source: "album", captured_at: new Date(blob.lastModified).toISOString() } });
    }
    form.dispatchEvent(new CustomEvent("clue:kept", { bubbles: true }));
    try { for (const each of Object.keys(sessionStorage)) if (each.startsWith("draft:") && each.endsWith(":clue")) sessionStorage.removeItem(each); } catch { /* no storage */ }
    if (url) return location.assign(url);
    form.reset();
    forget();
    for (const item of form.querySelectorAll("[data-photos-shown] li, #picked li")) item.remove();
    files.length = 0;
    const next = form.elements.namedItem("clue_id");
    if (next) next.value = uuid7();
    say(_("已存在手机里，有了信号自动送出。可以接着登记下一条，或到“待发送”里看。"), "good");
    busy(form, false);
  } catch (error) {
    say(error.message, "wait");
    busy(form, false);
  }
});
resume();
