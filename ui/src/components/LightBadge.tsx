// A state as the engine derived it: icon, colour and sentence together, so that colour never carries meaning alone.
import { Group, Text } from "@mantine/core";
import {
  IconAlertTriangle, IconArchive, IconCircleCheck, IconCircleDashed, IconCircleX, IconClock, IconClockPause, IconPlayerPause,
  IconPlugConnectedX, IconProgress, IconRefresh, IconUserOff, type Icon,
} from "@tabler/icons-react";
import type { Light } from "../bindings";

const ICONS: Record<Light["state"], Icon> = {
  protected: IconCircleCheck,
  first_copy: IconProgress,
  running: IconRefresh,
  stale: IconClock,
  partial: IconAlertTriangle,
  failed: IconCircleX,
  paused: IconPlayerPause,
  waiting: IconClockPause,
  unprotected: IconCircleDashed,
  excluded: IconCircleDashed,
  retained: IconArchive,
  account_suspended: IconUserOff,
  account_deleted: IconUserOff,
  not_connected: IconPlugConnectedX,
};

/** Where rows are high enough, a long sentence takes two lines before it is cut. */
type Props = { light: Light; twoLines?: boolean };

export function LightBadge({ light, twoLines = false }: Props) {
  const Icon = ICONS[light.state];
  return (
    <Group gap={6} wrap="nowrap" miw={0} className={`hf-${light.color}`} data-light={light.color}>
      <Icon size={16} stroke={1.8} aria-hidden style={{ flexShrink: 0 }} />
      {twoLines ? <Text size="xs" lh={1.3} lineClamp={2} className="hf-two-lines" title={light.sentence}>{light.sentence}</Text>
        : <Text span size="sm" truncate title={light.sentence}>{light.sentence}</Text>}
    </Group>
  );
}
