/** Names of the authentication plugins that the proxy speaks or must know about, as they are on the wire. */
export const AuthPlugin = {
  nativePassword: "mysql_native_password",
  cachingSha2Password: "caching_sha2_password",
  sha256Password: "sha256_password",
  clientEd25519: "client_ed25519",
  parsec: "parsec",
  clearPassword: "mysql_clear_password",
  openIdConnectClient: "authentication_openid_connect_client",
} as const;

/** Whether `plugin`'s client sends its secret as it is, relying on the connection's encryption. */
export function sendsSecretInClear(plugin: string | null): boolean {
  return plugin === AuthPlugin.clearPassword || plugin === AuthPlugin.openIdConnectClient;
}
