// Home's first line: how the backups stand, in one sentence, with the one step that matters most.
import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconCircleDashed, IconCircleX, IconProgress } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { HomeView, Light } from "../../bindings";
import { Ago } from "../../components/Format";
import { home as words } from "../../strings";

const LOOKS = {
  green: IconCircleCheck, blue: IconProgress, amber: IconAlertTriangle, red: IconCircleX, grey: IconCircleDashed,
} as const;

type Said = { color: Light["color"]; title: string; text?: string; action?: { to: string; label: string } };

/** The sentence of Home, worst first. */
export function headlineOf(home: HomeView): Said {
  const worst = home.attention.some((it) => it.severity === "red") ? "red" : "amber";
  const count = (color: Light["color"]) => home.lights.find((it) => it.color === color)?.count ?? 0;
  if (home.attention.length > 0) return { color: worst, title: words.headline.attention(home.attention.length) };
  if (home.users === 0 && home.protected === 0) {
    return { color: "grey", title: words.headline.nobodyKnown, text: words.nobodyKnownText, action: { to: "/settings/clouds", label: words.connectionCentre } };
  }
  if (home.protected === 0) {
    return { color: "grey", title: words.headline.nobody, text: words.nobodyText(home.unprotected), action: { to: "/backup/start", label: words.startBackup } };
  }
  if (count("red") > 0) return { color: "red", title: words.headline.look };
  if (count("amber") > 0) return { color: "amber", title: words.headline.look };
  if (count("blue") > 0 && count("green") === 0) return { color: "blue", title: words.headline.firstCopy };
  return { color: "green", title: words.headline.allGood };
}

export function Headline({ home }: { home: HomeView }) {
  const said = headlineOf(home);
  const Icon = LOOKS[said.color];
  return (
    <Group justify="space-between" wrap="nowrap" gap="md">
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <Icon size={30} stroke={1.6} aria-hidden className={`hf-${said.color}`} style={{ flexShrink: 0 }} />
        <Stack gap={2}>
          <Title order={1}>{said.title}</Title>
          {said.text !== undefined ? <Text size="sm" c="dimmed">{said.text}</Text> : (
            <Text size="sm" c="dimmed">{home.last_run === null ? words.noRun : <>{words.lastRun} <Ago at={home.last_run.started} /></>}</Text>
          )}
        </Stack>
      </Group>
      {said.action !== undefined && <Button component={Link} to={said.action.to} style={{ flexShrink: 0 }}>{said.action.label}</Button>}
    </Group>
  );
}
