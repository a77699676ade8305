// The meter: rewrites a guest's module so that it can't run, recurse or grow beyond its limits.
//
//   function entry   fuel -= instructions up to the first loops; stack -= the frame; < 0: trap
//   loop header      fuel -= instructions of the body without inner loops;           < 0: trap
//   function exit    stack += the frame (not in leaf functions, whose frame is small)
//   import           fuel -= 1,000: what the host does for it
//   memory.fill …    fuel -= length / 8
//   memory.grow      answers -1 beyond the limit
//
// Both arms of an `if` are paid for, so fuel bounds what runs from above. The stack is reckoned,
// not left to the engine: a guest that stood at the end of the real one could make the *kernel*,
// which its imports call, run out of it. Unknown instructions are refused: none goes uncounted.
import { exportSignatures, IMPORT_MODULE, signatureOf } from "./abi.ts";
import type { Signature } from "./abi.ts";
import { GuestRefusal } from "./refusal.ts";
import type { Binaryen, ListParts } from "./binaryen.ts";
import type { GuestLimits } from "./limits.ts";

const IMPORT_FUEL = 1_000;
/** What a frame takes beside its values: return address, frame pointer, instance. */
const FRAME_BYTES = 64;
/** A leaf function with a smaller frame needs no reckoning: there is only one at a time. */
const LEAF_BYTES = 4_096;
/** Expressions inside each other: binaryen, which recurses, must not run out of stack itself. */
const NESTING_MAX = 2_000;
const EXIT = "pidgeon exit";
const FUEL = "pidgeon fuel";
const STACK = "pidgeon stack";
const CHARGE = "pidgeon charge";
const GROW = "pidgeon grow";

/** The parts of each expression in the order of evaluation. What is not here is refused. */
const partNames: Readonly<Record<string, readonly string[]>> = {
  If: ["condition", "ifTrue", "ifFalse"], Loop: ["body"], Break: ["value", "condition"],
  Switch: ["value", "condition"], LocalGet: [], LocalSet: ["value"], GlobalGet: [],
  GlobalSet: ["value"], Load: ["ptr"], Store: ["ptr", "value"], Const: [], Unary: ["value"],
  Binary: ["left", "right"], Select: ["ifTrue", "ifFalse", "condition"], Drop: ["value"],
  Return: ["value"], MemorySize: [], MemoryGrow: ["delta"],
  MemoryInit: ["dest", "offset", "size"], MemoryCopy: ["dest", "source", "size"],
  MemoryFill: ["dest", "value", "size"], DataDrop: [], Nop: [], Unreachable: [],
  RefNull: [], RefIsNull: ["value"], RefFunc: [], TableGet: ["index"],
  TableSet: ["index", "value"], TableSize: [], TupleExtract: ["tuple"],
  SIMDExtract: ["vec"], SIMDReplace: ["vec", "value"], SIMDShuffle: ["left", "right"],
  SIMDTernary: ["a", "b", "c"], SIMDShift: ["vec", "shift"], SIMDLoad: ["ptr"],
  SIMDLoadStoreLane: ["ptr", "vec"],
  Block: [], Call: [], CallIndirect: ["target"], TupleMake: [],
};

/** The module with its meter, and the names of the exports by which the host reads it. */
export interface Metered {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly names: MeterNames;
}

export interface MeterNames {
  /** `(fuel: i32) → ()`: fills the fuel and empties the stack. */
  readonly refuel: string;
  /** `() → i32`: below 0 after the fuel has run out. */
  readonly fuel: string;
  /** `() → i32`: below 0 after the stack has overflowed. */
  readonly stack: string;
}

/** Rewrites a module that the engine has validated. Throws GuestRefusal. */
export function meter(binaryen: Binaryen, bytes: Uint8Array, limits: GuestLimits): Metered {
  const { Features } = binaryen;
  const features = Features.MutableGlobals | Features.NontrappingFPToInt | Features.SIMD128 |
    Features.BulkMemory | Features.SignExt | Features.ReferenceTypes | Features.Multivalue |
    Features.ExtendedConst | Features.BulkMemoryOpt | Features.CallIndirectOverlong;
  let module: BinaryenModule | undefined;
  try {
    module = binaryen.readBinaryWithFeatures(bytes, features);
    module.setFeatures(features);
    return new Meter(binaryen, module, limits).rewrite();
  } catch (error) {
    if (error instanceof GuestRefusal) throw error;
    // Binaryen throws objects of its own.
    const { message } = error as { message?: unknown };
    throw new GuestRefusal(`binaryen refuses it (${String(message ?? error)})`);
  } finally {
    module?.dispose();
  }
}

type BinaryenModule = InstanceType<Binaryen["Module"]>;
type Node = ListParts & Record<string, number>;
type Wrappers = Readonly<Record<string, ((expression: number) => Node) | undefined>>;
type FunctionInfo = ReturnType<Binaryen["getFunctionInfo"]>;

class Meter {
  readonly #binaryen: Binaryen;
  readonly #module: BinaryenModule;
  readonly #limits: GuestLimits;
  /** Kinds of expressions by id. */
  readonly #kinds = new Map<number, string>();
  /** Of the function at hand: instructions since its entry or the last loop header. */
  #cost = 0;
  #calls = false;
  /** It has values of 128 bits. */
  #isWide = false;
  #nesting = 0;
  /** Of the expression visited last: the values that it keeps at once, at most. */
  #height = 0;

  constructor(binaryen: Binaryen, module: BinaryenModule, limits: GuestLimits) {
    this.#binaryen = binaryen;
    this.#module = module;
    this.#limits = limits;
    for (const kind of Object.keys(partNames)) {
      this.#kinds.set((binaryen as unknown as Node)[`${kind}Id`] as number, kind);
    }
  }

  rewrite(): Metered {
    const { i32, none } = this.#binaryen;
    const module = this.#module;
    this.#checkMemory();
    const functions: number[] = [];
    for (let index = 0; index < module.getNumFunctions(); index++) {
      functions.push(module.getFunctionByIndex(index));
    }
    const infos = functions.map((one) => this.#binaryen.getFunctionInfo(one));
    this.#checkExports(infos);
    infos.forEach((info, index) => {
      if (!info.base) this.#rewriteFunction(functions[index] as number, info);
    });
    for (const info of infos) if (info.base) this.#wrapImport(info);
    module.addGlobal(FUEL, i32, true, module.i32.const(this.#limits.fuel));
    module.addGlobal(STACK, i32, true, module.i32.const(this.#limits.stackBytes));
    this.#addHelpers();
    const names = {
      refuel: this.#freeName("pidgeon_refuel"),
      fuel: this.#freeName("pidgeon_fuel"),
      stack: this.#freeName("pidgeon_stack"),
    };
    const refuel = module.block(null, [
      module.global.set(FUEL, module.local.get(0, i32)),
      module.global.set(STACK, module.i32.const(this.#limits.stackBytes)),
    ]);
    module.addFunction("pidgeon refuel", i32, none, [], refuel);
    module.addFunction("pidgeon fuel left", none, i32, [], module.global.get(FUEL, i32));
    module.addFunction("pidgeon stack left", none, i32, [], module.global.get(STACK, i32));
    module.addFunctionExport("pidgeon refuel", names.refuel);
    module.addFunctionExport("pidgeon fuel left", names.fuel);
    module.addFunctionExport("pidgeon stack left", names.stack);
    this.#binaryen.setDebugInfo(true);
    return { bytes: module.emitBinary() as Uint8Array<ArrayBuffer>, names };
  }

  #addHelpers(): void {
    const { i32 } = this.#binaryen;
    const module = this.#module;
    const argument = module.local.get(0, i32);
    const eighth = module.i32.shr_u(argument, module.i32.const(3));
    const spend = module.global.set(FUEL, module.i32.sub(module.global.get(FUEL, i32), eighth));
    const isOver = module.i32.lt_s(module.global.get(FUEL, i32), module.i32.const(0));
    module.addFunction(CHARGE, i32, i32, [], module.block(null, [
      spend, module.if(isOver, module.unreachable()), module.local.get(0, i32),
    ], i32));
    // Not `size + delta`, which could wrap around.
    const room = module.i32.sub(module.i32.const(this.#limits.memoryPages), module.memory.size());
    module.addFunction(GROW, i32, i32, [], module.if(
      module.i32.gt_u(module.local.get(0, i32), room),
      module.i32.const(-1), module.memory.grow(module.local.get(0, i32))));
  }

  #checkMemory(): void {
    const { memoryPages, tableElements } = this.#limits;
    const module = this.#module;
    const memory = module.getMemoryInfo();
    if (memory.shared || memory.is64) {
      throw new GuestRefusal("its memory is shared or 64 bits wide");
    }
    if (memory.initial > memoryPages) {
      throw new GuestRefusal(
        `its memory begins with ${memory.initial} pages, the limit memoryPages is ${memoryPages}`);
    }
    let elements = 0;
    for (let index = 0; index < module.getNumTables(); index++) {
      elements += this.#binaryen.getTableInfo(module.getTableByIndex(index)).initial;
    }
    if (elements > tableElements) {
      throw new GuestRefusal(
        `its tables have ${elements} elements, the limit tableElements is ${tableElements}`);
    }
  }

  #checkExports(infos: readonly FunctionInfo[]): void {
    const byName = new Map(infos.map((info) => [info.name, info]));
    for (const [name, signature] of Object.entries(exportSignatures)) {
      const { value } = this.#binaryen.getExportInfo(this.#module.getExport(name));
      const { params, results } = byName.get(value) as FunctionInfo;
      this.#checkSignature(`export ${name}`, params, results, signature);
    }
  }

  #checkSignature(what: string, params: number, results: number, wanted: Signature): void {
    const types = this.#binaryen.expandType(params).map((type) => this.#typeName(type));
    const found = `${types.join(" ")} → ${this.#typeName(results)}`;
    const expected = `${wanted.params.join(" ")} → ${wanted.result}`;
    if (found !== expected) {
      throw new GuestRefusal(`its ${what} is (${found}), and should be (${expected})`);
    }
  }

  #freeName(wanted: string): string {
    const module = this.#module;
    let name = wanted;
    while (module.getExport(name) !== 0) name += "_";
    return name;
  }

  /** `fuel -= cost; if (fuel < 0) trap`, and the same of the stack if there is a frame. */
  #charge(cost: number, frameBytes = 0): number {
    const module = this.#module;
    const { i32 } = this.#binaryen;
    const spend = (name: string, amount: number) => module.global.set(name,
      module.i32.sub(module.global.get(name, i32), module.i32.const(amount)));
    const left = module.global.get(FUEL, i32);
    const steps = [spend(FUEL, cost)];
    if (frameBytes > 0) steps.push(spend(STACK, frameBytes));
    const worst = frameBytes > 0 ? module.i32.or(left, module.global.get(STACK, i32)) : left;
    steps.push(module.if(module.i32.lt_s(worst, module.i32.const(0)), module.unreachable()));
    return module.block(null, steps);
  }

  #rewriteFunction(func: number, info: FunctionInfo): void {
    const binaryen = this.#binaryen;
    const module = this.#module;
    this.#cost = 1;
    this.#calls = false;
    this.#isWide = info.vars.includes(binaryen.v128);
    const body = module.block(EXIT, [this.#visit(info.body)], info.results);
    const values = binaryen.expandType(info.params).length + info.vars.length + this.#height;
    const frameBytes = FRAME_BYTES + values * (this.#isWide ? 16 : 8);
    const isLeaf = !this.#calls && frameBytes <= LEAF_BYTES;
    const steps = [this.#charge(this.#cost, isLeaf ? 0 : frameBytes)];
    const leave = module.global.set(STACK, module.i32.add(
      module.global.get(STACK, binaryen.i32), module.i32.const(frameBytes)));
    if (isLeaf) {
      steps.push(body);
    } else if (info.results === binaryen.none) {
      steps.push(body, leave);
    } else {
      const result = binaryen._BinaryenFunctionAddVar(func, info.results);
      steps.push(module.local.set(result, body), leave, module.local.get(result, info.results));
    }
    binaryen._BinaryenFunctionSetBody(func, module.block(null, steps, info.results));
  }

  /** Rewrites an expression; counts its instructions and how many values it keeps at once. */
  #visit(expression: number): number {
    const kind = this.#kinds.get(this.#binaryen.getExpressionId(expression));
    if (kind === undefined) throw new GuestRefusal(this.#unknown(expression));
    if (this.#nesting >= NESTING_MAX) {
      throw new GuestRefusal(`more than ${NESTING_MAX} instructions are inside each other`);
    }
    this.#nesting++;
    const visited = this.#visitParts(kind, expression);
    this.#nesting--;
    return visited;
  }

  #visitParts(kind: string, expression: number): number {
    if (this.#binaryen.getExpressionType(expression) === this.#binaryen.v128) this.#isWide = true;
    if (kind === "Loop") return this.#visitLoop(expression);
    if (kind !== "Block" && kind !== "Nop") this.#cost++;
    const wrap = (this.#binaryen as unknown as Wrappers)[kind];
    // A few kinds have no parts and no class.
    let height = 1;
    if (wrap !== undefined) {
      const node = wrap(expression);
      height = Math.max(this.#visitList(kind, node), 1);
      const first = kind === "CallIndirect" ? node.numOperands : 0;
      (partNames[kind] as readonly string[]).forEach((name, index) => {
        const part = node[name] as number;
        if (part === 0) return;
        node[name] = this.#visit(part);
        height = Math.max(height, first + index + this.#height);
      });
      if (kind.startsWith("Call")) this.#noteCall(node);
    }
    this.#height = height;
    return this.#replace(kind, expression);
  }

  /** The height of a list of parts: statements leave nothing behind, operands a value each. */
  #visitList(kind: string, node: ListParts): number {
    let height = 0;
    if (kind === "Block") {
      for (let index = 0; index < node.numChildren; index++) {
        node.setChildAt(index, this.#visit(node.getChildAt(index)));
        height = Math.max(height, this.#height);
      }
    } else if (kind.startsWith("Call") || kind === "TupleMake") {
      for (let index = 0; index < node.numOperands; index++) {
        node.setOperandAt(index, this.#visit(node.getOperandAt(index)));
        height = Math.max(height, index + this.#height);
      }
    }
    return height;
  }

  #visitLoop(expression: number): number {
    const node = (this.#binaryen as unknown as Wrappers)["Loop"]?.(expression) as Node;
    const before = this.#cost;
    this.#cost = 1;
    const body = this.#visit(node["body"] as number);
    const type = this.#binaryen.getExpressionType(body);
    node["body"] = this.#module.block(null, [this.#charge(this.#cost), body], type);
    this.#cost = before;
    return expression;
  }

  #noteCall(node: Node): void {
    if (node.isReturn()) throw new GuestRefusal("it uses tail calls");
    this.#calls = true;
  }

  /** The expression, or what stands for it in a metered module. */
  #replace(kind: string, expression: number): number {
    const module = this.#module;
    const node = (this.#binaryen as unknown as Wrappers)[kind]?.(expression);
    if (node === undefined) return expression;
    const { i32 } = this.#binaryen;
    switch (kind) {
      case "Return": {
        const value = node["value"] as number;
        return value === 0 ? module.br(EXIT) : module.br(EXIT, 0, value);
      }
      case "MemoryGrow": return module.call(GROW, [node["delta"] as number], i32);
      case "MemoryFill": case "MemoryCopy": case "MemoryInit":
        node["size"] = module.call(CHARGE, [node["size"] as number], i32);
        return expression;
      default: return expression;
    }
  }

  #unknown(expression: number): string {
    const text = this.#binaryen.emitText(expression).trim();
    return `it uses an instruction that guests can't: ${/[\w.]+/.exec(text)?.[0] ?? "?"}`;
  }

  /** Puts a function that charges in the place of an import, for calls, tables and exports. */
  #wrapImport(info: FunctionInfo): void {
    const module = this.#module;
    const { name, params, results } = info;
    const signature = signatureOf(info.base as string);
    this.#checkSignature(`import ${info.base}`, params, results, signature);
    const operands = this.#binaryen.expandType(params).map((type, index) => {
      const operand = module.local.get(index, type);
      return index === signature.lengthAt
        ? module.call(CHARGE, [operand], this.#binaryen.i32) : operand;
    });
    const imported = `${name} import`;
    module.removeFunction(name);
    module.addFunctionImport(imported, IMPORT_MODULE, info.base as string, params, results);
    const call = module.call(imported, operands, results);
    const body = module.block(null, [this.#charge(IMPORT_FUEL), call], results);
    module.addFunction(name, params, results, [], body);
  }

  #typeName(type: number): string {
    const { i32, i64, f32, f64, none } = this.#binaryen;
    const index = [i32, i64, f32, f64, none].indexOf(type);
    return ["i32", "i64", "f32", "f64", "()"][index] ?? "?";
  }
}
