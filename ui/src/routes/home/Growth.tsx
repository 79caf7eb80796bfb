// How much is kept, day by day: the content, and what it takes on the storage after deduplication and compression.
import { AreaChart } from "@mantine/charts";
import { Text } from "@mantine/core";
import type { HomeView } from "../../bindings";
import { bytes, day } from "../../format";
import { home } from "../../strings";
import { Section } from "./Section";

const words = home.growth;

export function Growth({ points }: { points: HomeView["growth"] }) {
  const first = points.at(0);
  const last = points.at(-1);
  return (
    <Section title={words.title}>
      {first === undefined || last === undefined || points.length < 2 ? <Text size="sm" c="dimmed">{words.none}</Text> : (
        <div role="img" aria-label={words.chart(day(first.at), day(last.at), bytes(last.content_bytes), bytes(last.stored_bytes))}>
          <AreaChart
            h={170} aria-hidden data={points.map((point) => ({ ...point, at: day(point.at) }))} dataKey="at" curveType="monotone" withDots={false} withLegend
            legendProps={{ verticalAlign: "top", height: 28 }} valueFormatter={bytes} strokeWidth={1.8} fillOpacity={0.16} gridAxis="x" tickLine="none"
            series={[
              { name: "content_bytes", label: words.content, color: "var(--hf-blue)" },
              { name: "stored_bytes", label: words.stored, color: "var(--hf-green)" },
            ]}
            yAxisProps={{ width: 62 }} xAxisProps={{ minTickGap: 40 }} areaProps={{ isAnimationActive: false }} areaChartProps={{ accessibilityLayer: false }}
          />
        </div>
      )}
    </Section>
  );
}
