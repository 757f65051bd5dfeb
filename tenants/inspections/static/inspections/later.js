/** What is decided about an inspection without a signal and waits in the queue: that it began, and that everybody is to be asked. */
import { gettext as _ } from "../webui/js/i18n.js";
import { uuid7 } from "../webui/js/drafts.js";
import { putDraft } from "../webui/js/outbox.js";
import { enqueue, pending } from "../webui/js/upload.js";

export const PAGE = "/inspections/phone/";
const OPEN = "/inspections/phone/open/";
const NUMBERS = new Set(["lat", "lon", "accuracy_m"]);

/** What a form says of the place. @param {HTMLFormElement} form */
export const placeOf = (form) => Object.fromEntries([...new FormData(form)]
  .filter(([name, value]) => value !== "" && (NUMBERS.has(name) || name === "county_code" || name === "place"))
  .map(([name, value]) => [name, NUMBERS.has(name) ? Number(value) : value]));

/** Begin one on this phone, now. @param {object} place @param {string} [id] @returns {Promise<string>} where it is counted */
export async function begin(place, id = uuid7()) {
  const began = new Date().toISOString();
  await putDraft({ id: `opening:${id}`, created: Date.now(), state: "opening", place });
  await enqueue({ kind: "inspect", target: OPEN, body: { id, place, started_at: began }, group: id, label: _("开始检查"), meta: {}, sha256: "" });
  return `${PAGE}?item=${id}`;
}

/** Ask every right holder once what was counted has arrived. @param {string} id */
export const askLater = (id) => enqueue({ kind: "inspect", target: `/inspections/${id}/ask/later/`, body: { question: "" }, group: id, label: _("问全部权利人"), meta: { ask: "1" }, sha256: "" });
/** Whether that waits in the queue. @param {string} id */
export const isAsking = async (id) => (await pending()).some((job) => job.kind === "inspect" && job.group === id && job.meta?.ask && !job.refused);
