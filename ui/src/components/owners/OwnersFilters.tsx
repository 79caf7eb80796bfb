// The filters of a list of owners. Each adds to the others.
import { Chip, Select, Tooltip } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Account, BackupStatus, OwnersFilter, Protection } from "../../bindings";
import { queries } from "../../queries";
import { S } from "../../strings";

const words = S.owners.filters;
const choices = (labels: Record<string, string>) => Object.entries(labels).map(([value, label]) => ({ value, label }));

type Props = { filter: OwnersFilter; onChange: (change: Partial<OwnersFilter>) => void; withProtection?: boolean };

export function OwnersFilters({ filter, onChange, withProtection = false }: Props) {
  const domains = useQuery(queries.domains()).data ?? [];
  return (
    <>
      {domains.length > 1 && (
        <Select
          size="xs" w={150} clearable aria-label={words.domain} placeholder={words.anyDomain} value={filter.connection === null ? null : String(filter.connection)}
          data={domains.map((it) => ({ value: String(it.connection), label: it.domain }))} onChange={(value) => onChange({ connection: value === null ? null : Number(value) })}
        />
      )}
      <Select
        size="xs" w={124} clearable aria-label={words.account} placeholder={words.anyAccount} value={filter.account} data={choices(S.owners.accounts)}
        onChange={(value) => onChange({ account: value as Account | null })}
      />
      {withProtection && (
        <Select
          size="xs" w={136} clearable aria-label={words.protection} placeholder={words.anyProtection} value={filter.protection} data={choices(S.owners.protections)}
          onChange={(value) => onChange({ protection: value as Protection | null })}
        />
      )}
      <Select
        size="xs" w={158} clearable aria-label={words.status} placeholder={words.anyStatus} value={filter.status} data={choices(S.owners.statuses)}
        onChange={(value) => onChange({ status: value as BackupStatus | null })}
      />
      <Tooltip label={words.leftHint}>
        <div><Chip size="xs" checked={filter.left} onChange={(left) => onChange({ left })}>{words.left}</Chip></div>
      </Tooltip>
    </>
  );
}
