/** Compare a file at hand with a sealed digest, without sending it anywhere. */

const MOST_BYTES = 512 * 1024 * 1024; // the browser has to hold all of it in memory

document.addEventListener("change", async (event) => {
  const place = event.target.closest?.("[data-seal-file]");
  const file = event.target.files?.[0];
  if (!place || !file) return;
  const say = (what) => { for (const line of place.querySelectorAll("[data-seal-says]")) line.hidden = line.dataset.sealSays !== what; };
  say("");
  if (file.size > MOST_BYTES || !crypto.subtle) { say("large"); return; }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  const hex = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  say(hex === place.dataset.sealFile ? "same" : "other");
});
