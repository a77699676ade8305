// The verify build: the kernel and its check of every structure.

export * from "./index";
