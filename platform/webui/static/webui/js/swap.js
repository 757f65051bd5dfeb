/** New content for a part of a page, with whoever is at work in it left where they are. */

/**
 * Replace the content of `island` by fresh HTML. What is focused, selected, typed or open stays.
 * @param {HTMLElement} island @param {string} html
 */
export function swap(island, html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const part = (island.id && fresh.getElementById(island.id)) || fresh.body;
  const focus = island.contains(document.activeElement) ? document.activeElement : null;
  const place = focus ? alike(focus, island).indexOf(focus) : -1;
  const range = focus && "selectionStart" in focus ? safely(() => [focus.selectionStart, focus.selectionEnd]) : null;
  // Fields in use are moved over as they are, so a half-composed pinyin word survives.
  const kept = [...island.querySelectorAll("textarea[id], input[id], select[id], details[id]")]
    .filter((el) => el === focus || (el.localName === "details" ? true : el.value !== el.defaultValue && el.type !== "hidden"));
  for (const old of kept) {
    const twin = part.querySelector(`#${CSS.escape(old.id)}`);
    if (!twin) continue;
    if (old.localName === "details") twin.open = old.open; else twin.replaceWith(old);
  }
  island.replaceChildren(...part.childNodes);
  if (focus) {
    const found = alike(focus, island), again = found[place] ?? found.at(-1);
    again?.focus({ preventScroll: true });
    if (range && again === focus) safely(() => again.setSelectionRange(...range));
  }
  globalThis.htmx?.process(island);
  island.dispatchEvent(new CustomEvent("live:swapped", { bubbles: true }));
}

/**
 * What is taken for `el` in `island`: the one with its id; of links and buttons of forms without any, those that do the
 * very same. A button that only a script knows, and forms for different rows, are never taken for one another: a key
 * pressed at that moment would do something else.
 * @param {Element} el @param {HTMLElement} island @returns {HTMLElement[]}
 */
function alike(el, island) {
  if (el.id) return [...island.querySelectorAll(`#${CSS.escape(el.id)}`)];
  const wanted = does(el);
  return wanted ? [...island.querySelectorAll(el.localName)].filter((each) => does(each) === wanted) : [];
}

/** What a link or a button of a form does, in words; empty where that is not known. @param {any} el */
function does(el) {
  const href = el.getAttribute("href");
  if (href) return href === "#" ? "" : href;
  if (!el.form) return "";
  const hidden = [...el.form.querySelectorAll("input[type=hidden]:not([name=csrfmiddlewaretoken])")];
  return JSON.stringify([el.form.getAttribute("action"), el.name, el.value, ...hidden.map((each) => [each.name, each.value])]);
}

function safely(work) { try { return work(); } catch { return null; } }
