/**
 * Forms: sent once, and no typed text is ever lost.
 *
 * `<form data-once>`: the button is busy while the answer is awaited; a hidden `idempotency_key` is added,
 * so that a second arrival of the same form changes nothing.
 * `<form data-draft="name">`: textareas and text fields are kept in sessionStorage while being written. When the
 * form is sent, the draft is only marked; it goes when the next page shows a person signed in and no error,
 * and stays when that page is a sign-in or an error page.
 */
import { gettext as _ } from "./i18n.js";
import { newId, say, sentenceFor } from "./http.js";

const PREFIX = "draft:";
const page = document.documentElement.dataset;
const store = (() => { try { sessionStorage.getItem(PREFIX); return sessionStorage; } catch { return null; } })();

/** @param {HTMLFormElement} form */
const draftKey = (form) => `${PREFIX}${page.signedIn ?? ""}:${location.pathname}:${form.dataset.draft}`;

/** @param {HTMLFormElement} form */
const writable = (form) => [...form.elements].filter((el) =>
  el.name && (el.localName === "textarea" || (el.localName === "input" && ["text", "search", "number", "tel"].includes(el.type))));

function readDraft(key) {
  try { return JSON.parse(store?.getItem(key) ?? "null"); } catch { return null; }
}

/** After a page load: drop what was accepted, keep what was not. */
function settle() {
  if (!store) return;
  const accepted = page.page === "page" && page.signedIn !== undefined;
  for (const key of Object.keys(store).filter((k) => k.startsWith(PREFIX))) {
    const draft = readDraft(key);
    if (!draft?.sent) continue;
    if (accepted) store.removeItem(key);
    else store.setItem(key, JSON.stringify({ ...draft, sent: false }));
  }
}

/** @param {HTMLFormElement} form */
function keepDraft(form, sent = false) {
  const values = Object.fromEntries(writable(form).filter((el) => el.value !== el.defaultValue).map((el) => [el.name, el.value]));
  const key = draftKey(form);
  try {
    if (Object.keys(values).length) store?.setItem(key, JSON.stringify({ values, sent }));
    else store?.removeItem(key);
  } catch { /* storage full: the text is still in the field */ }
}

/** @param {HTMLFormElement} form @param {boolean} [quietly] something more important is being said */
function restore(form, quietly = false) {
  const draft = readDraft(draftKey(form));
  if (!draft || draft.sent) return;
  let any = false;
  for (const el of writable(form)) {
    if (draft.values[el.name] !== undefined && el.value === el.defaultValue) { el.value = draft.values[el.name]; any = true; }
  }
  if (any && !quietly && !document.querySelector("#messages > *")) say(_("已找回您刚才写的内容。"));
}

/** Show or end the busy state of a form's buttons. @param {HTMLFormElement} form @param {boolean} busy */
export function busy(form, busy) {
  for (const el of [...form.elements, ...document.querySelectorAll(`button[form="${CSS.escape(form.id || "-")}"]`)]) {
    if (el.localName !== "button" || el.type !== "submit") continue;
    if (busy) el.setAttribute("aria-busy", "true"); else el.removeAttribute("aria-busy");
    if (busy) el.setAttribute("aria-disabled", "true"); else el.removeAttribute("aria-disabled");
  }
  form.toggleAttribute("data-sending", busy);
}

/** Give the form a fresh key. @param {HTMLFormElement} form */
function newKey(form) {
  let input = form.elements.namedItem("idempotency_key");
  if (!input) {
    input = Object.assign(document.createElement("input"), { type: "hidden", name: "idempotency_key" });
    form.append(input);
  }
  if (!input.value) input.value = newId();
}

/** Wire the forms under `root`; safe to call again after a fragment was swapped. @param {ParentNode} root */
export function wire(root = document) {
  for (const form of root.querySelectorAll("form[data-once]")) newKey(form);
  for (const form of root.querySelectorAll("form[data-draft]")) restore(form);
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.dataset.draft !== undefined) keepDraft(form);
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.once !== undefined) {
    if (form.hasAttribute("data-sending")) return event.preventDefault();
    newKey(form);
    // Later than the submit itself: a disabled button would not send its own name and value.
    setTimeout(() => { if (!event.defaultPrevented) busy(form, true); });
  }
  if (form.dataset.draft !== undefined) keepDraft(form, true);
  if (form.dataset.signOut !== undefined) {
    for (const key of Object.keys(store ?? {})) if (key.startsWith(PREFIX)) store.removeItem(key);
    navigator.serviceWorker?.controller?.postMessage("forget");
    // Unsent photos stay, sealed, until that person is back.
    import("./outbox.js").then((outbox) => outbox.leave()).catch(() => { /* no storage, nothing to forget */ });
  }
});
// A page taken from the back-forward cache must not stay frozen in "sending".
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.querySelectorAll("form[data-sending]")) busy(form, false);
});
document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.target.closest?.("form");
  if (form?.dataset.once !== undefined) busy(form, true);
  if (form?.dataset.draft !== undefined) keepDraft(form, true);
});
document.addEventListener("htmx:afterRequest", (event) => {
  // The form itself may have been replaced by the answer: then the event comes from elsewhere.
  const form = (event.detail.elt ?? event.target).closest?.("form");
  if (!form) return;
  busy(form, false);
  const refused = !event.detail.successful || document.querySelector('#messages [role="alert"]');
  const key = form.elements.namedItem("idempotency_key");
  if (!refused && key) key.value = newId();
  if (form.dataset.draft !== undefined) {
    if (refused) keepDraft(form); else store?.removeItem(draftKey(form));
    if (refused && !form.isConnected) for (const twin of document.querySelectorAll(`form[data-draft="${form.dataset.draft}"]`)) restore(twin, true);
  }
  if (!event.detail.successful) say(sentenceFor(event.detail.xhr?.status ?? 0), "wait");
});

settle();
wire();
document.querySelector("[data-take-focus]")?.focus();
