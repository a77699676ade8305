// The kernel's records: their fields stand where docs/abi.md says, and where the host reads them.
import t from "tap";
import { limitNames } from "../../host/kernel/abi.ts";
import { extentsIn, HEADER_BYTES } from "../../host/kernel/image.ts";
import { loadKernel } from "../../host/kernel/kernel.ts";
import { EventRing, MessageView, viewsOf } from "../../host/kernel/views.ts";
import { readText } from "../tidy/sources.ts";
import { documentedFields, documentedLimits, type Field } from "./abi-document.ts";

const SIZES: Readonly<Record<string, number>> = { u8: 1, u32: 4, i32: 4, f64: 8, u64: 8 };

/** The fields of a record of the kernel, aligned as its compiler does. */
function fieldsOf(file: string, record: string): Field[] {
  const body = new RegExp(`class ${record} \\{\\n([^}]*?)\\n\\}`).exec(readText(file))?.[1] ?? "";
  let offset = 0;
  return [...body.matchAll(/^ {2}(\w+): (\w+);/gm)].map(([, name = "", type = ""]) => {
    const size = SIZES[type] ?? NaN;
    const field = { offset: Math.ceil(offset / size) * size, type, name };
    offset = field.offset + size;
    return field;
  });
}

/** Where a field of a record is, after the document. */
function offsetOf(record: string, field: string): number {
  const found = documentedFields(record).find(({ name }) => name === field);
  if (found === undefined) throw new Error(`docs/abi.md has no ${record}.${field}`);
  return found.offset;
}

t.test("the document has every field of every record, at its place", (t) => {
  t.same(documentedFields("Limits"), fieldsOf("assembly/limits.ts", "Limits"));
  t.same(documentedLimits().map(({ name }) => name), limitNames);
  t.same(documentedFields("Face"), fieldsOf("assembly/control.ts", "Control").slice(0, 7));
  t.same(documentedFields("EventRecord"), fieldsOf("assembly/events.ts", "EventRecord"));
  t.same(documentedFields("Window"), fieldsOf("assembly/control.ts", "Window"));
  t.same(documentedFields("ImageHeader"), fieldsOf("assembly/snapshot.ts", "ImageHeader"));
  t.end();
});

/** A record in a memory of its own, with a number of its own in each field. */
function filled(record: string, at: number): WebAssembly.Memory {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const view = new DataView(memory.buffer);
  documentedFields(record).forEach(({ offset, type }, index) => {
    if (type === "u8") view.setUint8(at + offset, index + 1);
    else if (type === "u32") view.setUint32(at + offset, index + 1, true);
    else view.setFloat64(at + offset, index + 1, true);
  });
  return memory;
}

t.test("MessageView reads the window by the document's offsets", (t) => {
  const view: MessageView = new MessageView(viewsOf(filled("Window", 512)), 512);
  const read = documentedFields("Window").filter(({ name }) => name !== "reserved");
  t.same(read.map(({ name }) => view[name as keyof MessageView]),
    read.map(({ name }, index) => (name === "last" ? true : index + 1)));
  t.end();
});

t.test("EventRing reads face and records by the document's offsets", (t) => {
  const memory = filled("EventRecord", 1024 + 32);
  const view = new DataView(memory.buffer);
  const face: Readonly<Record<string, number>> = {
    eventHead: 6, eventTail: 5, eventMask: 3, events: 1024,
  };
  for (const [field, value] of Object.entries(face)) {
    view.setUint32(512 + offsetOf("Face", field), value, true);
  }
  const ring = new EventRing(viewsOf(memory), 512 / 4);
  t.ok(ring.next(), "the record 5 is the ring's second");
  t.same([ring.type, ring.reasonKind, ring.pid, ring.value], [1, 2, 3, 4]);
  t.notOk(ring.next());
  t.equal(view.getUint32(512 + offsetOf("Face", "eventTail"), true), 6, "and it is read now");
  t.end();
});

t.test("the kernel and its host use the other records so, too", (t) => {
  const kernel = loadKernel({ processes: 10, scratchBytes: 4096 });
  const view = new DataView(kernel.exports.memory.buffer);
  const face = kernel.exports.face_address();
  const word = (field: string) => view.getUint32(face + offsetOf("Face", field), true);
  t.equal(word("scratchBytes"), 4096);
  t.equal(word("scratch") % 64, 0);
  t.equal(kernel.exports.send_bytes(0, 1, 0, 0, word("scratch"), 4097), -8, "beyond the scratch");
  kernel.step(2500, 0);
  const header = new DataView(kernel.snapshot().slice(0, HEADER_BYTES).buffer);
  t.equal(header.getFloat64(offsetOf("ImageHeader", "now"), true), 2500);
  const count = header.getUint32(offsetOf("ImageHeader", "extents"), true);
  t.equal(extentsIn(kernel.exports).length, count);
  const hash = header.getBigUint64(offsetOf("ImageHeader", "bodyHash"), true);
  t.equal(kernel.imageHash(), hash.toString(16).padStart(16, "0"));
  t.equal(header.getUint32(128, true), kernel.exports.image_address(), "the first is the header");
  t.equal(header.getUint32(132, true), HEADER_BYTES);
  t.equal(header.getUint32(48, true), 10, "the limits are at 48");
  t.end();
});
