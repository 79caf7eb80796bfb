// User Sync of the ticked accounts, one after the other. One that would mark most people deleted waits for an answer.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, asUserError } from "../../api";
import type { UserError } from "../../bindings";
import { keys } from "../../keys";

const ASKS_FIRST = "directory.mass_deletion";

export function useUserSync() {
  const client = useQueryClient();
  const [running, setRunning] = useState<ReadonlySet<number>>(new Set());
  const [failed, setFailed] = useState<ReadonlyMap<number, UserError>>(new Map());
  const [asking, setAsking] = useState<{ connection: number; error: UserError } | null>(null);

  async function sync(connection: number, accept: boolean) {
    setFailed((was) => without(was, connection));
    setRunning((was) => new Set(was).add(connection));
    try {
      client.setQueryData(keys.domains(), await api.sync(connection, "users", accept));
    } catch (raw) {
      const error = asUserError(raw);
      if (error.code === ASKS_FIRST && !accept) setAsking({ connection, error });
      else setFailed((was) => new Map(was).set(connection, error));
    }
    await Promise.all([keys.clouds(), keys.directory(connection)].map((queryKey) => client.invalidateQueries({ queryKey })));
    setRunning((was) => {
      const next = new Set(was);
      next.delete(connection);
      return next;
    });
  }

  return {
    running,
    failed,
    /** Why the last one waits for an answer. */
    asks: asking?.error ?? null,
    begin: async (connections: readonly number[]) => {
      for (const connection of connections) await sync(connection, false);
    },
    accept: async () => {
      if (asking !== null) await sync(asking.connection, true);
    },
    refuse: () => setAsking(null),
  };
}

function without<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  const next = new Map(map);
  next.delete(key);
  return next;
}
