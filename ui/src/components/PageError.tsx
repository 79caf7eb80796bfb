// A page that failed to draw: said plainly, with a way out. Backups are not touched by it.
import { Stack } from "@mantine/core";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { S } from "../strings";
import { ErrorPanel } from "./ErrorPanel";

export function PageError({ error, reset }: ErrorComponentProps) {
  const told = { code: "defect", what: S.errors.page.what, todo: S.errors.page.todo, can_retry: true, detail: error instanceof Error ? error.message : String(error) };
  return <Stack p="md"><ErrorPanel error={told} onRetry={reset} /></Stack>;
}
