import { type Endpoint, endpointText, socketPathOf } from "../model/endpoint.ts";

/** Why a connection cannot be listened for, and what to do, as a sentence. */
export function listenFailure(error: NodeJS.ErrnoException, listen: Endpoint): string {
  const where = endpointText(listen);
  if (socketPathOf(listen) !== null) return socketFailure(error, where);
  switch (error.code) {
    case "EADDRINUSE":
      return `Stenograph cannot listen on ${where}: another program uses this port, e.g. a database server or another Stenograph. End that program, or choose another port.`;
    case "EACCES":
      return `Stenograph cannot listen on ${where}: the operating system does not let this account use that port. Choose another one above 1023.`;
    case "EADDRNOTAVAIL":
      return `Stenograph cannot listen on ${where}: this machine does not have that address. Use 127.0.0.1.`;
    case "ENOTFOUND":
      return `Stenograph cannot listen on ${where}: the host name is not known. Use 127.0.0.1.`;
    default:
      return `Stenograph cannot listen on ${where}: ${error.message}.`;
  }
}

function socketFailure(error: NodeJS.ErrnoException, where: string): string {
  switch (error.code) {
    case "ENOENT":
      return `Stenograph cannot listen on ${where}: its folder does not exist. Make the folder or choose another.`;
    case "EACCES":
    case "EROFS":
      return `Stenograph cannot listen on ${where}: this user may not write to its folder. Choose another.`;
    default:
      return `Stenograph cannot listen on ${where}: ${error.message}.`;
  }
}
