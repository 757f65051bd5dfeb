// Compares a file with the digest on the page. The file stays in the browser.
const part = document.querySelector("[data-compare]");
if (part && window.crypto?.subtle) {
  const [same, other] = [part.querySelector("[data-same]"), part.querySelector("[data-other]")];
  part.hidden = false;
  part.querySelector("input").addEventListener("change", async (event) => {
    const file = event.target.files[0];
    same.hidden = other.hidden = true;
    if (!file) return;
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
    const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    (hex === part.dataset.sha256 ? same : other).hidden = false;
  });
}
