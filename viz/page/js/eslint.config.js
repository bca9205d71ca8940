// The scripts run in a browser as one function body, so a name may be used in another file only through an import.
import js from "@eslint/js";

const browser = [
  "atob", "Blob", "cancelAnimationFrame", "clearTimeout", "console", "crypto", "document", "getComputedStyle", "history",
  "Image", "location", "navigator", "requestAnimationFrame", "ResizeObserver", "screen", "setTimeout", "URL",
  "URLSearchParams", "window",
];

export default [
  js.configs.recommended,
  {
    languageOptions: { globals: Object.fromEntries(browser.map((name) => [name, "readonly"])) },
    rules: { eqeqeq: "error", "no-var": "error", "prefer-const": "error", "no-implicit-globals": "off" },
  },
];
