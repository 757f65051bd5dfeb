/** The queue: `c` claims the row that is chosen. The rest of the keys comes from keys.js. */
import { bind } from "../webui/js/keys.js";

const list = document.querySelector("[data-live-src]");
const label = document.querySelector("[data-claim]")?.firstChild?.textContent?.trim() ?? "接单";

bind("c", label, () => {
  const row = list?.querySelector("[data-key-row][aria-current]") ?? document.activeElement?.closest("[data-key-row]") ?? list?.querySelector("[data-key-row]:has([data-claim])");
  row?.querySelector("[data-claim]")?.click();
});
