// What a dialog or a tray says while it fades.
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { newQueryClient } from "../queries";
import { ConfirmDialog } from "./ConfirmDialog";
import { SideDrawer } from "./SideDrawer";

// As pages do: what it is about is forgotten in the moment in which it closes.
function Dialog({ asked }: { asked: string | null }) {
  return <ConfirmDialog opened={asked !== null} onClose={() => undefined} title={asked === null ? "" : `Pause ${asked}?`} onConfirm={() => undefined}>{asked}</ConfirmDialog>;
}

function Tray({ asked }: { asked: string | null }) {
  return <SideDrawer opened={asked !== null} onClose={() => undefined} title={asked === null ? "" : `Pause ${asked}?`}>{asked}</SideDrawer>;
}

test.each([["a dialog", Dialog], ["a tray", Tray]])("%s_keeps_its_name_and_its_text_while_it_fades", async (_, Asks) => {
  const client = newQueryClient();
  const shown = (asked: string | null) => <MantineProvider><QueryClientProvider client={client}><Asks asked={asked} /></QueryClientProvider></MantineProvider>;
  const view = render(shown("Anna"));
  await screen.findByRole("dialog", { name: "Pause Anna?" });
  view.rerender(shown("Ben"));
  expect(screen.getByRole("dialog", { name: "Pause Ben?" })).toHaveTextContent("Ben");
  view.rerender(shown(null));
  expect(screen.getByRole("dialog", { name: "Pause Ben?" })).toHaveTextContent("Ben");
  expect(screen.getByText("Ben")).toBeInTheDocument();
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});
