// A chat room over WebSocket: a process for the room, and one for each visitor.
import websocket from "@fastify/websocket";
import { fastify } from "fastify";
import { exit, GenServer, noreply, ok, Runtime, Supervisor } from "pidgeon";
import type { Exit, GenServerModule, Pid } from "pidgeon";
import { pidgeon, SocketMessage } from "pidgeon/fastify";
import type { Connected, Socket } from "pidgeon/fastify";
import { page } from "./page.ts";

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

/** What is said goes to the room, what is heard to the socket. Its state is the socket. */
const visitor: GenServerModule<Socket, Connected<string>, { infos: SocketMessage | string }> = {
  name: "visitor",
  init({ socket, args: name }, self) {
    self.link(self.whereis("room") ?? exit("the room is closed"));
    GenServer.cast(self, theRoom, { kind: "enter", visitor: self.pid, name });
    return ok(socket);
  },
  *handleInfo(message, socket, self) {
    if (message instanceof SocketMessage) {
      GenServer.cast(self, theRoom, { kind: "say", visitor: self.pid, text: `${message.data}` });
    } else yield* socket.send(message);
    return noreply(socket);
  },
};

const theRoom = GenServer.ref<Room>("room");
const runtime = Runtime.start();
await runtime.run((self) => Supervisor.start(self, {
  children: [GenServer.spec(room, undefined, { name: "room" })],
}));

const app = fastify();
await app.register(websocket, { options: { maxPayload: 4_000 } });
await app.register(pidgeon, { runtime });
app.get("/", (_request, reply) => reply.type("text/html").send(page));
app.get("/room/:name", { websocket: true },
  app.pidgeon.socket(visitor, ({ params }) => (params as { name: string }).name));
runtime.stopOnSignals({ stop: () => app.close() });
const address = await app.listen({ port: Number(process.env["PORT"] ?? 3000) });
console.log(`The room is open: ${address}`);
