/**
 * The goods' value as the phone knows it, held against the lines of referral: the twin of `tenants/inspections/value.py` for a
 * page without a signal. Yuan are whole hundred-thousandths (BigInt), so nothing is rounded before it is shown.
 */
import { thousandths } from "./merge.js";

const PRICES = { labelled: "price_labelled_yuan", sold: "price_sold_yuan", genuine: "price_genuine_yuan" };
const INFRINGING = new Set(["counterfeit", "refilled_or_reassembled"]), CLEARED = new Set(["genuine", "licensed_or_authorised", "grey_market"]);

/** @param {string} yuan at most two places @returns {bigint} */
const cents = (yuan) => thousandths(yuan) / 10n;
const exact = (yuan) => cents(yuan) * 1000n;

/** @param {bigint} amount @returns {string} "12,345.00", half a cent rounded up */
export function shown(amount) {
  const rounded = (amount + 500n) / 1000n, whole = String(rounded / 100n).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${whole}.${String(rounded % 100n).padStart(2, "0")}`;
}

/** @param {import("./merge.js").LotState} lot @returns {{low: bigint, high: bigint}|null} null: unknown, which is not 0 */
export function valueOf(lot) {
  const price = lot.fields[PRICES[lot.fields.price_basis] ?? ""];
  const counts = (lot.candidates.length ? lot.candidates.map((one) => one.quantity) : lot.quantity === null ? [] : [lot.quantity]).map(thousandths);
  if (!price || !counts.length) return null;
  const [low, high] = [counts.reduce((a, b) => (b < a ? b : a)), counts.reduce((a, b) => (b > a ? b : a))];
  return { low: low * cents(price), high: high * cents(price) };
}

/** @param {string|undefined} verdict @returns {"infringing"|"cleared"|"unanswered"} */
export const standingOf = (verdict) => (INFRINGING.has(verdict) ? "infringing" : CLEARED.has(verdict) ? "cleared" : "unanswered");

const nothing = () => ({ low: 0n, high: 0n, known: 0, sales: null, gains: null });
function add(sum, lot, value) {
  if (value) { sum.low += value.low; sum.high += value.high; sum.known++; }
  for (const [to, name] of [["sales", "sold_amount_yuan"], ["gains", "gains_yuan"]]) if (lot.fields[name]) sum[to] = (sum[to] ?? 0n) + exact(lot.fields[name]);
}
const amount = (sum, measure, high) => {
  const unsold = sum.known ? (high ? sum.high : sum.low) : null;
  if (measure === "unsold") return unsold;
  if (measure !== "sold_and_unsold") return sum[measure];
  return sum.sales === null && unsold === null ? null : (sum.sales ?? 0n) + (unsold ?? 0n);
};

/**
 * @param {import("./merge.js").LotState[]} lots @param {(id: string) => string|undefined} verdictOf
 * @param {{measure: string, words: string, yuan: string, source: string}[]} rules
 * @returns {{low: bigint, high: bigint, unknown: number, duty: boolean, possible: boolean, nearest: object|null, sure: number, maybe: number, missing: bigint}}
 */
export function valuation(lots, verdictOf, rules) {
  const confirmed = nothing(), both = nothing(), all = nothing();
  let unknown = 0;
  for (const lot of lots) {
    if (lot.fields.void_reason) continue;
    const value = valueOf(lot), standing = standingOf(verdictOf(lot.id));
    if (!value) unknown++;
    add(all, lot, value);
    if (standing === "infringing") add(confirmed, lot, value);
    if (standing !== "cleared") add(both, lot, value);
  }
  const held = rules.map((rule) => ({ ...rule, line: exact(rule.yuan), sure: amount(confirmed, rule.measure, false), maybe: amount(both, rule.measure, true) }));
  const share = (of, line) => (of === null ? 0 : Number(of * 10_000n / line) / 10_000);
  const by = (name) => held.filter((one) => one[name] !== null).sort((a, b) => share(b[name], b.line) - share(a[name], a.line))[0] ?? null;
  const reached = (name) => held.some((one) => one[name] !== null && one[name] >= one.line);
  const duty = reached("sure"), nearest = duty ? by("sure") : by("maybe") ?? by("sure");
  return {
    low: all.low, high: all.high, unknown, duty, possible: !duty && reached("maybe"), nearest,
    sure: nearest ? share(nearest.sure, nearest.line) : 0, maybe: nearest ? share(nearest.maybe, nearest.line) : 0,
    missing: nearest ? (nearest.line > (nearest.sure ?? 0n) ? nearest.line - (nearest.sure ?? 0n) : 0n) : 0n,
  };
}
