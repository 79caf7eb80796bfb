// Arrow keys in a table of which only the rows in view are in the document.
import type { Virtualizer } from "@tanstack/react-virtual";
import type { KeyboardEvent } from "react";

/** Moves the focus one row up or down, to the first thing in it that takes focus. */
export function moveByArrow(event: KeyboardEvent<HTMLDivElement>, count: number, virtual: Pick<Virtualizer<HTMLDivElement, Element>, "scrollToIndex">) {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const from = (event.target as HTMLElement).closest<HTMLElement>("[data-index]");
  if (from === null) return;
  const to = Number(from.dataset["index"]) + (event.key === "ArrowDown" ? 1 : -1);
  if (to < 0 || to >= count) return;
  event.preventDefault();
  const box = event.currentTarget;
  virtual.scrollToIndex(to);
  // The row may only enter the document with the scroll.
  requestAnimationFrame(() => box.querySelector<HTMLElement>(`[data-index="${to}"] :is(input, button, a)`)?.focus());
}
