import type { Connection as ClientConnection, ConnectionOptions } from "mysql2";
import type { ConnectionSecrets } from "../../model/connection.ts";
import { authNextFactorHeader } from "../../protocol/auth-switch-request.ts";

/** The parts of mysql2's connection that its types leave out: where its packets come in. */
interface PacketReceiver {
  handlePacket(packet?: { peekByte(): number }): void;
}

/**
 * Answers mysql_clear_password, in which an account's further factors ask for their passwords. mysql2's own plugin gives the first
 * password each time, and mysql2 counts an AuthSwitchRequest for a factor.
 */
export class ClearFactors {
  /** For mysql2's options. */
  readonly authPlugins: NonNullable<ConnectionOptions["authPlugins"]>;
  private asked = 1;

  constructor({ upstreamPassword, upstreamPassword2 = null, upstreamPassword3 = null }: ConnectionSecrets) {
    const passwords = [upstreamPassword ?? "", upstreamPassword2, upstreamPassword3];
    this.authPlugins = {
      mysql_clear_password: () => () => {
        const password = passwords[this.asked - 1] ?? null;
        if (password === null) throw new Error(`the account has a factor number ${this.asked}, for which no password is stored`);
        return Buffer.from(`${password}\0`, "utf8");
      },
    };
  }

  /** Counts the factors that `client` is asked for while it signs in. */
  watch(client: ClientConnection): void {
    const receiver = client as ClientConnection & PacketReceiver;
    const handle = receiver.handlePacket.bind(receiver);
    receiver.handlePacket = (packet) => {
      if (packet?.peekByte() === authNextFactorHeader) this.asked += 1;
      handle(packet);
    };
  }
}
