/**
 * The camera page: one shot of the product's list at a time. The bytes are hashed at the shutter and sent
 * while the officer goes on. Markup and contract: `webui/_capture.html`.
 */
import { gettext as _ } from "./i18n.js";
import { frame, openCamera, thumbnail } from "./camera.js";
import { announce } from "./http.js";
import { inspect } from "./quality.js";
import { stateWords, tile } from "./shots.js";
import { discard, enqueue, pending, queue, resume, seal } from "./upload.js";

const root = document.querySelector("[data-capture]");
const part = (role) => root.querySelector(`[data-role="${role}"]`);
// Each as `Shot` of shots.js.
const shots = JSON.parse(document.getElementById(root.dataset.shots).textContent);
const { uploadUrl, absentUrl, group, ticket } = root.dataset;
const video = part("video"), outline = part("outline"), frozen = part("frozen"), review = part("review"), shutter = part("shutter");
let at = Math.max(0, shots.findIndex((shot) => !shot.done && !shot.absent));
let stream = null, place = {}, held = null, waiting = [];

const open = (shot) => !shot.done && !shot.absent;

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
  const done = part("done");
  done.classList.toggle("primary", !missing);
  part("missing").textContent = missing ? _("还差 {n} 张必拍", { n: missing }) : _("必拍已齐");
}

function go(index) { at = index; unfreeze(); show(); announce(`${shots[at].name} ${shots[at].hint ?? ""}`); }
function next() {
  const later = shots.findIndex((shot, i) => i > at && open(shot));
  const any = later >= 0 ? later : shots.findIndex(open);
  go(any >= 0 ? any : at);
}
function unfreeze() { held = null; review.hidden = true; frozen.hidden = true; part("controls").hidden = false; video.play().catch(() => {}); }

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

/** Hash, look, then keep or ask. @param {Blob} blob @param {"camera"|"album"} source @param {string} capturedAt ISO */
async function take(blob, source, capturedAt) {
  const shot = shots[at];
  const sha256 = await seal(blob);
  const picture = await createImageBitmap(blob).catch(() => null);
  const verdict = picture ? inspect(picture, shot) : { problem: "", sentence: "" };
  held = { shot, blob, sha256, source, capturedAt, thumb: picture ? thumbnail(picture) : "" };
  picture?.close();
  if (!verdict.problem) return keep("");
  frozen.src = held.thumb;
  frozen.hidden = review.hidden = false;
  part("controls").hidden = true;
  part("problem").textContent = verdict.sentence;
  part("retake").focus();
  announce(verdict.sentence);
}

async function keep(reason) {
  const { shot, blob, sha256, source, capturedAt, thumb } = held;
  if (shot.refused) await discard(shot.key);
  Object.assign(shot, { done: true, absent: false, sent: false, refused: "", part: 0, thumb_url: thumb });
  const seen = part("says");
  seen.textContent = `${_("已封存")} ${sha256.slice(0, 8)}…`;
  seen.title = `SHA-256 ${sha256}`;
  try {
    const job = await enqueue({ url: uploadUrl, blob, sha256, group, label: shot.name, meta: { shot_code: shot.code, source, captured_at: capturedAt, kept_reason: reason, ticket, ...place } });
    shot.key = job.key;
  } catch { shot.done = false; seen.textContent = _("手机存不下这张照片，请清出空间后重拍。"); }
  next();
}

shutter.addEventListener("click", async () => {
  if (shutter.disabled) return;
  shutter.disabled = true;
  root.classList.add("flash");
  const when = new Date().toISOString();
  try { await take(await frame(stream, video), "camera", when); } finally { shutter.disabled = false; root.classList.remove("flash"); }
});
/** Take chosen files in turn; a poor one halts the line until it is judged. */
async function drain() {
  while (waiting.length && !held) {
    const { file, source } = waiting.shift();
    await take(file, source, new Date(file.lastModified).toISOString());
  }
}
for (const role of ["album", "native"]) part(role).querySelector("input").addEventListener("change", (event) => {
  waiting.push(...[...event.target.files].map((file) => ({ file, source: role === "album" ? "album" : "camera" })));
  event.target.value = "";
  drain();
});
part("retake").addEventListener("click", () => { unfreeze(); shutter.focus(); drain(); });
part("keep").addEventListener("submit", (event) => { event.preventDefault(); keep(new FormData(event.target).get("reason")).then(drain); });
part("absent").addEventListener("click", () => part("absent-dialog").showModal());
part("absent-dialog").addEventListener("close", async (event) => {
  const reason = event.target.returnValue;
  event.target.returnValue = "";
  if (!reason) return;
  const shot = shots[at];
  shot.absent = true;
  await enqueue({ url: absentUrl, blob: null, sha256: "", group, label: shot.name, meta: { shot_code: shot.code, absent_reason: reason } });
  next();
});
part("sample").addEventListener("click", () => part("sample-dialog").showModal());

const find = (detail) => shots.find((shot) => shot.key === detail.job.key);
queue.addEventListener("progress", ({ detail }) => { const shot = find(detail); if (shot) { shot.part = detail.part; part("thumbs").children[shots.indexOf(shot)]?.querySelector("small")?.replaceChildren(stateWords(shot)); } });
queue.addEventListener("sent", ({ detail }) => { const shot = find(detail); if (shot) { shot.sent = true; show(); if (detail.answer?.detail) part("says").textContent = detail.answer.detail; } });
queue.addEventListener("refused", ({ detail }) => { const shot = find(detail); if (shot) { Object.assign(shot, { done: false, refused: detail.sentence }); show(); announce(detail.sentence); } });
// The camera's light stays on for nothing while the page is hidden.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) { stream?.getTracks().forEach((track) => track.stop()); stream = null; } else if (!stream) start();
});

for (const job of await pending().catch(() => [])) {
  const shot = job.group === group && shots.find((one) => one.code === job.meta.shot_code);
  if (shot) Object.assign(shot, { key: job.key, done: Boolean(job.blob) && !job.refused, absent: !job.blob, refused: job.refused ?? "", thumb_url: job.blob ? URL.createObjectURL(job.blob) : "" });
}
if (root.hasAttribute("data-with-place")) import("./place.js").then(({ locate }) => locate()).then((found) => { place = Object.fromEntries(Object.entries(found).map(([k, v]) => [k, String(v)])); }).catch(() => {});
at = Math.max(0, shots.findIndex(open));
root.hidden = false;
show();
resume();
start();
