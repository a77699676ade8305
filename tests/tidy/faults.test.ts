// That every fault of tests/mutations still has its place in the kernel's source, and its test: the
// check of the faults themselves is too long for every change.
import t from "tap";
import { laterMutations } from "../mutations/second-abi.ts";
import { mutations } from "../mutations/table.ts";
import { readText } from "./sources.ts";

const all = [...mutations, ...laterMutations];

t.test("each seeded fault replaces a text that is there once", (t) => {
  const places = all.map(({ file, text, breaks }) => {
    return { breaks, times: readText(`assembly/${file}`).split(text).length - 1 };
  });
  t.same(places.filter(({ times }) => times !== 1), []);
  t.equal(new Set(all.map(({ file, breaks }) => `${file} ${breaks}`)).size, all.length);
  t.end();
});

t.test("each seeded fault names a test that there is", (t) => {
  // Some titles are put together: what nobody takes is released once where …
  const lost = all.filter(({ caughtBy, title }) => {
    const text = readText(`${caughtBy}.test.ts`);
    return !title.split(" where ").every((part) => text.includes(part));
  });
  t.same(lost.map(({ breaks }) => breaks), []);
  t.end();
});
