// A program for a test to kill: twenty writers store settings, and the name of each is printed as
// soon as it is acknowledged.

import { openStorage } from "../../host/storage/sqlite.ts";

const storage = await openStorage({ directory: process.argv[2]! });

async function writeForEver(writer: number): Promise<never> {
  for (let number = 0; ; number++) {
    const name = `${writer}-${number}`;
    await storage.settings.put(name, name.repeat(20));
    process.stdout.write(`${name}\n`);
  }
}

for (let writer = 0; writer < 20; writer++) void writeForEver(writer);
