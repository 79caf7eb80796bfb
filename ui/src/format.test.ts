// Numbers, sizes and times as they are written.
import { expect, test } from "vitest";
import { ago, bytes, counted, duration, durationRange } from "./format";

test.each([[0, "0 B"], [999, "999 B"], [1000, "1.0 kB"], [999_600, "1.0 MB"], [1_450_000_000, "1.4 GB"], [155_000_000_000, "155 GB"], [2e12, "2.0 TB"]])("%d bytes read %s", (value, text) => {
  expect(bytes(value)).toBe(text);
});

test.each([[45, "45 s"], [600, "10 min"], [12_000, "3 h 20 min"], [36_000, "10 h"], [200_000, "2 days"]])("%d seconds read %s", (value, text) => {
  expect(duration(value)).toBe(text);
});

test("a_range_whose_ends_read_the_same_is_one_value", () => {
  expect(durationRange(600, 610)).toBe("10 min");
  expect(durationRange(600, 3600)).toBe("10 min to 1 h");
});

test("times_are_told_from_now_both_ways_and_one_is_not_many", () => {
  const now = Date.parse("2026-03-14T12:00:00Z");
  expect(ago("2026-03-14T11:59:40Z", now)).toBe("just now");
  expect(ago("2026-03-10T12:00:00Z", now)).toBe("4 days ago");
  expect(ago("2026-03-14T12:20:00Z", now)).toBe("in 20 min");
  expect(counted(1, "user", "users")).toBe("1 user");
  expect(counted(10_000, "user", "users")).toBe("10,000 users");
});
