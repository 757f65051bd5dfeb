/** The queue: `c` claims the row that is chosen. The rest of the keys comes from keys.js. */
import { bind } from "../webui/js/keys.js";

const list = document.getElementById("queue");

bind("c", list.dataset.claimLabel, () => {
  const row = list.querySelector("[data-key-row][aria-current]") ?? document.activeElement?.closest("[data-key-row]") ?? list.querySelector("[data-key-row]:has([data-claim])");
  row?.querySelector("[data-claim]")?.click();
});
