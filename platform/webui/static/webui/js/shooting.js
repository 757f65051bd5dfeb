/** The camera: one shot of the list at a time. The bytes are hashed at the shutter and sent while the officer goes on. */
import { gettext as _ } from "./i18n.js";
import { frame, openCamera } from "./camera.js";
import { asking, examine, reasonOf } from "./examine.js";
import { announce } from "./http.js";
import { stateWords, tile } from "./shots.js";
import { discard, enqueue, pending, queue, resume } from "./upload.js";
import { bytesOf } from "./outbox.js";

const open = (shot) => !shot.done && !shot.absent;

/**
 * @param {HTMLElement} root `[data-capture]`
 * @param {{shots: import("./shots.js").Shot[], uploadUrl: string, absentUrl?: string, group: string, ticket?: string, tus?: string,
 *   since?: number, withPlace?: boolean, onKept?: (shots: object[]) => void}} config since: ms, by this phone's clock
 */
export async function wireCapture(root, { shots, uploadUrl, absentUrl = "", group, ticket = "", tus = "", since = 0, withPlace = false, onKept }) {
  const part = (role) => root.querySelector(`[data-role="${role}"]`);
  const video = part("video"), outline = part("outline"), frozen = part("frozen"), shutter = part("shutter");
  const ask = asking(part);
  let at = 0, stream = null, placeAt = () => ({}), held = null, waiting = [];

  if (withPlace) import("./place.js").then(({ follow }) => { placeAt = follow(part("place")); });

  function show() {
    const shot = shots[at];
    part("count").textContent = `${at + 1}/${shots.length}`;
    part("name").textContent = shot.name;
    part("hint").textContent = shot.refused || shot.hint || "";
    outline.hidden = !shot.overlay_url;
    if (shot.overlay_url) outline.src = shot.overlay_url;
    part("sample").hidden = !shot.sample_url;
    if (shot.sample_url) part("sample-image").src = shot.sample_url;
    const focused = document.activeElement?.closest?.(".thumb") ? at : -1;
    part("thumbs").replaceChildren(...shots.map((one, i) => tile(one, i === at, () => go(i))));
    const current = part("thumbs").children[at];
    current?.scrollIntoView({ block: "nearest", inline: "center" });
    if (focused >= 0) current?.focus();
    part("absent").hidden = !absentUrl || !open(shot);
    const missing = shots.filter((one) => one.required && open(one)).length;
    part("done").classList.toggle("primary", !missing);
    part("missing").textContent = missing ? _("还差 {n} 张必拍", { n: missing }) : _("必拍已齐");
  }
  function go(index) { at = index; show(); announce(`${shots[at].name} ${shots[at].hint ?? ""}`); }
  function next() {
    const later = shots.findIndex((shot, i) => i > at && open(shot));
    go([later, shots.findIndex(open), at].find((i) => i >= 0));
  }
  function freeze(on) {
    frozen.hidden = !on;
    part("controls").hidden = on;
    for (const one of part("thumbs").children) one.disabled = on;
    if (on) frozen.src = held.thumb; else video.play().catch(() => {});
  }
  async function start() {
    try {
      stream = await openCamera(video);
      root.dataset.camera = "on";
      shutter.disabled = false;
    } catch (error) {
      root.dataset.camera = "off";
      part("says").textContent = error?.name === "NotAllowedError" ? _("没有相机权限。请在浏览器设置里允许使用相机，或从相册选取。") : _("打不开相机，请从相册选取或用系统相机拍。");
      part("native").hidden = false;
    }
  }

  /** Seal, look, then keep or ask. @param {Blob} blob @param {"camera"|"album"} source @param {Date} capturedAt */
  async function take(blob, source, capturedAt) {
    const place = placeAt(capturedAt.getTime());
    held = await examine(blob, shots[at], { source, capturedAt, since });
    let reason = "";
    if (held.problem || held.old) {
      freeze(true);
      announce(held.sentence);
      reason = await ask(held);
      freeze(false);
    }
    if (reason === null) shutter.focus(); else await keep(reason && reasonOf(held, reason), place);
    held = null;
  }

  async function keep(reason, place) {
    const { shot, blob, sha256, source, capturedAt, thumb, checks } = held, seen = part("says");
    if (shot.refused) await discard(shot.key);
    Object.assign(shot, { done: true, absent: false, sent: false, refused: "", part: 0, thumb_url: thumb });
    seen.textContent = `${_("已封存")} ${sha256.slice(0, 8)}…`;
    seen.title = `SHA-256 ${sha256}`;
    performance.measure("sealed", "shutter");
    try {
      const meta = { shot_code: shot.code, source, captured_at: capturedAt.toISOString(), kept_reason: reason, ticket, checks: JSON.stringify({ ...checks, kept: Boolean(reason) }), ...place };
      shot.key = (await enqueue({ kind: "photo", target: uploadUrl, base: tus, blob, sha256, group, label: shot.name, meta })).key;
      onKept?.(shots);
    } catch { shot.done = false; seen.textContent = _("手机存不下这张照片，请清出空间后重拍。"); }
    next();
  }

  shutter.addEventListener("click", async () => {
    if (shutter.disabled) return;
    shutter.disabled = true;
    root.classList.add("flash");
    const when = new Date();
    performance.mark("shutter");
    try {
      const blob = await frame(stream, video);
      root.classList.remove("flash");
      await take(blob, "camera", when);
    } finally { shutter.disabled = false; root.classList.remove("flash"); }
    drain();
  });
  /** Take chosen files in turn; a poor one halts the line. */
  async function drain() {
    if (held) return;
    while (waiting.length) {
      const { file, source } = waiting.shift();
      performance.mark("shutter");
      await take(file, source, source === "album" ? new Date(file.lastModified) : new Date());
    }
  }
  for (const role of ["album", "native"]) {
    const input = part(role).querySelector("input");
    const choose = () => {
      waiting.push(...[...input.files].map((file) => ({ file, source: role === "album" ? "album" : "camera" })));
      input.value = "";
      drain();
    };
    input.addEventListener("change", choose);
    choose(); // chosen before the page listened
  }
  part("absent").addEventListener("click", () => part("absent-dialog").showModal());
  part("absent-dialog").addEventListener("close", async (event) => {
    const reason = event.target.returnValue;
    event.target.returnValue = "";
    if (!reason) return;
    const shot = shots[at];
    shot.absent = true;
    await enqueue({ kind: "step", target: absentUrl, sha256: "", group, label: shot.name, meta: { shot_code: shot.code, absent_reason: reason } });
    onKept?.(shots);
    next();
  });
  part("sample").addEventListener("click", () => part("sample-dialog").showModal());

  const find = (detail) => shots.find((shot) => shot.key && shot.key === detail.job.key);
  queue.addEventListener("progress", ({ detail }) => { const shot = find(detail); if (shot) { shot.part = detail.part; part("thumbs").children[shots.indexOf(shot)]?.querySelector("small")?.replaceChildren(stateWords(shot)); } });
  queue.addEventListener("sent", ({ detail }) => { const shot = find(detail); if (shot) { shot.sent = true; onKept?.(shots); if (!held) show(); if (detail.answer?.detail) part("says").textContent = detail.answer.detail; } });
  queue.addEventListener("refused", ({ detail }) => { const shot = find(detail); if (shot) { Object.assign(shot, { done: false, refused: detail.sentence }); if (!held) show(); announce(detail.sentence); } });
  // The camera's light stays on for nothing while the page is hidden.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { stream?.getTracks().forEach((track) => track.stop()); stream = null; } else if (!stream) start();
  });

  for (const job of await pending().catch(() => [])) {
    const shot = job.group === group && shots.find((one) => one.code === job.meta?.shot_code);
    if (!shot) continue;
    const photo = job.kind === "photo";
    const thumb_url = photo ? URL.createObjectURL(await bytesOf(job)) : "";
    Object.assign(shot, { key: job.key, done: photo && !job.refused, sent: false, absent: !photo, refused: job.refused ?? "", thumb_url });
  }
  at = Math.max(0, shots.findIndex(open));
  root.hidden = false;
  show();
  resume();
  start();
}
