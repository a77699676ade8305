// How the turns of competing processes read in a trace: fairness and shares, within the tolerances
// of OTP's scheduler_SUITE and process_SUITE.
import type { Priority } from "./scenario.ts";

/** The turns of the workers of one priority. */
export interface Team {
  readonly priority: Priority;
  readonly turns: readonly number[];
}

/** Nobody has fewer than half of his share; low has between 1/16 and 1/4 of what normal has. */
export function sharesText(teams: readonly Team[]): string {
  const each = teams.map(({ priority, turns }) => `${priority} ${evenness(turns)}`);
  const average = (priority: Priority) => {
    return averageOf(teams.find((team) => team.priority === priority)?.turns ?? []);
  };
  const [low, normal] = [average("low"), average("normal")];
  if (low > 0 && normal > 0) {
    const ratio = low / normal;
    const isFair = ratio > 1 / 16 && ratio < 1 / 4;
    each.push(isFair ? "low 1/16 to 1/4 of normal" : `low ${ratio.toFixed(3)} of normal`);
  }
  return each.join(", ");
}

function evenness(turns: readonly number[]): string {
  const average = averageOf(turns);
  if (average === 0) return "none";
  const least = Math.min(...turns);
  return least >= average / 2 ? "even" : `${least} of ${average.toFixed(1)}`;
}

function averageOf(turns: readonly number[]): number {
  return turns.length === 0 ? 0 : turns.reduce((sum, one) => sum + one, 0) / turns.length;
}
