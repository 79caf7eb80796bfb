// Decides what the window shows at all: the first launch, why it cannot start, or the pages.
import { Center, Container, Loader, Stack, Title } from "@mantine/core";
import { Navigate, Outlet, useLocation } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import { queries } from "../queries";
import { S } from "../strings";
import { ErrorPanel } from "./ErrorPanel";

const WELCOME = "/welcome";

export function Root() {
  const boot = useQuery(queries.boot());
  const { pathname } = useLocation();
  if (boot.isPending) return <Center h="100dvh" role="status" aria-label={S.common.loading}><Loader size="sm" aria-hidden /></Center>;
  const error = boot.error ?? (boot.data?.stage === "blocked" ? boot.data.error : null);
  if (error !== null || boot.data === undefined) {
    return (
      <Container size="sm" py="xl" component="main">
        <Stack>
          <Title order={1}>{S.errors.blocked}</Title>
          <ErrorPanel error={error} onRetry={() => void boot.refetch()} retrying={boot.isFetching} />
        </Stack>
      </Container>
    );
  }
  const settingUp = boot.data.stage !== "ready";
  if (settingUp && pathname !== WELCOME) return <Navigate to={WELCOME} replace />;
  if (!settingUp && pathname === WELCOME) return <Navigate to="/" replace />;
  return <Outlet />;
}
