// Which language the window speaks. The engine keeps the choice; words and numbers ask here, each time they are drawn.
import { useSyncExternalStore } from "react";
import type { Language } from "./bindings";

let spoken: Language = "english";
const heard = new Set<() => void>();

/** The tag of a language, for `lang` and for Intl. */
export const TAGS = { english: "en", german: "de" } as const satisfies Record<Language, string>;

/** The language that is spoken now. */
export function language(): Language {
  return spoken;
}

/** Speaks this language from now on. */
export function speak(next: Language) {
  document.documentElement.lang = TAGS[next];
  if (next === spoken) return;
  spoken = next;
  heard.forEach((tell) => tell());
}

function subscribe(listener: () => void) {
  heard.add(listener);
  return () => void heard.delete(listener);
}

/** The language that is spoken now; draws anew when it changes. */
export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, language);
}
