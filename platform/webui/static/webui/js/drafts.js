/**
 * Drafts on the phone: begun here without a signal, or remembered from a page of the server so that 完成 and 发送 work when the
 * signal goes. Each travels as a job of the queue: before its photos to be opened, after them to be sent.
 */
import { bound, draft, drafts, fact, putDraft, setFact } from "./outbox.js";
import { csrf } from "./http.js";
import { enqueue } from "./upload.js";

export { draft, drafts };
const ADDRESS = "/phone/drafts/", TICKETS = "/phone/tickets/", HELD = 6, TICKET_MS = 6 * 86_400_000;

/** A time-ordered id (UUID version 7). */
export function uuid7(now = Date.now()) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let at = 5, left = now; at >= 0; at--, left = Math.floor(left / 256)) bytes[at] = left % 256;
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  return [...bytes].map((byte, at) => (at === 4 || at === 6 || at === 8 || at === 10 ? "-" : "") + byte.toString(16).padStart(2, "0")).join("");
}

/** Hold a few ids with upload tickets ahead: photos of a draft begun without a signal then arrive even if the account ends meanwhile. */
export async function holdTickets() {
  const name = await bound("tickets"), held = ((await fact(name)) ?? []).filter((one) => Date.now() - one.at < TICKET_MS / 2);
  if (held.length >= HELD || navigator.onLine === false) return;
  const ids = Array.from({ length: HELD - held.length }, () => uuid7());
  const response = await fetch(TICKETS, { method: "POST", credentials: "same-origin", body: JSON.stringify({ ids }), headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf() } }).catch(() => null);
  if (!response?.ok) return;
  const { tickets } = await response.json();
  await setFact(name, [...held, ...ids.map((id, at) => ({ id, ticket: tickets[at], at: Date.now() }))]);
}
async function takeId() {
  const name = await bound("tickets"), [first, ...rest] = ((await fact(name)) ?? []).filter((one) => Date.now() - one.at < TICKET_MS);
  if (first) await setFact(name, rest);
  return first ?? { id: uuid7(), ticket: "" };
}

/** What the server is told of a draft. */
const body = (one, send) => ({
  site: { id: one.site_id, ...one.place }, question: one.question ?? "", urgent: Boolean(one.urgent), send, began_at: new Date(one.created).toISOString(),
  item: { id: one.id, product_id: one.product_id, product_name: one.product_name, brand_name: one.brand_name, gtin: one.gtin ?? "", shot_list_version: one.version, shots: one.shots.map(({ code, name, hint, required, in_quick_set, overlay_url, sample_url }) => ({ code, name, hint, required, in_quick_set, overlay_url, sample_url })), details: one.details ?? {} },
});

/**
 * Begin one here.
 * @param {{product: object, gtin?: string, place: object, site_id?: string}} said
 */
export async function begin({ product, gtin = "", place, site_id }) {
  const { id, ticket } = await takeId();
  const one = {
    id, ticket, site_id: site_id || uuid7(), created: Date.now(), place, gtin, product_id: product.id ?? "", product_name: product.name, brand_name: product.brand,
    organisation: product.organisation ?? "", version: product.version ?? 0, shots: product.shots, details: {}, state: "open", local: true,
  };
  await putDraft(one);
  await enqueue({ kind: "draft", target: ADDRESS, body: body(one, false), group: id, label: one.product_name, meta: {}, sha256: "" });
  return one;
}
export async function change(id, facts) {
  const one = { ...await draft(id), ...facts };
  await putDraft(one);
  return one;
}
/** 发送: goes out after the photos that are waiting. */
export async function send(id, facts) {
  const one = await change(id, { ...facts, state: "queued" });
  await enqueue({ kind: "draft", target: ADDRESS, body: body(one, true), group: id, label: one.product_name, meta: { send: "1" }, sha256: "" });
  return one;
}

/** Keep in mind what a page of the server shows, with the thumbnails of the photos taken on it. */
export async function remember(root, shots) {
  const told = document.getElementById(root.dataset.draft ?? "");
  if (!told) return;
  const said = JSON.parse(told.textContent), before = await draft(said.id);
  await putDraft({ details: {}, created: Date.now(), state: "open", ...before, ...said, ticket: root.dataset.ticket ?? "", shots: shots.map((shot) => ({ ...shot, key: undefined, thumb_url: shot.thumb_url?.startsWith("blob:") ? "" : shot.thumb_url })) });
}
