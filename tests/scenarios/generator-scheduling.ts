// Giving way and competing for turns, by generator processes. They give way when their slice is
// used up, so they use it up.
import { Down, receive } from "../../host/runtime/index.ts";
import type { Operation, Process, Ref } from "../../host/runtime/index.ts";
import type { Workers } from "./scenario.ts";
import { sharesText } from "./shares.ts";

/** So many operations are a slice. */
const SLICE_OPERATIONS = 40;

/** Lets all others have their turn once. */
export function* giveWay(): Operation<void> {
  for (let n = 0; n < SLICE_OPERATIONS; n++) yield* receive(() => false, 0);
}

/** Spawns workers that give way until all together have had so many turns: their shares. */
export function* compete(
  self: Process, workers: readonly Workers[], turns: number,
): Operation<string> {
  let total = 0;
  const refs: Ref[] = [];
  const teams = workers.map(({ priority, count }) => {
    const team = { priority, turns: Array.from({ length: count }, () => 0) };
    for (let worker = 0; worker < count; worker++) {
      const { ref } = self.spawnOpt({ priority, monitor: {} }, function* () {
        while (++total <= turns) {
          team.turns[worker]! += 1;
          yield* giveWay();
        }
      });
      refs.push(ref);
    }
    return team;
  });
  for (const ref of refs) {
    yield* receive((one: unknown) => one instanceof Down && one.ref === ref);
  }
  return sharesText(teams);
}
