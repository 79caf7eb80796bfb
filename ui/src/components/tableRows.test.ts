// Sorting and searching of rows.
import { expect, test } from "vitest";
import { leastWidth, searched, searchText, sorted } from "./tableRows";

const rows = [{ name: "Zoë" }, { name: "ängström" }, { name: null }, { name: "Bo" }, { name: "Ada" }];
const names = (list: readonly { name: string | null }[]) => list.map((it) => it.name);

test("accents_and_case_do_not_part_what_belongs_together_and_nothing_comes_last_either_way", () => {
  expect(names(sorted(rows, (it) => it.name, false))).toEqual(["Ada", "ängström", "Bo", "Zoë", null]);
  expect(names(sorted(rows, (it) => it.name, true))).toEqual(["Zoë", "Bo", "ängström", "Ada", null]);
});

test("numbers_are_sorted_by_size_and_equal_rows_stay_in_order", () => {
  const sizes = [{ n: 10, id: "a" }, { n: 9, id: "b" }, { n: 10, id: "c" }];
  expect(sorted(sizes, (it) => it.n, false).map((it) => it.id)).toEqual(["b", "a", "c"]);
});

test("a_search_takes_all_its_words_in_any_order", () => {
  const people = [{ name: "Chloé Costa" }, { name: "Costa Rica" }];
  const text = searchText((it: { name: string }) => it.name);
  expect(searched(people, text, "costa chloe")).toEqual([people[0]]);
  expect(searched(people, text, "  ")).toEqual(people);
});

test("a_row_is_as_wide_as_the_least_of_its_columns", () => {
  expect(leastWidth("36px minmax(120px, 1fr) minmax(180px,1.4fr) 90px")).toBe(36 + 120 + 180 + 90 + 8);
  expect(leastWidth("1fr")).toBe(8);
});
