// Storage in memory.

import { memoryStorage } from "../../host/storage/memory.ts";
import { testStorage } from "./conformance.ts";

testStorage(async () => memoryStorage());
