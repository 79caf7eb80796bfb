// Pages by place. Places mirror the navigation; the shell and the tray open the same ones.
import { createHashHistory, createRootRoute, createRoute, createRouter, Navigate, type RouterHistory } from "@tanstack/react-router";
import { PageError } from "./components/PageError";
import { Root } from "./components/Root";
import { Shell } from "./components/Shell";
import { AboutPage } from "./routes/about";
import { ActivityPage } from "./routes/activity";
import { RunPage } from "./routes/activity/RunPage";
import { AppSettingsPage } from "./routes/appSettings";
import { ArchivePage } from "./routes/archive";
import { OwnerPage } from "./routes/archive/OwnerPage";
import { AuditPage } from "./routes/audit";
import { BackupSettingsPage } from "./routes/backupSettings";
import { CloudsPage } from "./routes/clouds";
import { DomainsPage } from "./routes/domains";
import { FixPage } from "./routes/fix";
import { HomePage } from "./routes/home";
import { LicensesPage } from "./routes/licenses";
import { StartPage } from "./routes/start";
import { StartSettingsPage } from "./routes/start/settings";
import { StoragePage } from "./routes/storage";
import { UsersPage } from "./routes/users";
import { WelcomePage } from "./routes/welcome";

const root = createRootRoute({ component: Root, errorComponent: PageError, notFoundComponent: () => <Navigate to="/" replace /> });
const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell });

const routes = root.addChildren([
  createRoute({ getParentRoute: () => root, path: "/welcome", component: WelcomePage }),
  shell.addChildren([
    createRoute({ getParentRoute: () => shell, path: "/", component: HomePage }),
    createRoute({ getParentRoute: () => shell, path: "/backup/activity", component: ActivityPage }),
    createRoute({ getParentRoute: () => shell, path: "/backup/activity/$run", component: RunPage }),
    createRoute({ getParentRoute: () => shell, path: "/backup/archive", component: ArchivePage }),
    createRoute({ getParentRoute: () => shell, path: "/backup/archive/$owner", component: OwnerPage }),
    createRoute({ getParentRoute: () => shell, path: "/backup/start", component: StartPage }),
    createRoute({ getParentRoute: () => shell, path: "/backup/start/settings", component: StartSettingsPage }),
    createRoute({ getParentRoute: () => shell, path: "/settings/clouds", component: CloudsPage }),
    createRoute({ getParentRoute: () => shell, path: "/settings/clouds/$at", component: CloudsPage }),
    createRoute({ getParentRoute: () => shell, path: "/settings/domains", component: DomainsPage }),
    createRoute({ getParentRoute: () => shell, path: "/settings/users", component: UsersPage }),
    createRoute({ getParentRoute: () => shell, path: "/settings/backup", component: BackupSettingsPage }),
    createRoute({ getParentRoute: () => shell, path: "/settings/storage", component: StoragePage }),
    createRoute({ getParentRoute: () => shell, path: "/settings/licenses", component: LicensesPage }),
    createRoute({ getParentRoute: () => shell, path: "/settings/app", component: AppSettingsPage }),
    createRoute({ getParentRoute: () => shell, path: "/help/audit", component: AuditPage }),
    createRoute({
      getParentRoute: () => shell, path: "/help/fix", component: FixPage,
      validateSearch: (search: Record<string, unknown>): { user?: string } => (typeof search["user"] === "string" ? { user: search["user"] } : {}),
    }),
    createRoute({ getParentRoute: () => shell, path: "/help/about", component: AboutPage }),
  ]),
]);

/** The router over a history: the hash of the window's address, or memory in tests. */
export function newRouter(history: RouterHistory = createHashHistory()) {
  return createRouter({ routeTree: routes, history, defaultErrorComponent: PageError, scrollRestoration: false });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof newRouter>;
  }
}
