// Hears one kind of the engine's events, for what is no query: the progress of a step that someone is waiting for.
import { useEffect, useEffectEvent } from "react";
import { onAppEvent } from "../../api";
import type { AppEvent } from "../../bindings";

type Named<Name extends AppEvent["event"]> = Extract<AppEvent, { event: Name }>;

export function useAppEvent<Name extends AppEvent["event"]>(name: Name, heard: (event: Named<Name>) => void) {
  const tell = useEffectEvent(heard);
  // The engine's events come from outside React.
  useEffect(() => onAppEvent((event) => event.event === name && tell(event as Named<Name>)), [name]);
}
