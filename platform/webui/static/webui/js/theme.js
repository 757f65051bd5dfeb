// Sets the chosen theme before the first paint. A classic script in <head>, since a module runs too late
// and would flash; the choice stays on the device (no cookie). No choice: the system's own setting.
// It also says that scripts will run: until page.js takes `data-waking` away, buttons that need one are off (base.css).
(() => {
  const root = document.documentElement;
  root.dataset.waking = "";
  const read = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
  const saved = read();
  if (saved === "dark" || saved === "light") root.dataset.theme = saved;
  document.addEventListener("DOMContentLoaded", () => {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      button.hidden = false;
      const show = () => button.setAttribute("aria-pressed", String((root.dataset.theme ?? (dark.matches ? "dark" : "light")) === "dark"));
      show();
      button.addEventListener("click", () => {
        const now = root.dataset.theme ?? (dark.matches ? "dark" : "light");
        const next = now === "dark" ? "light" : "dark";
        if ((next === "dark") === dark.matches) delete root.dataset.theme; else root.dataset.theme = next;
        try { if (root.dataset.theme) localStorage.setItem("theme", next); else localStorage.removeItem("theme"); } catch { /* private mode: for this page only */ }
        show();
      });
    }
  });
})();
