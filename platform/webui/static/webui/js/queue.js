/** The page of what is unsent: each draft and photo with its state, size and reason; try again, or remove and say why. */
import { gettext as _ } from "./i18n.js";
import { announce } from "./http.js";
import { bytesOf, draft, drafts, person } from "./outbox.js";
import { discard, pending, queue, resume, retry } from "./upload.js";

const root = document.querySelector("[data-queue-page]");
const part = (role) => root.querySelector(`[data-role="${role}"]`);
const make = (tag, facts = {}, ...inside) => { const el = Object.assign(document.createElement(tag), facts); el.append(...inside); return el; };
const sizeOf = (bytes) => (bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.ceil(bytes / 1000)} kB`);
const progress = new Map();
const shown = new Map();

function stateOf(job) {
  if (job.refused) return `! ${_("没有发成")}：${job.refused}`;
  if (job.waits) return job.waits;
  if (progress.has(job.key)) return `${_("正在发送")} ${Math.round(progress.get(job.key) * 100)}%`;
  return navigator.onLine === false ? _("等待信号") : _("等待发送");
}
const nameOf = (job) => (job.kind === "inspect" || job.kind === "clue" ? job.label : job.kind === "count" ? _("清点记录") : job.kind === "draft" ? (job.meta?.send ? _("发送申请") : _("登记草稿")) : job.kind === "step" ? `${job.label} · ${_("没有这个部位")}` : job.label);

async function row(job, alone) {
  if (job.kind === "photo" && !shown.has(job.key)) shown.set(job.key, URL.createObjectURL(await bytesOf(job)));
  const facts = make("small", { className: "muted", textContent: [job.size ? sizeOf(job.size) : "", job.sha256 ? `${job.sha256.slice(0, 8)}…` : ""].filter(Boolean).join(" · "), title: job.sha256 ? `SHA-256 ${job.sha256}` : "" });
  const line = make("li", { className: "row spread" }, make("span", { className: "grow" }, make("strong", { textContent: nameOf(job) }), make("br"), ...(job.size ? [facts, make("br")] : []), make("span", { className: job.refused ? "tone-wait" : "", textContent: stateOf(job) })));
  if (job.kind === "photo") line.prepend(make("img", { src: shown.get(job.key), alt: "", width: 48, height: 48 }));
  line.dataset.state = job.refused ? "refused" : job.waits ? "waits" : "waiting";
  if (job.refused || job.waits) line.append(make("button", { type: "button", className: "button", textContent: _("再试"), onclick: () => retry(job.key) }));
  // Photos need their draft to be there first.
  if (alone || job.kind !== "draft" || job.meta?.send) line.append(make("button", { type: "button", className: "button quiet", textContent: _("移除"), onclick: () => ask(job) }));
  return line;
}

/** What was counted on an inspection goes in one go, so it is one row. */
function counted(jobs) {
  const all = jobs.filter((job) => job.kind === "count" && !job.refused);
  return all.length ? [make("li", { className: "row spread" }, make("span", { className: "grow" }, make("strong", { textContent: _("清点记录 {n} 笔", { n: all.length }) }), make("br"), stateOf(all[0])))] : [];
}

let asked = null;
function ask(job) {
  asked = job;
  part("remove-what").textContent = nameOf(job);
  part("remove").showModal();
}
part("remove").addEventListener("close", async ({ target }) => {
  const reason = target.returnValue === "yes" ? part("reason").value.trim() : "";
  target.returnValue = "";
  if (!reason || !asked) return;
  part("reason").value = "";
  const kept = await draft(asked.group);
  if (kept) await import("./drafts.js").then(({ change }) => change(kept.id, { removed: [...(kept.removed ?? []), { what: nameOf(asked), sha256: asked.sha256, reason, at: new Date().toISOString() }] }));
  await discard(asked.key);
  announce(_("已移除"));
  show();
});

let running = null;
async function show() {
  if (running) { running.again = true; return; }
  running = { again: false };
  const jobs = await pending(), kept = await drafts();
  const groups = [...new Set([...jobs.map((job) => job.group), ...kept.filter((one) => one.local && one.state !== "sent").map((one) => one.id)])];
  const sections = await Promise.all(groups.map(async (group) => {
    const one = kept.find((each) => group.startsWith(each.id)), mine = jobs.filter((job) => job.group === group);
    const title = make("h2", {}, one ? make("a", { href: `/phone/?item=${one.id}`, textContent: one.product_name }) : (mine[0]?.kind === "inspect" ? _("现场检查") : mine[0]?.label) || (mine[0]?.kind === "count" ? _("现场清点") : ""));
    const note = !mine.length ? make("p", { className: "small muted", textContent: one?.state === "open" ? _("还没有点“发送”") : _("照片已送达") }) : "";
    const rows = await Promise.all(mine.filter((job) => job.kind !== "count" || job.refused).map((job) => row(job, mine.length === 1)));
    return make("section", { className: "section stack-s" }, title, note, make("ul", { className: "lines" }, ...counted(mine), ...rows));
  }));
  part("groups").replaceChildren(...sections);
  const who = await person();
  part("who").hidden = Boolean(who);
  part("none").hidden = !who || groups.length > 0;
  part("total").textContent = jobs.length ? _("共 {n} 项，{size}", { n: jobs.length, size: sizeOf(jobs.reduce((sum, job) => sum + job.size, 0)) }) : "";
  const { again } = running;
  running = null;
  if (again) show();
}
queue.addEventListener("progress", ({ detail }) => { progress.set(detail.job.key, detail.part); show(); });
for (const type of ["sent", "refused", "change"]) queue.addEventListener(type, ({ detail }) => { if (detail.answer?.detail) part("says").textContent = detail.answer.detail; show(); });
part("now").addEventListener("click", async () => { for (const job of await pending()) if (job.waits) await retry(job.key); resume(); });
for (const type of ["online", "offline"]) addEventListener(type, show);
await show();
resume();
