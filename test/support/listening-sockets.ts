import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const TCP_LISTEN = '0A';
const UDP_BOUND = '07';
/** 127.0.0.1 and ::1 as the kernel writes them, in words of host order. */
const loopback = ['0100007F', '00000000000000000000000001000000'];

export type ListeningSocket = { readonly port: number; readonly isLoopback: boolean };

/** What a process listens on, TCP and UDP. From /proc, so on Linux alone. */
export function listeningSockets(pid: number): ListeningSocket[] {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).map((fd) => /^socket:\[(\d+)\]$/.exec(linkOf(pid, fd))?.[1]),
  );
  return ['tcp', 'tcp6', 'udp', 'udp6']
    .flatMap((table) =>
      readFileSync(`/proc/${pid}/net/${table}`, 'utf8').trim().split('\n').slice(1),
    )
    .map((row) => row.trim().split(/\s+/))
    .filter(([, , , state = '', , , , , , inode]) => {
      return [TCP_LISTEN, UDP_BOUND].includes(state) && inodes.has(inode);
    })
    .map(([, local = '']) => {
      const [address = '', port = ''] = local.split(':');
      return { port: Number.parseInt(port, 16), isLoopback: loopback.includes(address) };
    });
}

/** Descriptors come and go while they are read. */
function linkOf(pid: number, fd: string): string {
  try {
    return readlinkSync(`/proc/${pid}/fd/${fd}`);
  } catch {
    return '';
  }
}
