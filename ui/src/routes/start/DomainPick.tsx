// The Cloud and Domain drop-downs: the second lists the Domains of the first.
import { Select } from "@mantine/core";
import type { CloudKind, DomainView } from "../../bindings";
import { S } from "../../strings";

type Props = { domains: readonly DomainView[]; domain: DomainView; onPick: (connection: number) => void };

export function DomainPick({ domains, domain, onPick }: Props) {
  const clouds = new Map<CloudKind, string>(domains.map((it) => [it.cloud, it.cloud_name]));
  return (
    <>
      <Select
        size="xs" w={{ base: 148, md: 158 }} aria-label={S.start.cloud} data={[...clouds].map(([value, label]) => ({ value, label }))} value={domain.cloud} allowDeselect={false} rightSectionWidth={26}
        onChange={(cloud) => {
          const first = domains.find((it) => it.cloud === cloud);
          if (first && first.cloud !== domain.cloud) onPick(first.connection);
        }}
      />
      <Select
        size="xs" w={{ base: 126, md: 158 }} aria-label={S.start.domain} value={String(domain.connection)} allowDeselect={false} rightSectionWidth={26}
        data={domains.filter((it) => it.cloud === domain.cloud).map((it) => ({ value: String(it.connection), label: it.domain }))}
        onChange={(connection) => connection !== null && onPick(Number(connection))}
      />
    </>
  );
}
