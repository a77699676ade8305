// The register of connections: places, and visits spread evenly over the time of a round.
import t, { type Test } from "tap";
import { KeepAlive, type Watched } from "../../host/server/keep-alive.ts";

class Fake implements Watched {
  place = -1;
  visits = 0;
  destroyed = false;

  checkSilence(): void {
    this.visits += 1;
  }

  destroy(): void {
    this.destroyed = true;
  }
}

/** Slices of a round, as KeepAlive makes them. */
const SLICES = 25;

function register(t: Pick<Test, "teardown">, count: number) {
  // A round takes so long that only the test makes visits.
  const keepAlive = new KeepAlive(1e8);
  t.teardown(() => keepAlive.stop());
  const fakes = Array.from({ length: count }, () => new Fake());
  for (const fake of fakes) keepAlive.add(fake);
  return { keepAlive, fakes };
}

for (const count of [1, 3, 24, 25, 26, 1000]) {
  t.test(`${count} connections are visited once a round each`, async (t) => {
    const { keepAlive, fakes } = register(t, count);
    for (let slice = 0; slice < SLICES * 4; slice += 1) keepAlive.visitSlice();
    const visits = fakes.map((fake) => fake.visits);
    t.ok(visits.every((number) => number >= 3 && number <= 4), visits.join(" "));
  });
}

t.test("no slice does much more than its share", async (t) => {
  const { keepAlive, fakes } = register(t, 1000);
  for (let slice = 0; slice < SLICES; slice += 1) {
    const before = fakes.reduce((sum, fake) => sum + fake.visits, 0);
    keepAlive.visitSlice();
    t.ok(fakes.reduce((sum, fake) => sum + fake.visits, 0) - before <= 41);
  }
});

t.test("a removed connection isn't visited, and leaves no gap", async (t) => {
  const { keepAlive, fakes } = register(t, 10);
  const gone = [fakes[0], fakes[9], fakes[4]].filter((fake) => fake !== undefined);
  for (const fake of gone) keepAlive.remove(fake);
  for (const fake of gone) keepAlive.remove(fake);
  t.equal(keepAlive.size, 7);
  for (let slice = 0; slice < SLICES * 2; slice += 1) keepAlive.visitSlice();
  t.ok(gone.every((fake) => fake.visits === 0 && fake.place === -1));
  t.ok(fakes.filter((fake) => !gone.includes(fake)).every((fake) => fake.visits >= 1));
  keepAlive.destroyAll();
  t.equal(fakes.filter((fake) => fake.destroyed).length, 7);
});
