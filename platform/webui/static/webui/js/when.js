/** Keeps "3 分钟前" and the clock chips true while the page stands open. */
import { gettext as _ } from "./i18n.js";

const MINUTE = 60, HOUR = 3600, DAY = 86400;

/** A length of time in at most two units, as `webui.times.duration_words`. @param {number} seconds */
export function durationWords(seconds) {
  const s = Math.floor(Math.abs(seconds));
  if (s < MINUTE) return _("{n} 秒", { n: s });
  if (s < HOUR) return _("{n} 分钟", { n: Math.floor(s / MINUTE) });
  if (s < DAY) {
    const h = Math.floor(s / HOUR), m = Math.floor(s % HOUR / MINUTE);
    return m ? _("{h} 小时 {m} 分", { h, m }) : _("{n} 小时", { n: h });
  }
  return _("{n} 天", { n: Math.floor(s / DAY) });
}

/** Bring every time on the page up to date. @param {number} now milliseconds */
export function refresh(now = Date.now()) {
  for (const el of document.querySelectorAll("time[data-ago]")) {
    const seconds = (now - Date.parse(el.dateTime)) / 1000;
    if (Math.abs(seconds) >= 7 * DAY) continue;
    const text = Math.abs(seconds) < MINUTE ? (seconds >= 0 ? _("刚刚") : _("马上"))
      : seconds > 0 ? _("{span}前", { span: durationWords(seconds) }) : _("{span}后", { span: durationWords(seconds) });
    if (el.textContent !== text) el.textContent = text;
  }
  for (const chip of document.querySelectorAll(".chip[data-due], .chip[data-since]")) {
    const word = chip.querySelector("span");
    const due = chip.dataset.due ? (Date.parse(chip.dataset.due) - now) / 1000 : null;
    if (due === null) word.textContent = _("已等 {span}", { span: durationWords((now - Date.parse(chip.dataset.since)) / 1000) });
    else if (due > 0) word.textContent = _("剩余 {span}", { span: durationWords(due) });
    else {
      word.textContent = _("已超时 {span}", { span: durationWords(due) });
      if (!chip.classList.contains("tone-seal")) {
        chip.className = "chip tone-seal";
        const use = chip.querySelector("use");
        use?.setAttribute("href", use.getAttribute("href").replace(/#.*/, "#warning"));
      }
    }
  }
}

setInterval(refresh, 15_000);
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
