// The command line of `npm start`: defaults, values, and errors that list the options.
import { readFileSync } from "node:fs";
import t from "tap";
import { parseOptions, usage } from "../../host/server/options.ts";

t.test("without options it serves localhost at 127.0.0.1:5280, data in ./data", async (t) => {
  t.same(parseOptions([]), {
    help: false,
    httpPort: 5280,
    host: "127.0.0.1",
    domain: "localhost",
    dataFolder: "./data",
    unlimited: false,
    trustProxy: [],
    allowedOrigins: [],
    logLevel: "warn",
  });
});

t.test("each option is taken, with a space or an equals sign", async (t) => {
  const options = parseOptions([
    "--http-port", "0", "--data=/tmp/x", "--unlimited", "--host", "::1", "--domain", "example.org",
    "--trust-proxy", "10.0.0.1", "--trust-proxy", "10.0.0.2", "--log-level", "debug",
    "--allow-origin", "https://chat.example.org", "--allow-origin", "*", "--help",
  ]);
  t.match(options, {
    help: true,
    httpPort: 0,
    dataFolder: "/tmp/x",
    unlimited: true,
    host: "::1",
    domain: "example.org",
    trustProxy: ["10.0.0.1", "10.0.0.2"],
    allowedOrigins: ["https://chat.example.org", "*"],
    logLevel: "debug",
  });
});

t.test("what can't be used is named", async (t) => {
  const cases: readonly [readonly string[], RegExp][] = [
    [["--port", "1"], /'--port'/],
    [["start"], /'start'/],
    [["--http-port"], /--http-port/],
    [["--http-port", "web"], /0 to 65535, not "web"/],
    [["--http-port", "65536"], /0 to 65535/],
    [["--http-port", "-1"], /--http-port/],
    [["--unlimited=yes"], /--unlimited/],
    [["--data", ""], /--data needs a value/],
    [["--log-level", "loud"], /debug, info, warn/],
    [["--allow-origin", "chat.example.org"], /like https:/],
    [["--allow-origin", "https://chat.example.org/"], /like https:/],
  ];
  for (const [parameters, problem] of cases) {
    t.match(parseOptions(parameters), { problem }, parameters.join(" "));
  }
});

t.test("the usage lists every option", async (t) => {
  for (const name of ["http-port PORT", "host", "domain", "data DIR", "unlimited", "help"]) {
    t.match(usage(), `--${name}`);
  }
});

t.test("docs/operating.md lists the same options", async (t) => {
  const document = readFileSync(new URL("../../../docs/operating.md", import.meta.url), "utf8");
  const listed = [...document.matchAll(/^\| `(--[^`]+)` \|/gm)].map((match) => match[1]);
  const known = [...usage().matchAll(/^ {2}(--\S+(?: [A-Z]+)?) /gm)].map((match) => match[1]);
  t.ok(known.length > 5);
  t.same(listed.sort(), known.sort());
});
