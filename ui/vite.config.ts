import react from "@vitejs/plugin-react";
import { type Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** The company of tests and of `npm run dev` never reaches a build: it would answer in place of the engine. */
function noTestingInBuild(): Plugin {
  return {
    name: "no-testing-in-build",
    apply: "build",
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle)) {
        const strays = chunk.type === "chunk" ? chunk.moduleIds.filter((id) => id.includes("/src/testing/")) : [];
        if (strays.length > 0) this.error(`testing code in the build: ${strays.join(", ")}`);
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), noTestingInBuild()],
  clearScreen: false,
  server: { port: 1420, strictPort: true, host: "127.0.0.1" },
  // WebView2, WKWebView of macOS 13 and WebKitGTK 2.40. Fonts and images stay files: the CSP allows data: for images only.
  build: { target: ["es2022", "safari16"], assetsInlineLimit: 0, chunkSizeWarningLimit: 1700 },
  test: {
    environment: "jsdom",
    setupFiles: ["src/testing/setup.ts"],
    css: false,
    restoreMocks: true,
    testTimeout: 90_000,
    // By itself it leaves one processor free, which on two is half of them.
    maxWorkers: "100%",
  },
});
