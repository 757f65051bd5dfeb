/** Reads a code from the running camera or from a photo. Markup: `webui/_scan.html`. */
import { gettext as _ } from "./i18n.js";
import { openCamera } from "./camera.js";
import { announce } from "./http.js";
import { read } from "./barcode.js";

const EVERY_MS = 250;

/**
 * @param {HTMLElement} button opens the scanner @param {(code: {text: string, gtin: string}) => void} onCode called once for each code
 */
export function wireScan(button, onCode) {
  const dialog = document.querySelector("dialog[data-scan-dialog]");
  const part = (role) => dialog.querySelector(`[data-scan="${role}"]`);
  const video = part("video"), says = part("says");
  let stream = null, timer = 0;
  const tell = (words) => { says.textContent = words; announce(words); };
  const stop = () => { clearTimeout(timer); stream?.getTracks().forEach((track) => track.stop()); stream = video.srcObject = null; };
  const found = (codes) => { if (codes.length) { dialog.close(); onCode(codes[0]); } return codes.length; };

  async function look() {
    if (!stream) return;
    try {
      if (video.videoWidth && found(await read(video, { quick: true }))) return;
    } catch { tell(_("读码程序没有载入，请直接输入数字。")); return; }
    timer = setTimeout(look, EVERY_MS);
  }
  button.hidden = false;
  button.addEventListener("click", async () => {
    says.textContent = "";
    dialog.showModal();
    try {
      stream = await openCamera(video);
      video.hidden = false;
      if (dialog.open) look(); else stop();
    } catch { video.hidden = true; tell(_("打不开相机，可以从照片读取，或直接输入数字。")); }
  });
  dialog.addEventListener("close", stop);
  part("file").addEventListener("change", async ({ target }) => {
    const [file] = target.files;
    target.value = "";
    if (!file) return;
    tell(_("正在读取…"));
    try {
      const picture = await createImageBitmap(file);
      const codes = await read(picture);
      picture.close();
      if (!found(codes)) tell(_("没有认出条码，请靠近、摆正再拍，或直接输入数字。"));
    } catch { tell(_("没有认出条码，请靠近、摆正再拍，或直接输入数字。")); }
  });
}
