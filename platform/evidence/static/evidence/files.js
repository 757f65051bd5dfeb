/**
 * Sends the files of a waybill, a video, a record or a document by tus: each is sealed on the device first, goes on at the
 * byte where it broke, and when the same file is chosen again. Markup: `form[data-file-upload]` with data-tus (where
 * uploads begin), data-target (the page that takes them), data-limit (bytes), data-tus-script.
 */
import { gettext as _ } from "../webui/js/i18n.js";
import { sha256 } from "./sha256.js";

const form = document.querySelector("form[data-file-upload]");
const input = form?.querySelector("input[type=file]"), says = form?.querySelector("[data-says]");
const CHUNK = 8 << 20;

const client = () => new Promise((resolve, reject) => {
  if (globalThis.tus) { resolve(globalThis.tus); return; }
  const script = Object.assign(document.createElement("script"), { src: form.dataset.tusScript, onload: () => resolve(globalThis.tus), onerror: reject });
  document.head.append(script);
});
const percent = (part) => Math.floor(part * 100);

/** @param {any} tus @param {File} file @returns {Promise<void>} */
async function send(tus, file) {
  if (file.size > Number(form.dataset.limit)) throw new Error(_("“{name}”太大，请分段后再传。", { name: file.name }));
  const digest = await sha256(file, (part) => { says.textContent = _("正在封存 {name}：{n}%", { name: file.name, n: percent(part) }); });
  const metadata = {
    filename: file.name, sha256: digest, source: input.hasAttribute("capture") ? "camera" : "album", target: form.dataset.target,
    captured_at: new Date(file.lastModified || Date.now()).toISOString(), device_now: new Date().toISOString(),
  };
  await new Promise((resolve, reject) => {
    const upload = new tus.Upload(file, {
      endpoint: form.dataset.tus, chunkSize: CHUNK, metadata, retryDelays: [0, 1000, 3000, 10_000, 30_000],
      fingerprint: async () => `exhibit-${form.dataset.target}-${digest}`, removeFingerprintOnSuccess: true,
      onProgress: (sent, all) => { says.textContent = _("正在上传 {name}：{n}%", { name: file.name, n: percent(all ? sent / all : 0) }); },
      onSuccess: () => resolve(undefined),
      onError: (error) => {
        let detail = "";
        try { detail = JSON.parse(error.originalResponse?.getBody() || "{}").detail ?? ""; } catch { /* not JSON: no sentence from the server */ }
        reject(new Error(detail || _("没有传完，网络好些时再选同一个文件，会接着传。")));
      },
    });
    upload.findPreviousUploads().then((before) => {
      if (before.length) upload.resumeFromPreviousUpload(before[0]);
      upload.start();
    });
  });
}

async function sendAll(files) {
  input.disabled = true;
  let done = 0;
  try {
    const tus = await client();
    for (const file of files) { await send(tus, file); done += 1; }
    // What was typed beside it is kept before the page renews itself.
    const fields = document.querySelector("form[data-draft=sheet]");
    if (fields) {
      const body = new FormData(fields);
      body.set("then", "save");
      await fetch(fields.action || location.href, { method: "POST", body, redirect: "manual" });
    }
    location.reload();
  } catch (error) {
    says.textContent = error.message;
    says.setAttribute("role", "alert");
    input.disabled = false;
    input.value = "";
    if (done) says.textContent += _("（已传好 {n} 个）", { n: done });
  }
}

if (form && input) {
  form.querySelector("[data-plain]").hidden = true;
  const choose = () => { if (input.files.length) sendAll([...input.files]); };
  input.addEventListener("change", choose);
  choose(); // what was chosen before the page listened
}
