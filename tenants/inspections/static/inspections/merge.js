/**
 * What a log of operations says: the same lots from the same set of operations, in whatever order they came.
 *
 * The phone's twin of `tenants/inspections/merge.py`, where the rules are told; tests compare the two. Operations are
 * objects as the API sends them: {id, lot_id, kind, value, turn, by, by_name, at}. Quantities are decimal text with at
 * most three places, reckoned in thousandths as BigInt: a phone's floating point loses a tenth of a kilogram.
 */

const BASES = new Set(["set", "resolve"]);

/** Decimal text as thousandths. */
export function thousandths(text) {
  const [, sign, whole, places = ""] = /^(-?)(\d+)(?:\.(\d{1,3}))?$/.exec(text);
  const found = BigInt(whole) * 1000n + BigInt(places.padEnd(3, "0"));
  return sign ? -found : found;
}

/** Thousandths as decimal text without idle zeros. */
export function decimal(number) {
  const size = number < 0n ? -number : number;
  const places = String(size % 1000n).padStart(3, "0").replace(/0+$/, "");
  return `${number < 0n ? "-" : ""}${size / 1000n}${places ? `.${places}` : ""}`;
}

/** Whether text is a quantity that the server takes. */
export function isQuantity(text) {
  return /^\d{1,9}(\.\d{1,3})?$/.test(text);
}

/** Ids of the lots that an operation changes. */
export function lotsOf(operation) {
  return operation.kind === "split" ? [operation.lot_id, operation.value.lot] : [operation.lot_id];
}

/** The turn of the next operation of a phone that knows these. */
export function nextTurn(operations) {
  let last = 0;
  for (const { turn } of operations) last = Math.max(last, turn);
  return last + 1;
}

/** What a new count or a decision on a lot has seen, of the operations this phone knows. */
export function coversOf(operations, lotId) {
  const counts = [...operations].filter((each) => each.kind !== "detail" && each.kind !== "lot");
  return counts.filter((each) => lotsOf(each).includes(lotId)).map((each) => each.id);
}

/** Map of lot id to what is known of it: {id, quantity, candidates, counted_by, fields, split_from, written_down}. */
export function merge(operations) {
  const byLot = new Map();
  for (const operation of operations) {
    for (const lotId of lotsOf(operation)) {
      if (!byLot.has(lotId)) byLot.set(lotId, new Map());
      byLot.get(lotId).set(operation.id, operation);
    }
  }
  return new Map([...byLot].map(([lotId, each]) => [lotId, mergeLot(lotId, each.values())]));
}

/** One lot, of the operations that change it. */
export function mergeLot(lotId, operations) {
  const ordered = [...operations].sort((a, b) => a.turn - b.turn || (a.id < b.id ? -1 : 1));
  const deltas = new Map();
  const bases = new Map();
  for (const each of ordered) {
    if (each.kind === "add") deltas.set(each.id, thousandths(each.value.delta));
    if (each.kind === "split") {
      const quantity = thousandths(each.value.quantity);
      deltas.set(each.id, each.value.lot === lotId ? quantity : -quantity);
    }
    if (BASES.has(each.kind)) bases.set(each.id, each);
  }
  const covered = new Map([...bases.keys()].map((id) => [id, closure(id, bases)]));
  const candidates = standing([...bases.values()], covered).map((base) => {
    let quantity = thousandths(base.value.quantity);
    for (const [id, delta] of deltas) if (!covered.get(base.id).has(id)) quantity += delta;
    return { operation_id: base.id, by: base.by, by_name: base.by_name, quantity, at: base.at };
  });
  const totals = new Set(candidates.map((each) => each.quantity));
  let quantity = null;
  if (totals.size === 1) [quantity] = totals;
  else if (!totals.size && deltas.size) quantity = [...deltas.values()].reduce((sum, each) => sum + each, 0n);
  const born = ordered.find((each) => each.kind === "split" && each.value.lot === lotId);
  const counting = ordered.filter((each) => deltas.has(each.id) || bases.has(each.id));
  return {
    id: lotId,
    quantity: quantity === null ? null : decimal(quantity),
    candidates: quantity === null ? candidates.map((each) => ({ ...each, quantity: decimal(each.quantity) })) : [],
    counted_by: [...new Set(counting.map((each) => each.by_name))],
    fields: fieldsOf(ordered, lotId),
    split_from: born ? born.lot_id : null,
    written_down: Boolean(born) || ordered.some((each) => each.kind === "lot"),
  };
}

/** What a count has in it already: what it covers, and what the counts it covers do. */
function closure(baseId, bases) {
  const found = new Set();
  const ahead = [...(bases.get(baseId).value.covers ?? [])];
  while (ahead.length) {
    const key = ahead.pop();
    if (found.has(key) || key === baseId) continue;
    found.add(key);
    if (bases.has(key)) ahead.push(...(bases.get(key).value.covers ?? []));
  }
  return found;
}

/** The counts that are replaced by none: the last of each officer, unless a person decided over it. */
function standing(bases, covered) {
  const last = new Map();
  const decided = new Set();
  const replaced = new Set();
  for (const base of bases) {
    if (base.kind === "set") last.set(base.by, base.id);
    for (const key of covered.get(base.id)) {
      replaced.add(key);
      if (base.kind === "resolve") decided.add(key);
    }
  }
  return bases.filter((base) =>
    base.kind === "resolve" ? !replaced.has(base.id) : last.get(base.by) === base.id && !decided.has(base.id),
  );
}

function fieldsOf(ordered, lotId) {
  const fields = {};
  for (const { kind, value } of ordered) {
    if (kind === "split" && value.lot !== lotId) continue;
    Object.assign(fields, value.fields ?? {});
  }
  return fields;
}
