/** A photo that can be looked at closely: two steps in, two steps out, then moved by scrolling. */
const frame = document.querySelector("[data-zoom]");
const closer = document.querySelector("[data-zoom-in]"), farther = document.querySelector("[data-zoom-out]");
const STEPS = [1, 2, 4];
let step = 0;

/** @param {number} wanted index of STEPS; the middle of what is seen stays in the middle */
function zoom(wanted) {
  const next = Math.min(STEPS.length - 1, Math.max(0, wanted));
  const ratio = STEPS[next] / STEPS[step];
  const x = (frame.scrollLeft + frame.clientWidth / 2) * ratio, y = (frame.scrollTop + frame.clientHeight / 2) * ratio;
  step = next;
  frame.dataset.zoom = String(STEPS[step]);
  frame.scrollTo(x - frame.clientWidth / 2, y - frame.clientHeight / 2);
  closer.disabled = step === STEPS.length - 1;
  farther.disabled = step === 0;
}
closer.hidden = farther.hidden = false;
closer.addEventListener("click", () => zoom(step + 1));
farther.addEventListener("click", () => zoom(step - 1));
frame.addEventListener("dblclick", () => zoom(step ? 0 : 1));
frame.addEventListener("keydown", (event) => {
  if (event.key === "+" || event.key === "=") zoom(step + 1);
  else if (event.key === "-") zoom(step - 1);
});
zoom(0);
