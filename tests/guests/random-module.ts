// Random programs that end: for comparing a module with and without its meter.

/** A number below a bound. */
type Random = (below: number) => number;

const operators = ["add", "sub", "mul", "and", "or", "xor", "shl", "shr_u", "rotl", "eq", "lt_s",
  "div_s"];
const FUNCTIONS = 6;

/** A module whose functions f0 … f5 (i32, i32) → i32 call those before them, return early, loop. */
export function randomModule(random: Random): string {
  const functions = Array.from({ length: FUNCTIONS }, (_, index) => randomFunction(random, index));
  return `(module (memory (export "memory") 1) (table funcref (elem $f0 $f1))
    (type $f (func (param i32 i32) (result i32)))
    (func $pair (param i32) (result i32 i32) (local.get 0) (i32.const 7)
      (if (param i32 i32) (result i32 i32) (i32.and (local.get 0) (i32.const 1))
        (then (return)) (else)))
    ${functions.join("\n")})`;
}

function randomFunction(random: Random, index: number): string {
  const at = (depth: number): string => expression(random, index, depth);
  const statements = Array.from({ length: 1 + random(4) }, () => statement(random, index, 3));
  return `(func $f${index} (export "f${index}") (param i32 i32) (result i32) (local i32 i32)
    ${statements.join("\n")} ${at(3)})`;
}

/** Operands 0 and 1, a free local 2, and 3 for the count of a loop. */
function statement(random: Random, index: number, depth: number): string {
  const at = () => expression(random, index, depth - 1);
  const inner = () => depth > 0 ? statement(random, index, depth - 1) : "";
  switch (random(9)) {
    case 0: return `(if ${at()} (then ${inner()} (return ${at()})) (else ${inner()}))`;
    case 1: return `(block $b (br_if $b ${at()}) ${inner()})`;
    case 2: return `(local.set 3 (i32.const ${1 + random(9)}))
      (loop $l (local.set 2 ${at()})
        (br_if $l (local.tee 3 (i32.sub (local.get 3) (i32.const 1)))))`;
    case 3: return `(i32.store (i32.and ${at()} (i32.const 1020)) ${at()})`;
    case 4: return `(memory.fill (i32.const ${random(512)}) ${at()} (i32.const ${random(512)}))`;
    case 5: return `(memory.copy (i32.const ${random(512)}) (i32.const ${random(512)})
      (i32.const ${random(512)}))`;
    case 6: return `(block $a (block $b (block $c
      (br_table $a $b $c (i32.rem_u ${at()} (i32.const 4)))) ${inner()}) ${inner()})`;
    case 7: return `(local.set 0 (i32.add (call $pair ${at()})))`;
    default: return `(local.set ${random(3)} ${at()})`;
  }
}

function expression(random: Random, index: number, depth: number): string {
  const at = () => expression(random, index, depth - 1);
  if (depth <= 0) {
    return random(2) === 0 ? `(local.get ${random(3)})` : `(i32.const ${random(1000) - 500})`;
  }
  switch (random(8)) {
    case 0: return `(if (result i32) ${at()} (then ${at()}) (else ${at()}))`;
    case 1: return `(select ${at()} ${at()} ${at()})`;
    case 2: return `(i32.load (i32.and ${at()} (i32.const 1020)))`;
    case 3: return `(block (result i32) (drop (br_if 0 ${at()} ${at()})) ${at()})`;
    case 4: return index === 0 ? at() : `(call $f${random(index)} ${at()} ${at()})`;
    case 5: return index < 2 ? at()
      : `(call_indirect (type $f) ${at()} ${at()} (i32.and ${at()} (i32.const 1)))`;
    case 6: return `(block (result i32) (if ${at()} (then (return ${at()}))) ${at()})`;
    default: return `(i32.${operators[random(operators.length)]} ${at()} ${at()})`;
  }
}
