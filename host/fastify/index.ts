/** Routes and WebSockets that processes handle, for Fastify. @module pidgeon/fastify */
export { pidgeon } from "./plugin.ts";
export type { Pidgeon, PidgeonOptions } from "./plugin.ts";
export type { Handler, RouteOptions } from "./route.ts";
export { SocketMessage } from "./socket.ts";
export type { Socket, SocketLimits } from "./socket.ts";
export type { Connected, SocketHandler, SocketOptions } from "./socket-route.ts";
