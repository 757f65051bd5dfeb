/**
 * The case page: opens 查真假 in its frame, gives the frame the height it says it needs, and shows what came back.
 *
 * A message counts only when it comes from the province's origin and from our own frame. A result that comes that way
 * is not taken at its word: our server fetches it.
 */
const button = document.getElementById("check");
const frame = document.getElementById("frame");
const file = document.getElementById("file");
const base = `/cases/${button.dataset.case}`;
const HIGHEST = 2000;

async function show() {
  const response = await fetch(`${base}/file`);
  const text = await response.text();
  if (response.ok && file.innerHTML !== text) file.innerHTML = text;
}

button.addEventListener("click", async () => {
  button.disabled = true;
  const { url } = await (await fetch(`${base}/launch`, { method: "POST" })).json();
  frame.hidden = false;
  frame.src = url;
});

window.addEventListener("message", async (event) => {
  if (event.origin !== button.dataset.province || event.source !== frame.contentWindow) return;
  const { type, height } = event.data;
  if (type === "chazhenjia.height") frame.height = Math.min(height, HIGHEST);
  if (type === "chazhenjia.ready") {
    frame.dataset.ready = "true";
    frame.scrollIntoView({ block: "end" });  // the camera's button is at the frame's lower edge
  }
  if (type === "chazhenjia.result") {
    await fetch(`${base}/pull`, { method: "POST" });
    await show();
  }
  if (type === "chazhenjia.close") { frame.hidden = true; button.disabled = false; }
});

show();
setInterval(show, 2000);
