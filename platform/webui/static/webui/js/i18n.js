/** Words for the modules. Chinese is the source; other languages load a catalogue that defines `gettext`. */

/**
 * Translate `text` and fill `{name}` places.
 * @param {string} text
 * @param {Record<string, string|number>} [values]
 */
export function gettext(text, values = {}) {
  const found = globalThis.django?.gettext ? globalThis.django.gettext(text) : text;
  return found.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}
