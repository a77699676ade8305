// A hook of Node's module loader: one compiled file is loaded with a fault in it.
import type { InitializeHook, LoadHook } from "node:module";

export interface FaultyFile {
  readonly url: string;
  readonly text: string;
  readonly fault: string;
}

const wanted: { file?: FaultyFile } = {};

export const initialize: InitializeHook<FaultyFile> = (file) => {
  wanted.file = file;
};

export const load: LoadHook = async (url, context, nextLoad) => {
  const loaded = await nextLoad(url, context);
  const { file } = wanted;
  if (url !== file?.url) return loaded;
  const parts = String(loaded.source).split(file.text);
  if (parts.length !== 2) throw new Error(`${parts.length - 1} times in ${url}: ${file.text}`);
  return { ...loaded, source: parts.join(file.fault) };
};
