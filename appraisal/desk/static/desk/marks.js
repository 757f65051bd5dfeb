/** Boxes drawn on photos: the viewer gives the place, the person the words; each item keeps its own list. */

/**
 * @param {HTMLFormElement} form the answer
 * @param {{item: () => HTMLElement | null, changed: () => void}} page
 */
export function marks(form, { item, changed }) {
  const box = document.querySelector("[data-box-form]");
  const read = (field) => { try { return JSON.parse(field.value || "[]"); } catch { return []; } };

  function draw(panel) {
    const field = panel.querySelector("[data-marks-field]"), list = panel.querySelector("[data-marks-list]");
    if (!field || !list) return;
    const all = read(field);
    list.replaceChildren(...all.map((mark, at) => {
      const row = Object.assign(document.createElement("li"), { className: "row spread" });
      const words = Object.assign(document.createElement("span"), { className: "grow", textContent: mark.words });
      const remove = Object.assign(document.createElement("button"), { type: "button", className: "button quiet", textContent: form.dataset.remove });
      remove.setAttribute("aria-label", `${form.dataset.remove} ${mark.words}`);
      remove.addEventListener("click", () => { write(panel, all.filter((_, i) => i !== at)); });
      row.append(words, remove);
      return row;
    }));
    panel.querySelector("[data-marks]").hidden = all.length === 0;
  }

  function write(panel, all) {
    panel.querySelector("[data-marks-field]").value = all.length ? JSON.stringify(all) : "";
    draw(panel);
    onPhotos();
    changed();
  }

  /** The viewer draws what stands in this script when it opens a photo. */
  function onPhotos() {
    const viewer = document.querySelector("[data-viewer]");
    if (!viewer) return;
    let script = document.getElementById(viewer.dataset.boxes);
    if (!script) {
      script = Object.assign(document.createElement("script"), { type: "application/json", id: viewer.dataset.boxes });
      viewer.before(script);
    }
    const all = [...form.querySelectorAll("[data-marks-field]")].flatMap(read);
    script.textContent = JSON.stringify(all.map((mark) => ({ ...mark, comment: mark.words })));
  }

  for (const panel of form.querySelectorAll(".item")) draw(panel);
  if ([...form.querySelectorAll("[data-marks-field]")].some((field) => field.value)) onPhotos();

  box?.addEventListener("submit", (event) => {
    event.preventDefault();
    const value = (name) => box.elements.namedItem(name).value;
    // A photo belongs to one item; its panel may not be the one that is open.
    const film = document.querySelector(`.film a[data-open-photo="${CSS.escape(value("photo"))}"]`)?.closest(".film");
    const panel = form.querySelector(`.item[data-item-panel="${film?.dataset.itemPanel}"]`) ?? item();
    const field = panel?.querySelector("[data-marks-field]");
    if (!field) return;
    const mark = { photo: value("photo"), words: value("words").trim() };
    for (const side of ["x", "y", "w", "h"]) mark[side] = Number(value(side));
    write(panel, [...read(field), mark]);
    const reasons = panel.querySelector("[data-reasons]");
    if (!reasons.value.includes(mark.words)) {
      reasons.value = [reasons.value.trimEnd(), mark.words].filter(Boolean).join("\n");
      reasons.dispatchEvent(new Event("input", { bubbles: true }));
    }
    box.reset();
    box.hidden = true;
  });
}
