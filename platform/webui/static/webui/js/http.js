/** Requests to our own server: CSRF token, JSON, problem details (RFC 9457), announcements. */
import { gettext as _ } from "./i18n.js";

/** @returns {string} the CSRF token of this page */
export const csrf = () => globalThis.document?.querySelector('meta[name="csrf-token"]')?.content ?? "";

/** A fresh id. Browsers give `randomUUID` only to pages they hold to be safe, and a bureau's own network may be plain HTTP. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return [...bytes].map((byte, at) => (at === 4 || at === 6 || at === 8 || at === 10 ? "-" : "") + byte.toString(16).padStart(2, "0")).join("");
}

/** An answer that was refused: `status`, `code`, and a sentence for the person. */
export class Refused extends Error {
  /** @param {number} status @param {{code?: string, title?: string, detail?: string}} problem */
  constructor(status, problem) {
    super(problem.detail || problem.title || sentenceFor(status));
    this.status = status;
    this.code = problem.code ?? "";
  }
}

/** @param {number} status @returns {string} what to do about it */
export function sentenceFor(status) {
  if (status === 0) return _("网络不通，请检查信号后再试。");
  if (status === 401 || status === 403) return _("登录已结束或没有这项权限，请重新登录；写好的内容会保留。");
  if (status === 413) return _("文件太大，请换一张小一些的照片。");
  if (status >= 500) return _("系统暂时不能处理，请稍后再试。");
  return _("没有办成，请核对后再试。");
}

/**
 * POST and read JSON.
 * @param {string} url
 * @param {object} [body]
 * @returns {Promise<any>}
 * @throws {Refused} on any answer outside 2xx
 */
export async function postJSON(url, body = {}) {
  const response = await fetch(url, {
    method: "POST", credentials: "same-origin", body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf() },
  });
  const data = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, data);
  return data;
}

/** Read `text` aloud politely. @param {string} text */
export function announce(text) {
  const place = document.getElementById("announce");
  if (place) { place.textContent = ""; requestAnimationFrame(() => { place.textContent = text; }); }
}

/** Show `text` at the head of the page and read it aloud. @param {string} text @param {"wait"|"good"|"accent"} tone */
export function say(text, tone = "accent") {
  const place = document.getElementById("messages");
  if (!place) return announce(text);
  const note = Object.assign(document.createElement("div"), { className: `note tone-${tone}`, textContent: text });
  note.setAttribute("role", tone === "wait" ? "alert" : "status");
  place.replaceChildren(note);
}
