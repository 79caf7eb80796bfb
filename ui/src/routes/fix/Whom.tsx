// For whom the checks are made: a user by address, or everyone.
import { Autocomplete, Button, Group } from "@mantine/core";
import { useQueries, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { queries } from "../../queries";
import { fix as words } from "../../strings";

/** Suggestions at once; typing narrows them. */
const MOST_SHOWN = 20;

export function Whom({ user, onChoose }: { user: string | null; onChoose: (user: string | null) => void }) {
  const [typed, setTyped] = useState(user ?? "");
  const connections = useQuery(queries.connections());
  const people = useQueries({ queries: (connections.data ?? []).map(({ id }) => queries.users(id)) });
  const known = [...new Set(people.flatMap(({ data }) => data?.map((it) => it.address) ?? []))];
  const choose = (address: string) => onChoose(address.trim() === "" ? null : address.trim());
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        choose(typed);
      }}
    >
      <Group align="flex-end" gap="xs">
        <Autocomplete
          label={words.whom} description={words.whomHint} placeholder={words.whomPlaceholder} data={known} limit={MOST_SHOWN} value={typed}
          onChange={setTyped} onOptionSubmit={choose} flex={1} maw={460}
        />
        <Button type="submit" variant="default">{words.check}</Button>
        {user !== null && <Button variant="subtle" onClick={() => onChoose(null)}>{words.everyone}</Button>}
      </Group>
    </form>
  );
}
