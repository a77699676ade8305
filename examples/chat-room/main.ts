// A chat room over WebSocket: a process for the room, and one for each visitor.
import websocket from "@fastify/websocket";
import fastify from "fastify";
import { Exit, GenServer, noreply, ok, receive, Runtime, Supervisor } from "pidgeon";
import type { GenServerModule, Operation, Pid, Process } from "pidgeon";
import type { WebSocket } from "ws";
import { page } from "./page.ts";

/** Whoever reads so slowly that more than this waits for him is sent away. */
const BACKLOG_BYTES_MAX = 1_000_000;

interface Room {
  casts: {
    enter(request: { visitor: Pid; name: string }): void;
    say(request: { visitor: Pid; text: string }): void;
  };
  infos: Exit;
}

const room: GenServerModule<Map<Pid, string>, void, Room> = {
  name: "room",
  init(_args, self) {
    self.trapExit = true;
    return ok(new Map());
  },
  handleCast: {
    enter({ visitor, name }, names, self) {
      self.join("visitors", visitor);
      self.sendToGroup("visitors", `${name} comes in`);
      return noreply(names.set(visitor, name));
    },
    say({ visitor, text }, names, self) {
      self.sendToGroup("visitors", `${names.get(visitor)}: ${text}`);
      return noreply(names);
    },
  },
  handleInfo({ from }, names, self) {
    self.sendToGroup("visitors", `${names.get(from)} has left`);
    names.delete(from);
    return noreply(names);
  },
};

/** Carries what is said to the room and what is heard to the socket, until one of them is gone. */
function* visit(self: Process, socket: WebSocket, name: string): Operation<void> {
  const visitor = self.pid;
  try {
    const pid = self.whereis("room");
    if (pid === undefined) return;
    self.trapExit = true;
    self.link(pid);
    GenServer.cast(self, theRoom, { kind: "enter", visitor, name });
    while (socket.bufferedAmount < BACKLOG_BYTES_MAX) {
      const message = yield* receive<Exit | string | { said: string }>();
      if (message instanceof Exit) return;
      if (typeof message === "string") socket.send(message);
      else GenServer.cast(self, theRoom, { kind: "say", visitor, text: message.said });
    }
  } finally {
    socket.close();
  }
}

const theRoom = GenServer.ref<Room>("room");
const runtime = Runtime.start();
await runtime.run((self) => Supervisor.start(self, {
  children: [GenServer.spec(room, undefined, { name: "room" })],
}));

const app = fastify();
await app.register(websocket, { options: { maxPayload: 4_000 } });
app.get("/", (_request, reply) => reply.type("text/html").send(page));
app.get<{ Params: { name: string } }>("/room/:name", { websocket: true }, (socket, { params }) => {
  const visitor = runtime.spawn(visit, socket, params.name);
  socket.on("message", (data) => runtime.send(visitor, { said: String(data) }));
  socket.on("close", () => runtime.exit(visitor, "closed"));
});
const address = await app.listen({ port: Number(process.env["PORT"] ?? 3000) });
console.log(`The room is open: ${address}`);

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, async () => {
    await app.close();
    await runtime.stop();
  });
}
