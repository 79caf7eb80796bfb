// Who is protected: a ring by light, with the count and the word of each beside it.
import { DonutChart } from "@mantine/charts";
import { Group, Stack, Text } from "@mantine/core";
import type { HomeView } from "../../bindings";
import { Count } from "../../components/Format";
import { count } from "../../format";
import { home } from "../../strings";
import css from "./Protected.module.css";
import { Section } from "./Section";

const words = home.protected;

export function Protected({ view }: { view: HomeView }) {
  const lights = view.lights.filter((light) => light.count > 0);
  const ring = lights.map((light) => ({ name: words.lights[light.color], value: light.count, color: `var(--hf-${light.color})` }));
  // With nobody protected an empty ring keeps the place.
  if (ring.length === 0) ring.push({ name: words.lights.grey, value: 1, color: "var(--hf-line)" });
  const parts = lights.map((light) => `${words.lights[light.color]} ${count(light.count)}`).join(", ");
  return (
    <Section title={words.title} {...(view.unprotected > 0 && { link: { to: "/backup/start", label: home.startBackup } })}>
      <Group gap="md" wrap="nowrap">
        <div role="img" aria-label={parts === "" ? words.nobody : words.chart(parts)} className={css.ring}>
          <DonutChart
            data={ring}
            size={108} thickness={13} withTooltip={false} strokeWidth={0} paddingAngle={lights.length > 1 ? 2 : 0}
            pieProps={{ isAnimationActive: false, rootTabIndex: -1 }} pieChartProps={{ accessibilityLayer: false }} aria-hidden
          />
          <div className={css.center} aria-hidden>
            <Text fw={650} fz={22} lh={1.1} className="hf-numeric">{count(view.protected)}</Text>
            <Text size="xs" c="dimmed">{words.protected}</Text>
          </div>
        </div>
        <Stack gap={4} miw={0}>
          <Text size="sm" fw={600} className="hf-numeric">{`${count(view.protected)} ${words.of(view.users)}`}</Text>
          <ul className={css.legend}>
            {lights.map((light) => (
              <li key={light.color}>
                <span className={css.dot} style={{ background: `var(--hf-${light.color})` }} aria-hidden />
                <Text span size="sm">{words.lights[light.color]}</Text>
                <Count value={light.count} size="sm" fw={600} />
              </li>
            ))}
          </ul>
          {view.waiting > 0 && <Text size="sm" c="dimmed" className="hf-numeric">{words.waiting(view.waiting)}</Text>}
          {view.paused > 0 && <Text size="sm" c="dimmed" className="hf-numeric">{words.paused(view.paused)}</Text>}
        </Stack>
      </Group>
    </Section>
  );
}
