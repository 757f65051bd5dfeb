/**
 * What the page around our frame is told: that we are ready, how high we are, and the result.
 *
 * Messages go to the one origin that the launch named and the connection allows, never to "*".
 */
const meta = document.querySelector('meta[name="embedded-origin"]');
const outside = window.parent !== window;
const origin = meta?.content ?? "";

function post(type, more = {}, to = origin) {
  if (outside && to) window.parent.postMessage({ type: `chazhenjia.${type}`, ...more }, to);
}

const refused = document.querySelector("[data-embedded-refused]");
if (refused) for (const each of refused.dataset.origins.split(" ").filter(Boolean)) {
  try { post("refused", { code: refused.dataset.embeddedRefused }, each); } catch { /* no origin: nobody to tell */ }
}

let posted = "";

/** Fetch the result as it stands and hand it over; by itself only once it is complete, and each state once. */
async function send(asked) {
  const response = await fetch(meta.dataset.result, { credentials: "same-origin", headers: { Accept: "application/json" } });
  if (!response.ok) return false;
  const result = await response.json();
  if (!asked && (!result.answered || posted === result.changed_at)) return true;
  posted = result.changed_at;
  post("result", { matter: result.matter, result });
  return true;
}

if (meta) {
  const address = new URL(location.href);
  if (address.searchParams.has("window")) {
    address.searchParams.delete("window");
    history.replaceState(history.state, "", address);
  }
  let told = 0;
  const tell = () => {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    if (height !== told) { told = height; post("height", { height }); }
  };
  post("ready", { matter: meta.dataset.matter, path: location.pathname });
  tell();
  if ("ResizeObserver" in window) new ResizeObserver(tell).observe(document.body);
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-embedded-send], [data-embedded-close]");
    if (!button) return;
    if ("embeddedClose" in button.dataset) return post("close", { matter: meta.dataset.matter });
    button.setAttribute("aria-busy", "true");
    const went = await send(true).catch(() => false);
    button.removeAttribute("aria-busy");
    const { announce } = await import("../webui/js/http.js").catch(() => ({}));
    announce?.(went ? button.dataset.done : button.dataset.failed);
  });
  document.addEventListener("live:swapped", () => { send(false).catch(() => { /* the next event tries again */ }); });
  if (document.querySelector("[data-embedded-send]")) send(false).catch(() => { /* as above */ });
}
