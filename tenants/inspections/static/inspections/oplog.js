/**
 * The counting log of one inspection on this phone: what was said here and what came from the others. What is said here goes
 * into the encrypted queue at once and is sent by itself; what is known is kept, encrypted, for a start without a signal.
 *
 * A `Log` is an EventTarget: `change` when a lot may look otherwise, `state` {pending, waiting} of what is unsent.
 */
import { uuid7 } from "../webui/js/drafts.js";
import { Refused } from "../webui/js/http.js";
import { draft, fact, person, putDraft, setFact } from "../webui/js/outbox.js";
import { enqueue, pending, queue } from "../webui/js/upload.js";
import { coversOf, lotsOf, mergeLot } from "./merge.js";

const SAVE_MS = 400;

/** This phone, as the log names it. */
async function device() {
  const known = await fact("device");
  if (known) return known;
  const made = uuid7();
  await setFact("device", made);
  return made;
}

export class Log extends EventTarget {
  /** @param {{inspection: string, url: string, name: string}} about url: GET `?after=` gives changes, POST takes operations; name: of who counts here */
  constructor({ inspection, url, name }) {
    super();
    Object.assign(this, { inspection, url, name, cursor: 0, turn: 0, operations: new Map(), byLot: new Map(), unsent: new Set(), extra: {}, server: {}, saving: 0, asking: null });
  }

  /** What is kept on this phone: a page opened without a signal begins with it. */
  async open() {
    [this.device, this.by] = [await device(), await person()];
    const kept = await draft(`inspection:${this.inspection}`).catch(() => null);
    if (kept) {
      Object.assign(this, { cursor: kept.cursor, extra: kept.extra ?? {}, server: kept.server ?? {} });
      for (const one of kept.operations) this.#put(one);
    }
    for (const job of await pending()) {
      if (job.kind !== "count" || job.group !== this.inspection) continue;
      this.unsent.add(job.operation.id);
      this.#put({ ...job.operation, by: this.by, by_name: this.name });
      if (job.refused) this.refused = job.refused;
    }
    queue.addEventListener("sent", ({ detail }) => { if (detail.job.kind === "count" && detail.job.group === this.inspection) this.#sent(detail.answer); });
    queue.addEventListener("refused", ({ detail }) => { if (detail.job.kind === "count" && detail.job.group === this.inspection) { this.refused = detail.sentence; this.#tell(); } });
    addEventListener("pagehide", () => { if (this.saving) this.#keep(); });
    queue.addEventListener("change", ({ detail }) => { this.waiting = detail.waiting; this.#tell(); });
    return this;
  }

  #put(operation) {
    this.turn = Math.max(this.turn, operation.turn);
    this.operations.set(operation.id, operation);
    for (const lot of lotsOf(operation)) {
      if (!this.byLot.has(lot)) this.byLot.set(lot, new Map());
      this.byLot.get(lot).set(operation.id, operation);
    }
  }

  #tell() {
    this.dispatchEvent(new CustomEvent("state", { detail: { pending: this.unsent.size, waiting: this.waiting ?? "", refused: this.refused ?? "" } }));
  }

  /** @param {string} id @returns {import("./merge.js").LotState} */
  lot(id) { return mergeLot(id, this.byLot.get(id)?.values() ?? []); }

  /** All lots, the first written down first. */
  lots() { return [...this.byLot.keys()].sort().map((id) => this.lot(id)).filter((lot) => lot.written_down || lot.quantity !== null); }

  /** Ids of what was counted of a lot, as far as this phone shows it: a count made now has them in it. @param {string} id */
  shown(id) { return coversOf(this.byLot.get(id)?.values() ?? [], id); }

  /** Whether some of what is said of a lot has not arrived. @param {string} id */
  isUnsent(id) { return [...(this.byLot.get(id)?.keys() ?? [])].some((key) => this.unsent.has(key)); }

  /** Say something of a lot. @param {string} kind @param {string} lot @param {object} value */
  async say(kind, lot, value) {
    const operation = { id: uuid7(), lot_id: lot, kind, value, turn: this.turn + 1, at: new Date().toISOString() };
    this.unsent.add(operation.id);
    this.#put({ ...operation, by: this.by, by_name: this.name });
    this.dispatchEvent(new CustomEvent("change", { detail: { lots: lotsOf(operation) } }));
    await enqueue({ kind: "count", target: this.url, group: this.inspection, label: "", meta: {}, sha256: "", device: this.device, operation });
    return operation;
  }

  #sent({ taken = [], refused = {} }) {
    for (const id of taken) this.unsent.delete(id);
    for (const id of Object.keys(refused)) this.#drop(id);
    if (Object.keys(refused).length) this.refused = Object.values(refused)[0];
    this.#tell();
    this.pull().catch(() => { /* the next event or the next look fetches it */ });
  }

  /** What the server does not take is not counted; it stays in the queue page with the reason. */
  #drop(id) {
    const operation = this.operations.get(id);
    if (!operation) return;
    this.unsent.delete(id);
    this.operations.delete(id);
    for (const lot of lotsOf(operation)) this.byLot.get(lot)?.delete(id);
    this.dispatchEvent(new CustomEvent("change", { detail: { lots: lotsOf(operation) } }));
  }

  /** Take in operations from elsewhere. @param {object[]} operations */
  take(operations) {
    const touched = new Set();
    for (const one of operations) {
      this.unsent.delete(one.id);
      this.#put(one);
      lotsOf(one).forEach((lot) => touched.add(lot));
    }
    if (touched.size) this.dispatchEvent(new CustomEvent("change", { detail: { lots: [...touched] } }));
  }

  /** Fetch what came since. One call at a time; a call meanwhile asks once more. @throws {Refused} status 0 without a network */
  async pull() {
    if (this.asking) { this.again = true; return this.asking; }
    this.asking = this.#pull().finally(() => { this.asking = null; if (this.again) { this.again = false; this.pull().catch(() => {}); } });
    return this.asking;
  }

  async #pull() {
    for (;;) {
      const address = new URL(this.url, location.href);
      address.searchParams.set("after", String(this.cursor));
      const response = await fetch(address, { credentials: "same-origin", cache: "no-store", headers: { Accept: "application/json" } }).catch(() => { throw new Refused(0, {}); });
      const answer = await response.json().catch(() => ({}));
      if (response.redirected) throw new Refused(401, {});
      if (!response.ok) throw new Refused(response.status, answer);
      this.take(answer.operations);
      this.cursor = answer.version;
      if (answer.lots) for (const one of answer.lots) this.extra[one.id] = one;
      if (answer.gone) for (const id of answer.gone) { this.byLot.delete(id); delete this.extra[id]; }
      this.server = { ...this.server, ...answer.about };
      this.dispatchEvent(new CustomEvent("change", { detail: { lots: (answer.lots ?? []).map((one) => one.id) } }));
      this.#save();
      if (!answer.more) return;
    }
  }

  /** Keep what is known soon: at most once in SAVE_MS, however fast the others count, and at once when the page goes. */
  #save() {
    this.saving ||= setTimeout(() => this.#keep(), SAVE_MS);
  }

  #keep() {
    clearTimeout(this.saving);
    this.saving = 0;
    const operations = [...this.operations.values()].filter((one) => !this.unsent.has(one.id));
    putDraft({ id: `inspection:${this.inspection}`, created: Date.now(), state: "count", cursor: this.cursor, operations, extra: this.extra, server: this.server }).catch(() => { /* no room: it is fetched again */ });
  }
}
