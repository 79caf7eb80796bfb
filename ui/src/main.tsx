// Starts the window. Under `npm run dev` without the shell, a company in memory answers in place of the engine.
import "@mantine/core/styles.css";
import "@mantine/charts/styles.css";
import "./theme.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { refuseStrayDrops } from "./noStrayDrops";
import { newQueryClient } from "./queries";
import { newRouter } from "./router";

async function start() {
  if (import.meta.env.DEV && !("__TAURI_INTERNALS__" in window)) {
    const { startDevCompany } = await import("./testing/dev");
    startDevCompany();
  }
  refuseStrayDrops(window);
  const root = document.getElementById("root");
  if (root === null) throw new Error("index.html has no #root");
  createRoot(root).render(<StrictMode><App client={newQueryClient()} router={newRouter()} /></StrictMode>);
}

void start();
