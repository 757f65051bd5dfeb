/** Sends what was counted on an inspection: many operations in one go, each kept as a job of its own until it is taken. */
import { Refused } from "./http.js";
import { mark, remove } from "./outbox.js";
import { sendWords } from "./sending.js";

const MOST = 200;

/**
 * What was counted on one inspection and waits, in one go. What the server does not take is kept with its reason.
 * @param {object[]} waiting the jobs, the one in turn first @returns {Promise<object>} with `taken` (ids) and `refused` (sentence by id)
 */
export async function sendCounts(waiting) {
  const jobs = waiting.slice(0, MOST), [first] = jobs;
  const answer = await sendWords(first.target, { device_id: first.device, operations: jobs.map((one) => one.operation) }, first.key);
  const refused = Object.fromEntries((answer.refused ?? []).map((one) => [one.id, one.problem.detail]));
  for (const job of jobs) {
    if (job === first) continue;
    if (refused[job.operation.id]) await mark(job.key, { refused: refused[job.operation.id] });
    else await remove(job.key);
  }
  if (refused[first.operation.id]) throw new Refused(422, { detail: refused[first.operation.id] });
  return { ...answer, refused, taken: jobs.map((one) => one.operation.id).filter((id) => !refused[id]) };
}
