/** The camera page of an item that the server knows. Markup and contract: `webui/_capture.html`. */
import { wireCapture } from "./shooting.js";

const given = document.querySelector("[data-capture][data-shots]");
if (given) {
  const { uploadUrl, absentUrl, group, ticket, tus, since, now } = given.dataset;
  const shots = JSON.parse(document.getElementById(given.dataset.shots).textContent);
  // The visit began by the server's clock; the phone's may differ.
  const began = since && now ? Date.now() - (Date.parse(now) - Date.parse(since)) : 0;
  const remember = () => import("./drafts.js").then((drafts) => drafts.remember(given, shots));
  wireCapture(given, { shots, uploadUrl, absentUrl, group, ticket, tus, since: began, withPlace: given.hasAttribute("data-with-place"), onKept: remember });
  remember();
}
