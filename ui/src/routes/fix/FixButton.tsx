// The button of a finding: it goes to the exact place, or mends it here, after asking where it changes who is backed up.
import { Button, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import type { FixAction } from "../../bindings";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { CopyButton } from "../../components/CopyButton";
import { AutoBackupSwitch } from "../../components/levels/AutoBackup";
import { OpenLink } from "../../components/connect/OpenLink";
import { S } from "../../strings";
import { fix as words } from "../../strings";

type Props = { title: string; action: FixAction; busy: boolean; onApply: (action: FixAction) => Promise<unknown> };

/** The page where a person mends it; none where it is mended here. */
function placeOf(action: FixAction): string | null {
  switch (action.fix) {
    case "connect":
      return "/settings/clouds";
    case "reconnect":
      return `/settings/clouds/${action.connection}`;
    case "open_start":
      return "/backup/start";
    case "open_users":
      return "/settings/users";
    case "open_run":
      return `/backup/activity/${action.run}`;
    case "open_causes":
      return "/";
    case "open_licenses":
      return "/settings/licenses";
    case "open_storage":
      return "/settings/storage";
    case "open_settings":
      return "/settings/app";
    default:
      return null;
  }
}

/** What is asked first, where the button changes who or what is backed up. */
function questionOf(action: FixAction) {
  switch (action.fix) {
    case "resume":
      return words.ask.resume(action.user);
    case "protect":
      return words.ask.protect(action.user);
    case "auto_backup":
      return { title: S.levels.autoBackup.of(action.name), text: S.levels.autoBackup.on(S.levels.named(action.target, action.name)) };
    case "end_pause":
      return words.ask.end_pause;
    case "leave_out":
      return words.ask.leave_out(action.user ?? words.ask.those);
    case "switch_on":
      return words.ask.switch_on(action.user ?? words.ask.everyone);
    default:
      return null;
  }
}

export function FixButton({ title, action, busy, onApply }: Props) {
  const navigate = useNavigate();
  const [asking, ask] = useDisclosure(false);
  if (action.fix === "open_link") {
    return (
      <Stack gap={4}>
        <OpenLink url={action.url} title={title} />
        {action.copy !== null && <CopyButton value={action.copy} what={title} />}
      </Stack>
    );
  }
  // The causes stand below the finding, each with its own button.
  if (action.fix === "open_causes") return null;
  const place = placeOf(action);
  const question = questionOf(action);
  const press = () => {
    if (place !== null) return void navigate({ to: place });
    if (question !== null) return ask.open();
    // A failure is shown above the list, by the page.
    onApply(action).catch(() => undefined);
  };
  return (
    <>
      {action.fix === "auto_backup" ? <AutoBackupSwitch name={action.name} on={false} disabled={busy} hint={S.levels.autoBackup.title} onFlip={press} /> : <Button size="xs" variant="default" disabled={busy} onClick={press} aria-label={`${words.actions[action.fix]}: ${title}`}>{words.actions[action.fix]}</Button>}
      {question !== null && (
        <ConfirmDialog opened={asking} onClose={ask.close} title={question.title} onConfirm={() => onApply(action)}>{question.text}</ConfirmDialog>
      )}
    </>
  );
}
