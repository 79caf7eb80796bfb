// Every word of the window, by area, in the language that is spoken now. `en` is the pattern; `de` has to satisfy its type.
//
// A part may be kept when a file is loaded (`const words = S.app`): it says what the language of the moment says. A single
// string may not: it would stay in the language of the start.
import type { Language } from "../bindings";
import { language } from "../language";
import { german } from "./de";
import { english } from "./en";

export type Strings = typeof english;

/** The words of each language. */
export const DICTIONARIES: Readonly<Record<Language, Strings>> = { english, german };

export const S: Strings = live(() => DICTIONARIES[language()]);
export const { activity, alerts, connect, fix, home, updates, welcome } = S;

/** An object of the same shape, whose strings and functions are looked up when they are used. */
function live<T extends object>(now: () => T): T {
  const shape = {} as T;
  for (const key of Object.keys(now()) as (keyof T)[]) {
    const value = now()[key];
    const part = isPart(value) ? live(() => now()[key] as object) : null;
    Object.defineProperty(shape, key, { enumerable: true, get: () => part ?? now()[key] });
  }
  return shape;
}

function isPart(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
