// Binaryen, as far as meter.ts needs it: loaded when the first guest is, since it takes a second
// and 90 MB. Its types leave out the accessors of expressions and two functions; they are here.
import type binaryen from "binaryen";

/** The accessors of expressions that have a list of parts. */
export interface ListParts {
  readonly numChildren: number;
  getChildAt(index: number): number;
  setChildAt(index: number, expression: number): void;
  readonly numOperands: number;
  getOperandAt(index: number): number;
  setOperandAt(index: number, expression: number): void;
  /** Of a call: a tail call. */
  isReturn(): boolean;
}

interface Untyped {
  _BinaryenFunctionAddVar(func: number, type: number): number;
  _BinaryenFunctionSetBody(func: number, body: number): void;
}

export type Binaryen = typeof binaryen & Untyped;

export async function loadBinaryen(): Promise<Binaryen> {
  return (await import("binaryen")).default as Binaryen;
}
