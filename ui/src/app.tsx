// What surrounds the pages: the query client, the theme, the router, and the one listener for the engine's events.
import { MantineProvider } from "@mantine/core";
import { type QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import { refreshOnEvents } from "./events";
import { useLanguage } from "./language";
import { queries } from "./queries";
import type { newRouter } from "./router";
import { SelectionKeeper } from "./routes/start/SelectionKeeper";
import { theme } from "./theme";

type Props = { client: QueryClient; router: ReturnType<typeof newRouter>; /** `test` draws without transitions. */ env?: "default" | "test" };

export function App({ client, router, env = "default" }: Props) {
  const language = useLanguage();
  // The engine's events come from outside React.
  useEffect(
    () => refreshOnEvents(client, (place) => {
      if (place.startsWith("/")) router.history.push(place);
    }),
    [client, router],
  );
  return (
    <QueryClientProvider client={client}>
      <Themed env={env}><SelectionKeeper><RouterProvider key={language} router={router} /></SelectionKeeper></Themed>
    </QueryClientProvider>
  );
}

/** The theme is a setting of the app, kept by the engine; nothing about it is stored in the web view. */
function Themed({ children, env }: { children: ReactNode; env: "default" | "test" }) {
  const chosen = useQuery(queries.boot()).data?.theme ?? "system";
  return (
    <MantineProvider
      theme={theme} defaultColorScheme="auto" forceColorScheme={chosen === "system" ? undefined : chosen} getStyleNonce={styleNonce}
      colorSchemeManager={SYSTEM_ONLY} env={env}
    >
      {children}
    </MantineProvider>
  );
}

/** The shell gives its nonce to the one style element of index.html. */
function styleNonce(): string {
  return document.getElementById("style-nonce")?.nonce ?? "";
}

const SYSTEM_ONLY = { get: () => "auto" as const, set: () => undefined, subscribe: () => undefined, unsubscribe: () => undefined, clear: () => undefined };
