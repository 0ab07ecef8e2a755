import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export type TcpProxy = {
  readonly port: number;
  /** Breaks every connection there is; new ones are let through. */
  readonly cut: () => void;
  /** Breaks the connections whose first request was for this path, and refuses new ones for it. */
  readonly block: (path: string) => void;
  readonly unblock: () => void;
  /** So many connections were refused. */
  readonly refusedCount: () => number;
  readonly close: () => void;
};

/** A road to a local HTTP port that can be cut, as a network would. */
export async function openTcpProxy(targetPort: number): Promise<TcpProxy> {
  const sockets = new Map<Socket, string>();
  let blockedPath: string | undefined;
  let refused = 0;
  const keep = (socket: Socket, path: string): Socket => {
    sockets.set(socket, path);
    return socket;
  };
  const watch = (socket: Socket): Socket =>
    socket
      .on('error', () => socket.destroy())
      .on('close', () => {
        sockets.delete(socket);
      });
  const server = createServer((client) => {
    watch(keep(client, '')).once('data', (beginning: Buffer) => {
      const path = pathOf(beginning);
      if (path === blockedPath) {
        refused += 1;
        client.destroy();
        return;
      }
      const target = watch(connect(targetPort, '127.0.0.1'));
      keep(client, path).pipe(keep(target, path)).pipe(client);
      target.write(beginning);
      client.on('close', () => target.destroy());
      target.on('close', () => client.destroy());
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const cut = () => {
    for (const socket of sockets.keys()) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    block: (path) => {
      blockedPath = path;
      for (const [socket, about] of sockets) if (about === path) socket.destroy();
    },
    unblock: () => {
      blockedPath = undefined;
    },
    refusedCount: () => refused,
    close: () => {
      cut();
      server.close();
    },
  };
}

/** Of the first request of a connection, without its query. */
const pathOf = (beginning: Buffer): string =>
  /^[A-Z]+ ([^ ?]+)/.exec(beginning.toString('latin1'))?.[1] ?? '';
