/**
 * A fake of the parts of Electron that the desktop host uses, for machines without Electron's binary. It shows nothing
 * and loads nothing; it remembers what it was told, so that a test can look at it and play the page's part.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { EventEmitter } from "node:events";
import type { Readable } from "node:stream";
import { MessageChannel, type MessagePort } from "node:worker_threads";

type Listener = (...args: never[]) => unknown;

class FakeApp extends EventEmitter {
  isPackaged = false;
  name = "";
  readonly paths = new Map<string, string>();
  lockIsFree = true;
  exitCode: number | null = null;
  quits = 0;
  #ready = Promise.withResolvers<void>();

  setName(name: string): void {
    this.name = name;
  }

  setPath(name: string, path: string): void {
    this.paths.set(name, path);
  }

  requestSingleInstanceLock(): boolean {
    return this.lockIsFree;
  }

  whenReady(): Promise<void> {
    return this.#ready.promise;
  }

  becomeReady(): void {
    this.#ready.resolve();
  }

  /** As Electron: windows are asked first, then `will-quit` may still hold it up. */
  quit(): void {
    this.quits += 1;
    for (const window of BrowserWindow.getAllWindows()) window.close();
    if (BrowserWindow.getAllWindows().length > 0) return;
    const event = preventable();
    this.emit("will-quit", event);
    if (!event.defaultPrevented) this.exit(0);
  }

  exit(code: number): void {
    this.exitCode = code;
    this.emit("fake-exit", code);
  }
}

/** An event whose default can be prevented, with what else it carries. */
export function preventable<T extends object>(facts?: T): T & { defaultPrevented: boolean; preventDefault(): void } {
  const event = {
    ...(facts as T),
    defaultPrevented: false,
    preventDefault() {
      event.defaultPrevented = true;
    },
  };
  return event;
}

class FakeWebContents extends EventEmitter {
  url = "";
  openHandler: ((details: { url: string }) => { action: string }) | null = null;

  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.openHandler = handler;
  }

  getURL(): string {
    return this.url;
  }
}

export interface FakeWindowOptions {
  readonly webPreferences: Readonly<Record<string, unknown>>;
  readonly show: boolean;
}

export class BrowserWindow extends EventEmitter {
  static readonly #open = new Set<BrowserWindow>();
  readonly options: FakeWindowOptions;
  readonly webContents = new FakeWebContents();
  shown = false;
  focused = false;

  constructor(options: FakeWindowOptions) {
    super();
    this.options = options;
    BrowserWindow.#open.add(this);
    app.emit("web-contents-created", {}, this.webContents);
  }

  static getAllWindows(): BrowserWindow[] {
    return [...BrowserWindow.#open];
  }

  async loadURL(url: string): Promise<void> {
    this.webContents.url = url;
    this.emit("ready-to-show");
    app.emit("fake-loaded", this);
  }

  show(): void {
    this.shown = true;
  }

  focus(): void {
    this.focused = true;
  }

  isMinimized(): boolean {
    return false;
  }

  restore(): void {}

  close(): void {
    const event = preventable();
    this.emit("close", event);
    if (event.defaultPrevented) return;
    BrowserWindow.#open.delete(this);
    if (BrowserWindow.#open.size === 0) app.emit("window-all-closed");
  }
}

class FakeSession {
  permissionRequest: Listener | null = null;
  permissionCheck: Listener | null = null;
  devicePermission: Listener | null = null;
  beforeRequest: ((request: { url: string }, answer: (answer: { cancel: boolean }) => void) => void) | null = null;
  readonly webRequest = {
    onBeforeRequest: (handler: (request: { url: string }, answer: (answer: { cancel: boolean }) => void) => void) => {
      this.beforeRequest = handler;
    },
  };

  setPermissionRequestHandler(handler: Listener): void {
    this.permissionRequest = handler;
  }

  setPermissionCheckHandler(handler: Listener): void {
    this.permissionCheck = handler;
  }

  setDevicePermissionHandler(handler: Listener): void {
    this.devicePermission = handler;
  }
}

/** Node's port with the events of Electron's. */
export class FakePort extends EventEmitter {
  readonly #port: MessagePort;

  constructor(port: MessagePort) {
    super();
    this.#port = port;
    port.on("close", () => this.emit("close"));
  }

  start(): void {
    if (this.#port.listenerCount("message") > 0) return;
    this.#port.on("message", (data: unknown) => this.emit("message", { data }));
  }

  postMessage(message: unknown): void {
    this.#port.postMessage(message);
  }

  close(): void {
    this.#port.close();
  }
}

/** One end, as a page would hold it. */
export type FakeChannelEnd = FakePort;

export class MessageChannelMain {
  readonly port1: FakePort;
  readonly port2: FakePort;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.port1 = new FakePort(port1);
    this.port2 = new FakePort(port2);
  }
}

export const app = new FakeApp();
export const ipcMain = new EventEmitter();
export const session = { defaultSession: new FakeSession() };

export const protocol = {
  schemes: [] as { scheme: string; privileges: Readonly<Record<string, boolean>> }[],
  handlers: new Map<string, (request: Request) => Promise<Response>>(),
  registerSchemesAsPrivileged(schemes: { scheme: string; privileges: Readonly<Record<string, boolean>> }[]): void {
    protocol.schemes.push(...schemes);
  },
  handle(scheme: string, handler: (request: Request) => Promise<Response>): void {
    protocol.handlers.set(scheme, handler);
  },
};

export const dialog = {
  /** The button that the person presses. */
  response: 0,
  shown: [] as { message: string }[],
  errors: [] as string[],
  showMessageBox(_window: unknown, options: { message: string }): Promise<{ response: number }> {
    dialog.shown.push(options);
    return Promise.resolve({ response: dialog.response });
  },
  showErrorBox(_title: string, message: string): void {
    dialog.errors.push(message);
  },
};

export const Menu = {
  buildFromTemplate: (template: unknown): unknown => template,
  setApplicationMenu(): void {},
};

export const safeStorage = {
  available: true,
  backend: "gnome_libsecret",
  isEncryptionAvailable: (): boolean => safeStorage.available,
  getSelectedStorageBackend: (): string => safeStorage.backend,
  encryptString: (plain: string): Buffer => Buffer.from(plain).reverse(),
  decryptString: (sealed: Buffer): string => Buffer.from(sealed).reverse().toString(),
};

export const shell = {
  /** Addresses that the system's browser was asked to open. */
  opened: [] as string[],
  openExternal(url: string): Promise<void> {
    shell.opened.push(url);
    return Promise.resolve();
  },
};

/** As Electron's, but with Node in the place of its own program. */
export const utilityProcess = {
  fork: (program: string, args: readonly string[]): ChildProcessByStdio<null, Readable, null> =>
    spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "ignore"] }),
};

export const contextBridge = {
  exposed: new Map<string, unknown>(),
  exposeInMainWorld(name: string, api: unknown): void {
    contextBridge.exposed.set(name, api);
  },
};

class FakeIpcRenderer extends EventEmitter {
  readonly sent: string[] = [];

  send(channel: string): void {
    this.sent.push(channel);
  }
}

export const ipcRenderer = new FakeIpcRenderer();
