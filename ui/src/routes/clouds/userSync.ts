// User Sync of the ticked accounts, one after the other. Each that would mark most people deleted waits for an answer of its
// own.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, asUserError } from "../../api";
import type { UserError } from "../../bindings";
import { useKeepAnswer } from "../../keepAnswer";
import { keys } from "../../keys";

const ASKS_FIRST = "directory.mass_deletion";

type Question = { connection: number; error: UserError };

export function useUserSync() {
  const keep = useKeepAnswer();
  const client = useQueryClient();
  const [running, setRunning] = useState<ReadonlySet<number>>(new Set());
  const [failed, setFailed] = useState<ReadonlyMap<number, UserError>>(new Map());
  const [asking, setAsking] = useState<readonly Question[]>([]);

  async function sync(connection: number, accept: boolean) {
    setFailed((was) => without(was, connection));
    setRunning((was) => new Set(was).add(connection));
    try {
      await keep(keys.domains(), await api.sync(connection, "users", accept));
    } catch (raw) {
      const error = asUserError(raw);
      if (error.code === ASKS_FIRST && !accept) setAsking((was) => [...was, { connection, error }]);
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
    /** The first that waits for an answer. */
    asks: asking[0] ?? null,
    begin: async (connections: readonly number[]) => {
      for (const connection of connections) await sync(connection, false);
    },
    accept: async () => {
      if (asking[0] !== undefined) await sync(asking[0].connection, true);
    },
    /** It was answered, or is left as it is. */
    answered: () => setAsking((was) => was.slice(1)),
  };
}

function without<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  const next = new Map(map);
  next.delete(key);
  return next;
}
