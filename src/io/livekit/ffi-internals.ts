import type * as Bindings from '@livekit/rtc-ffi-bindings';
import type * as Sdk from '@livekit/rtc-node';
import type { LoadedSdk } from './rtc-sdk.ts';

/** What was expected inside the SDK and is not there. */
export class MissingInternal extends Error {
  override readonly name = 'MissingInternal';

  constructor(what: string) {
    super(`@livekit/rtc-node is expected to have ${what}, and the installed one has not`);
  }
}

/** What the router needs of the SDK and its types do not show. */
export type Internals = {
  readonly sdk: typeof Sdk;
  readonly bindings: typeof Bindings;
  readonly client: FfiClient;
};
export type FfiClient = {
  emit(event: 'ffi_event', value: Bindings.FfiEvent): boolean;
  off(event: 'ffi_event', listener: unknown): void;
  listenerCount(event: 'ffi_event'): number;
  getNextRequestAsyncId(): bigint;
  request(request: { readonly message: Bindings.FfiRequest['message'] }): unknown;
  waitFor(
    predicate: (event: Bindings.FfiEvent) => boolean,
    options: { readonly signal: AbortSignal },
  ): Promise<unknown>;
};
type RoomInside = {
  readonly ffiHandle?: Bindings.FfiHandle;
  readonly onFfiEvent: (event: Bindings.FfiEvent) => Promise<void>;
};

/** @throws MissingInternal where something is not there. */
export function findInternals({ sdk, sdkRequire }: LoadedSdk): Internals {
  const bindings = sdkRequire('@livekit/rtc-ffi-bindings') as typeof Bindings;
  const client = findClient(sdkRequire);
  const { onFfiEvent } = new sdk.Room() as unknown as Partial<RoomInside>;
  if (typeof onFfiEvent !== 'function') throw new MissingInternal('Room.onFfiEvent');
  return { sdk, bindings, client };
}

const clientMethods = [
  'emit',
  'off',
  'listenerCount',
  'getNextRequestAsyncId',
  'request',
  'waitFor',
] as const satisfies readonly (keyof FfiClient)[];

function findClient(sdkRequire: LoadedSdk['sdkRequire']): FfiClient {
  const { FfiClient } = requireClient(sdkRequire);
  const client = FfiClient?.instance;
  for (const method of clientMethods) {
    if (typeof client?.[method] !== 'function') throw new MissingInternal(`FfiClient.${method}`);
  }
  return client as FfiClient;
}

type ClientModule = { readonly FfiClient?: { readonly instance?: Partial<FfiClient> } };

function requireClient(sdkRequire: LoadedSdk['sdkRequire']): ClientModule {
  const file = './ffi_client.cjs';
  try {
    return sdkRequire(file) as ClientModule;
  } catch {
    throw new MissingInternal(file);
  }
}

/** What of a room its types do not show. */
export const inside = (room: Sdk.Room): RoomInside => room as unknown as RoomInside;
