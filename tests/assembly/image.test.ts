// What is no image of this kernel is refused with its status, and nothing is done.
import t, { type Test } from "tap";
import { Status, statusName } from "../../host/kernel/abi.ts";
import { instantiateKernel, type KernelExports } from "../../host/kernel/exports.ts";
import { Kernel } from "../../host/kernel/kernel.ts";
import { readText } from "../tidy/sources.ts";
import { altered, At, bodyHash, extentsOf, HEADER_BYTES, headerOf } from "./image.ts";
import { Random } from "./random.ts";
import { readDebugKernel } from "./test-kernel.ts";
import { buildTravellers, buildWithStranger, Traveller } from "./traveller-build.ts";
import { run, settle, travellerLimits } from "./travellers.ts";

const wasm = await buildTravellers();
const NOW = 5_000;

/** A kernel in the midst of its work, with something in every table. */
function busyKernel(): Kernel {
  const kernel = Kernel.instantiate(wasm, travellerLimits);
  run(kernel, 7, 0, 40, (tick) => 1_000 + tick * 100);
  return kernel;
}

const image = busyKernel().snapshot();

/** The restore, call by call, as a host in another language does it. */
function restoreByHand(exports: KernelExports, wanted: Uint8Array, now = NOW): number {
  const memory = () => new Uint8Array(exports.memory.buffer);
  memory().set(wanted.subarray(0, HEADER_BYTES), exports.image_address());
  const count = exports.restore_begin();
  if (count < 0) return count;
  for (const { at, address, bytes } of extentsOf(wanted).slice(0, count)) {
    memory().set(wanted.subarray(at, at + bytes), address);
  }
  return exports.restore(now);
}

function refuses(t: Test, wanted: Uint8Array, status: number, what: string): void {
  const error = { code: "PIDGEON_KERNEL_IMAGE", details: { status: statusName(status) } };
  t.throws(() => Kernel.restore(wasm, wanted, NOW), error, what);
}

t.test("the header says what the image holds, and the hashes are as described", (t) => {
  const header = headerOf(image);
  t.equal(Buffer.from(image.subarray(0, 4)).toString(), "PDGN");
  const source = readText("assembly/layout.ts");
  const version = Number(/LAYOUT_VERSION: u32 = (\d+);/.exec(source)?.[1]);
  t.equal(header.getUint32(At.LAYOUT_VERSION, true), version);
  t.equal(header.getUint32(At.ABI_VERSION, true), 2);
  t.equal(header.getFloat64(At.NOW, true), 4_900);
  t.equal(header.getUint32(At.LIMITS, true), travellerLimits.processes);
  const handlers = [...image.subarray(At.HANDLERS, At.HANDLERS + 32)]
    .flatMap((byte, index) => [0, 1, 2, 3, 4, 5, 6, 7]
      .filter((bit) => (byte >> bit) & 1).map((bit) => index * 8 + bit));
  t.same(handlers, [Traveller.WANDERER, Traveller.COLLECTOR]);
  const extents = extentsOf(image);
  t.equal(extents.reduce((sum, { bytes }) => sum + bytes, 0), image.length);
  t.ok(extents.every(({ bytes }) => bytes % 32 === 0));
  t.equal(header.getBigUint64(At.BODY_HASH, true), bodyHash(image));
  t.same(altered(image, () => undefined), image, "so is the header's");
  t.equal(busyKernel().imageHash(), bodyHash(image).toString(16).padStart(16, "0"));
  t.end();
});

t.test("another layout version, magic, number of extents or limit is refused", (t) => {
  const set = (at: number, value: number) =>
    altered(image, (header) => header.setUint32(at, value, true));
  const layout = headerOf(image).getUint32(At.LAYOUT_VERSION, true);
  refuses(t, set(At.LAYOUT_VERSION, layout + 1), Status.BAD_IMAGE, "a later layout");
  refuses(t, set(At.LAYOUT_VERSION, layout - 1), Status.BAD_IMAGE, "an earlier layout");
  refuses(t, set(At.MAGIC, 1), Status.BAD_IMAGE, "no image");
  refuses(t, set(At.EXTENTS, extentsOf(image).length - 1), Status.BAD_IMAGE, "an extent less");
  refuses(t, set(At.LIMITS, travellerLimits.processes * 3), Status.BAD_IMAGE, "other limits");
  refuses(t, set(At.LIMITS, 2 ** 31), Status.BAD_IMAGE, "impossible limits");
  refuses(t, set(At.LIMITS + 16, 3), Status.BAD_IMAGE, "a ring that is no power of two");
  refuses(t, new Uint8Array(0), Status.BAD_IMAGE, "nothing");
  refuses(t, new Uint8Array(HEADER_BYTES), Status.BAD_IMAGE, "zeros");
  t.end();
});

t.test("impossible extents are refused before anything is written", (t) => {
  for (const [index, { address, bytes }] of extentsOf(image).entries()) {
    const at = At.TABLE + index * 8;
    const moved = altered(image, (header) => header.setUint32(at, address + 32, true));
    refuses(t, moved, Status.BAD_IMAGE, `extent ${index} lies elsewhere`);
    const long = altered(image, (header) => header.setUint32(at + 4, 2 ** 30, true));
    refuses(t, long, Status.BAD_IMAGE, `extent ${index} is too long`);
    const odd = altered(image, (header) => header.setUint32(at + 4, bytes + 8, true));
    refuses(t, odd, Status.BAD_IMAGE, `extent ${index} has a strange length`);
  }
  t.end();
});

t.test("extents that are not what the tables need are refused, with true hashes too", (t) => {
  const extents = extentsOf(image);
  const longer = new Uint8Array(image.length + 32);
  longer.set(image);
  const last = At.TABLE + (extents.length - 1) * 8 + 4;
  const bytes = (extents.at(-1)?.bytes ?? 0) + 32;
  const padded = altered(longer, (header) => {
    header.setUint32(last, bytes, true);
    header.setBigUint64(At.BODY_HASH, bodyHash(new Uint8Array(header.buffer)), true);
  });
  refuses(t, padded, Status.BAD_IMAGE, "32 zeros more");
  t.end();
});

t.test("limits beyond the memory are refused, and the instance is as new", (t) => {
  const messageBytes = 4_294_901_760;
  const slabs = (bytes: number) => Math.ceil(Math.floor(bytes / 16384) * 16 / 64) * 64;
  const more = slabs(messageBytes) - slabs(travellerLimits.messageBytes);
  const { address = 0 } = extentsOf(image).at(-1) ?? {};
  const huge = altered(image, (header) => {
    header.setUint32(At.LIMITS + 8, messageBytes, true);
    header.setUint32(At.TABLE + (extentsOf(image).length - 1) * 8, address + more, true);
  });
  const exports = instantiateKernel(wasm);
  t.equal(restoreByHand(exports, huge), Status.NO_MEMORY);
  t.equal(exports.init(), Status.OK);
  t.end();
});

t.test("a truncated image is refused, wherever it ends", (t) => {
  const lengths = [1, 511, 512, 513, image.length - 1,
    ...extentsOf(image).map(({ at }) => at).filter((at) => at > 0 && at < image.length)];
  for (const length of lengths) {
    refuses(t, image.subarray(0, length), Status.BAD_IMAGE, `${length} bytes`);
  }
  t.end();
});

t.test("a flipped bit is found, wherever it is", (t) => {
  const random = new Random(11);
  const places = [
    ...Array.from({ length: HEADER_BYTES }, (_, at) => at),
    ...Array.from({ length: 500 }, () => random.below(image.length)),
  ];
  const found = places.filter((at) => {
    const copy = image.slice();
    copy[at] = (copy[at] as number) ^ (1 << random.below(8));
    return restoreByHand(instantiateKernel(wasm), copy) === Status.BAD_IMAGE;
  });
  t.equal(found.length, places.length);
  t.end();
});

t.test("a handler that the build lacks is told before anything is written", async (t) => {
  const later = Kernel.instantiate(await buildWithStranger(), travellerLimits);
  later.spawnNative(0, Traveller.STRANGER, 0, 0);
  settle(later, 1);
  refuses(t, later.snapshot(), Status.NO_HANDLER, "an earlier build");
  const exports = instantiateKernel(wasm);
  t.equal(restoreByHand(exports, later.snapshot()), Status.NO_HANDLER);
  t.equal(exports.memory.buffer.byteLength, 2 * 65536, "memory has not grown");
  t.equal(exports.init(), Status.OK, "the instance is as new");
  t.equal(exports.verify?.(), 0);
  t.equal(restoreByHand(instantiateKernel(readDebugKernel()), image), Status.NO_HANDLER);
  const process = [...later.processes()][0];
  if (process !== undefined) later.exitSignal(0, process, 0, 1);
  t.equal(Kernel.restore(wasm, later.snapshot(), NOW).counter(4), 0, "with its process it is gone");
  t.end();
});

t.test("until an image is whole every call answers BAD_STATE; then it may be mended", (t) => {
  const exports = instantiateKernel(wasm);
  const damaged = image.slice();
  damaged[image.length - 1] = (damaged[image.length - 1] as number) ^ 1;
  t.equal(exports.restore(NOW), Status.BAD_STATE, "nothing was begun");
  t.equal(restoreByHand(exports, damaged), Status.BAD_IMAGE);
  const calls = ["step", "spawn_host", "verify", "snapshot", "init", "restore_begin"] as const;
  for (const call of calls) {
    t.equal(exports[call]?.(0, 0), Status.BAD_STATE, call);
  }
  const last = extentsOf(image).at(-1);
  t.ok(last !== undefined && last.bytes > 0);
  if (last !== undefined) {
    new Uint8Array(exports.memory.buffer).set(image.subarray(last.at), last.address);
  }
  for (const time of [NaN, Infinity, 1e300]) {
    t.equal(exports.restore(time), Status.BAD_ARGUMENT, `the time ${time}`);
    t.equal(exports.step(0, 1), Status.BAD_STATE);
  }
  t.equal(exports.restore(NOW), Status.OK);
  t.equal(exports.verify?.(), 0);
  t.equal(exports.restore(NOW), Status.BAD_STATE);
  t.equal(exports.restore_begin(), Status.BAD_STATE);
  t.end();
});

t.test("a kernel that has been initialised takes no image", (t) => {
  const kernel = busyKernel();
  const before = kernel.imageHash();
  t.equal(restoreByHand(kernel.exports, image), Status.BAD_STATE);
  t.equal(kernel.imageHash(), before, "and is as it was");
  t.end();
});
