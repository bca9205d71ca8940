import js from "@eslint/js";

const browser = [
  "AbortController", "BroadcastChannel", "HTMLElement", "Blob", "Image", "MouseEvent", "ResizeObserver", "URL", "URLSearchParams", "atob", "clearTimeout",
  "console", "crypto", "document", "fetch", "getComputedStyle", "history", "location", "matchMedia", "navigator", "performance",
  "clearInterval", "requestAnimationFrame", "screen", "setInterval", "setTimeout", "window", "XMLSerializer", "DecompressionStream", "Response", "TextDecoder",
];

export default [
  js.configs.recommended,
  {
    languageOptions: { globals: Object.fromEntries(browser.map((name) => [name, "readonly"])) },
    rules: { eqeqeq: "error", "no-var": "error", "prefer-const": "error", "max-lines": ["error", 300] },
  },
];
