/**
 * An inspection begun without a signal: its place and its moment go into the queue, and counting begins at once; what is
 * counted follows in the same queue. The address says which: `?item=` an inspection begun here.
 */
import { gettext as _ } from "../webui/js/i18n.js";
import { load } from "../webui/js/catalogue.js";
import { draft, drafts } from "../webui/js/outbox.js";
import { pending, queue, resume } from "../webui/js/upload.js";
import "../webui/js/place.js";
import { begin, PAGE, placeOf } from "./later.js";

const root = document.querySelector("[data-begin]");
if (root) {
  const view = (name) => root.querySelector(`[data-view="${name}"]`), part = (role) => root.querySelector(`[data-role="${role}"]`);
  const id = new URLSearchParams(location.search).get("item") ?? "", one = id && await draft(`opening:${id}`);
  if (one) await count(one);
  else await ask();

  async function ask() {
    const kept = await load(), form = part("where"), county = form.elements.namedItem("county_code");
    county.append(new Option(_("请选择"), ""));
    for (const [city, rows] of kept?.counties ?? []) {
      const group = Object.assign(document.createElement("optgroup"), { label: city });
      group.append(...rows.map(([code, name]) => new Option(name, code)));
      county.append(group);
    }
    if (!kept?.counties?.length) county.required = false;
    county.value = kept?.home_county ?? "";
    const waiting = new Set((await pending()).filter((job) => job.kind === "inspect").map((job) => job.group));
    const begun = (await drafts()).filter((each) => each.id.startsWith("opening:") && waiting.has(each.id.slice(8)));
    part("begun").replaceChildren(...begun.map((each) => {
      const line = document.createElement("li");
      line.append(Object.assign(document.createElement("a"), { className: "line", href: `${PAGE}?item=${each.id.slice(8)}`, textContent: _("继续清点：{place}", { place: each.place.place || new Date(each.created).toLocaleTimeString(document.documentElement.lang) }) }));
      return line;
    }));
    form.addEventListener("submit", async (event) => { event.preventDefault(); location.assign(await begin(placeOf(form))); });
    view("new").hidden = false;
  }

  async function count({ place, created }) {
    view("count").hidden = false;
    const about = document.getElementById("count-about"), line = part("line");
    about.textContent = about.textContent.replaceAll(JSON.parse(about.textContent).inspection, id);
    part("place").textContent = [place.place, new Date(created).toLocaleString(document.documentElement.lang)].filter(Boolean).join(" · ");
    const ask = part("ask");
    if (ask) ask.href = `/inspections/${id}/ask/`;
    const say = (words, url) => {
      line.replaceChildren(words, ...(url ? [" ", Object.assign(document.createElement("a"), { href: url, textContent: _("打开这次检查") })] : []));
      line.hidden = false;
    };
    const opening = (await pending()).find((job) => job.kind === "inspect" && job.group === id && !job.meta?.ask);
    if (!opening) say(_("检查已经送到。"), `/inspections/${id}/`);
    else say(opening.refused ? _("检查没有开成：{why}", { why: opening.refused }) : _("检查还在手机里，有了信号自动送出。"));
    queue.addEventListener("sent", ({ detail }) => { if (detail.job.kind === "inspect" && detail.job.group === id && !detail.job.meta?.ask) say(_("检查已经送到。"), detail.answer.url); });
    queue.addEventListener("refused", ({ detail }) => { if (detail.job.kind === "inspect" && detail.job.group === id) say(detail.sentence); });
    await import("./count.js");
  }
  resume();
}
