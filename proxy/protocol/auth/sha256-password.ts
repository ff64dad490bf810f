/**
 * sha256_password: the password itself over TLS, or encrypted with the server's RSA key:
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_authentication_methods_sha256_password_authentication.html
 */

/** What a client sends to ask for the server's RSA key. */
export const sha256PublicKeyRequest = 0x01;
