// Which rows of a table are made anew: only those of which something changed, so that ten thousand follow the typing.
import { MantineProvider } from "@mantine/core";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useMemo, useState } from "react";
import { beforeEach, expect, test } from "vitest";
import { S } from "../strings";
import { type Column, DataTable } from "./DataTable";

type Person = { name: string };

const PEOPLE: readonly Person[] = Array.from({ length: 10_000 }, (_, n) => ({ name: `user ${String(n).padStart(4, "0")}${n % 2 === 0 ? " even" : ""}` }));
const NOUN: [string, string] = ["user", "users"];
const BY_NAME = { column: "name", descending: false };
const nameOf = (it: Person) => it.name;
const anybody = () => true;

const drawn = new Map<string, number>();
const COLUMNS: readonly Column<Person>[] = [
  {
    id: "name", title: "Name", width: "1fr", by: nameOf,
    render: (it) => {
      drawn.set(it.name, (drawn.get(it.name) ?? 0) + 1);
      return it.name;
    },
  },
];

function People() {
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
  const selection = useMemo(() => ({ keys, onChange: setKeys, canSelect: anybody, name: nameOf }), [keys]);
  return (
    <MantineProvider>
      <DataTable label="People" noun={NOUN} rows={PEOPLE} rowKey={nameOf} columns={COLUMNS} sort={BY_NAME} searchIn={nameOf} searchLabel="Search" selection={selection} empty={null} />
    </MantineProvider>
  );
}

const table = () => within(screen.getByRole("table", { name: "People" }));

beforeEach(() => drawn.clear());

test("a_letter_that_changes_nothing_in_the_list_makes_no_row_anew", async () => {
  render(<People />);
  expect(table().getByText("user 0000 even")).toBeInTheDocument();
  drawn.clear();
  await userEvent.type(screen.getByLabelText("Search"), "user");
  expect(screen.getByLabelText("Search")).toHaveValue("user");
  expect(drawn.size).toBe(0);
});

test("what_a_search_leaves_in_the_list_is_not_made_anew", async () => {
  render(<People />);
  drawn.clear();
  await userEvent.type(screen.getByLabelText("Search"), "even");
  expect(screen.getByText("5,000 of 10,000 users")).toBeInTheDocument();
  expect(table().queryByText("user 0001")).toBeNull();
  // The list is shorter, so that rows which were there stand higher; nobody else's row is made twice.
  expect(Math.max(...drawn.values())).toBe(1);
});

test("a_tick_makes_its_own_row_anew_and_no_other", async () => {
  render(<People />);
  drawn.clear();
  await userEvent.click(screen.getByRole("checkbox", { name: /user 0003/ }));
  expect([...drawn.keys()]).toEqual(["user 0003"]);
  await userEvent.click(screen.getByRole("checkbox", { name: /all/i }));
  expect(screen.getByText(S.common.table.ticked(10_000))).toBeInTheDocument();
});

test("of_two_titles_of_a_column_the_one_that_it_is_sorted_by_is_told", async () => {
  const columns: readonly Column<Person>[] = [{ ...COLUMNS[0] as Column<Person>, also: { id: "length", title: "Length", by: (it) => it.name.length } }];
  render(
    <MantineProvider>
      <DataTable label="People" noun={NOUN} rows={PEOPLE} rowKey={nameOf} columns={columns} sort={BY_NAME} searchIn={nameOf} searchLabel="Search" empty={null} />
    </MantineProvider>,
  );
  const pressed = () => ["Name", "Length"].map((name) => screen.getByRole("button", { name }).getAttribute("aria-pressed"));
  expect(pressed()).toEqual(["true", "false"]);
  await userEvent.click(screen.getByRole("button", { name: "Length" }));
  expect(pressed()).toEqual(["false", "true"]);
  expect(screen.getByRole("columnheader")).toHaveAttribute("aria-sort", "ascending");
});

test("select_all_takes_what_the_search_lists_and_leaves_other_ticks", async () => {
  render(<People />);
  await userEvent.click(screen.getByRole("checkbox", { name: /user 0003/ }));
  await userEvent.type(screen.getByLabelText("Search"), "even");
  await userEvent.click(screen.getByRole("checkbox", { name: S.common.table.selectAll(5_000) }));
  expect(screen.getByText(S.common.table.ticked(5_001))).toBeInTheDocument();
  await userEvent.click(screen.getByRole("checkbox", { name: S.common.table.selectAll(5_000) }));
  expect(screen.getByText(S.common.table.ticked(1))).toBeInTheDocument();
});
