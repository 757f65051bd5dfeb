/** 已收到 and 已到位 with one tap: kept on the phone with the time of the tap and sent when there is a signal. */
import { gettext as _ } from "../webui/js/i18n.js";
import { announce, newId } from "../webui/js/http.js";
import { enqueue, queue } from "../webui/js/upload.js";

document.addEventListener("submit", async (event) => {
  const form = event.target.closest?.("form[data-mark]");
  if (!form) return;
  event.preventDefault();
  const box = form.closest("[data-marks]"), button = form.querySelector("button");
  button.disabled = true;
  const body = { id: newId(), mark: form.dataset.mark, hour: Number(box.dataset.hourNo), at: new Date().toISOString(), note: "" };
  const label = form.dataset.mark === "received" ? _("确认收到") : _("我已到位");
  try {
    await enqueue({ kind: "inspect", target: box.dataset.url, body, group: body.id, label, meta: {}, sha256: "" });
    button.textContent = navigator.onLine ? _("正在发送…") : _("已记下，有信号时自动发送");
    announce(button.textContent);
  } catch {
    form.submit(); // no storage in this browser: the form goes as it is
  }
});

queue.addEventListener("sent", ({ detail }) => {
  const box = document.querySelector("[data-marks]");
  if (box && detail.job?.target === box.dataset.url) location.reload();
});
