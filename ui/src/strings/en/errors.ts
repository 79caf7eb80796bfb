// What the window itself says about failures. The engine's own errors bring their words with them.
export const errors = {
  defect: {
    what: "Holdfast met something that must not happen.",
    todo: "Nothing that was stored is lost. Try again; if it comes back, please report it with the log.",
  },
  page: {
    what: "This page could not be shown.",
    todo: "Go to another page and come back. Backups go on.",
  },
  detail: "Details",
  code: (code: string) => `Code: ${code}`,
  actions: {
    retry: "Try again",
    clouds: "Open Cloud Connection Centre",
    domains: "Open Manage Domains",
    storage: "Open Storage",
    licenses: "Open Licenses",
    activity: "Open Activity",
    app: "Open App settings",
    fix: "Fix a backup",
    logs: "Open logs",
  },
  blocked: "Holdfast cannot start",
};
